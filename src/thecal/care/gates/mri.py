"""Requirements of a scan, by the pump's model: before it, and after."""

from __future__ import annotations

from fractions import Fraction

from thecal.care.facts import Event, Interrogated, MriPlanned, MriScanned
from thecal.care.gates.judging import Reply, View, requirement
from thecal.care.gates.moment import PUMP_FACTS, pump_model
from thecal.care.settings import figures
from thecal.devices import MriBehaviour

READING_FACTS: tuple[type[Event], ...] = (MriPlanned, MriScanned, Interrogated)


def _plan(view: View) -> MriPlanned | None:
    """The plan of the scan that is still to come."""
    plan, scanned = view.facts.last(MriPlanned), view.facts.last(MriScanned)
    return None if plan and scanned and scanned.at >= plan.at else plan


def _before(view: View) -> Interrogated | None:
    """The last interrogation since the scan was planned."""
    plan = _plan(view)
    readings = [one for one in view.facts.all(Interrogated) if plan and one.at >= plan.at]
    return readings[-1] if readings else None


@requirement("mri.planned", MriPlanned, MriScanned)
def mri_planned(view: View) -> Reply:
    """A plan since the last scan."""
    plan = _plan(view)
    return Reply.of(plan is not None, "planned" if plan else "no scan is planned")


@requirement("mri.behaviour", *PUMP_FACTS)
def mri_behaviour(view: View) -> Reply:
    """From the catalogue; a pump without a published behaviour stays unknown."""
    pump = pump_model(view.facts)
    if pump is None:
        return Reply.of(None, "the pump's model is not recorded")
    if pump.mri is MriBehaviour.UNKNOWN:
        return Reply.of(None, f"{pump.name}: no published behaviour in a scanner")
    return Reply.of(True, pump.mri_note.text if pump.mri_note else str(pump.mri))


@requirement("mri.read-before", *READING_FACTS)
def mri_read_before(view: View) -> Reply:
    """With a digest, to compare with afterwards."""
    reading = _before(view)
    if reading is None:
        return Reply.of(False, "not interrogated since the scan was planned")
    kept = reading.digest is not None
    return Reply.of(kept, "its digest is kept" if kept else "the interrogation kept no digest")


@requirement("mri.emptied", *READING_FACTS, *PUMP_FACTS)
def mri_emptied(view: View) -> Reply:
    """Volume 0 and dose 0 by the last interrogation; what it did not read is unknown."""
    pump = pump_model(view.facts)
    if pump is None or pump.mri is MriBehaviour.UNKNOWN:
        return Reply.of(None, "whether the pump must be empty is not known")
    if pump.mri is not MriBehaviour.MUST_BE_EMPTY:
        return Reply.of(True, "this pump is not emptied for a scan")
    reading = _before(view)
    if reading is None:
        return Reply.of(False, "not interrogated since the scan was planned")
    figures_read = (reading.reservoir_ml, reading.daily_dose_ug)
    if any(value is not None and value > 0 for value in figures_read):
        return Reply.of(False, "it is not both empty and set to zero")
    if None in figures_read:
        return Reply.of(None, "the interrogation did not read both volume and dose")
    return Reply.of(True, "empty and set to zero")


@requirement("mri.field", *PUMP_FACTS, MriPlanned, MriScanned)
def mri_field(view: View) -> Reply:
    """The very field that the labelling names; others were not tested."""
    pump, plan = pump_model(view.facts), _plan(view)
    if pump is None:
        return Reply.of(None, "the pump's model is not recorded")
    key = f"mri-tesla-{pump.family}"
    if key not in figures():
        return Reply.of(True, f"{pump.name}: no field is named")
    figure = view.figure(key)
    if plan is None or plan.tesla is None:
        return Reply.of(None, "the scanner's field is not recorded", figure)
    same = Fraction(plan.tesla) == figure.known
    return Reply.of(same, f"the scanner has {plan.tesla} T, the labelling {figure} T", figure)


@requirement("mri.not-stopped", *READING_FACTS, *PUMP_FACTS)
def mri_not_stopped(view: View) -> Reply:
    """Only where the rotor stalls by itself."""
    pump = pump_model(view.facts)
    if pump is None or pump.mri is MriBehaviour.UNKNOWN:
        return Reply.of(None, "what the pump does in the field is not known")
    if pump.mri is not MriBehaviour.ROTOR_STALL:
        return Reply.of(True, "this pump has no rotor that stalls")
    reading = _before(view)
    running = reading.running if reading else None
    said = "it is not known to run" if not running else "it runs"
    return Reply.of(running, "the pump was stopped" if running is False else said)


def _after(view: View) -> tuple[Interrogated, ...]:
    """The interrogations since the last scan."""
    scan = view.facts.last(MriScanned)
    return tuple(one for one in view.facts.all(Interrogated) if scan and one.at >= scan.at)


@requirement("mri.scanned", MriScanned)
def mri_scanned(view: View) -> Reply:
    """The last scan."""
    there = view.facts.last(MriScanned) is not None
    return Reply.of(there, "the scan is over" if there else "no scan is recorded")


@requirement("mri.readings", MriScanned, Interrogated)
def mri_readings(view: View) -> Reply:
    """A stall and its recovery at times show at the second interrogation only."""
    figure = view.figure("mri-readings")
    count = len(_after(view))
    return Reply.of(count >= figure.known, f"{count} of {figure} interrogations", figure)


@requirement("mri.program-same", *READING_FACTS)
def mri_program_same(view: View) -> Reply:
    """Every digest after the scan against the last one before it."""
    scan = view.facts.last(MriScanned)
    earlier = [one for one in view.facts.all(Interrogated) if scan and one.at < scan.at]
    before = earlier[-1].digest if earlier else None
    after = [one.digest for one in _after(view)]
    if before is None or not after or after[-1] is None:
        return Reply.of(None, "there are not two digests to compare")
    same = all(one in (before, None) for one in after)
    return Reply.of(same, "the program is the same" if same else "the program was altered")


@requirement("mri.recovered", MriScanned, Interrogated)
def mri_recovered(view: View) -> Reply:
    """By the last interrogation: running, and the recovery logged if a stall is."""
    readings = _after(view)
    if not readings:
        return Reply.of(None, "not interrogated since the scan")
    last = readings[-1]
    if last.running is False:
        return Reply.of(False, "the pump does not deliver")
    if last.running is None or last.stall_logged is None:
        return Reply.of(None, "whether it runs, and whether it stalled, was not read")
    stalled = last.stall_logged and not last.recovery_logged
    return Reply.of(not stalled, "a stall without recovery" if stalled else "it runs")
