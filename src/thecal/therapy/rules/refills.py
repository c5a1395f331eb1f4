"""Rules of the refill: when, what sets the date, what is not known, and clock-change days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction

from thecal.formulary import drugs as all_drugs
from thecal.pump.language import Mode
from thecal.therapy.case import Case
from thecal.therapy.changeover.path import weakest
from thecal.therapy.findings import Basis, By, Finding, Severity, unknown
from thecal.therapy.program.clock_changes import ClockChange, clock_changes, dose_change_ml
from thecal.therapy.refill.interval import LimitedBy
from thecal.therapy.rules.registry import rule
from thecal.therapy.thresholds import thresholds
from thecal.units import DOSE_RATE, INTERVAL, MASS, VOLUME, Provenance, show

_SHORTEST_SENSIBLE_DAYS = 1


@rule(
    "refill.interval",
    "Will the fill last at least until the patient can come back?",
    severities="note stop",
    source="fill less alarm volume over the daily volume, all patient doses taken",
    hazards="H18",
)
def interval(case: Case) -> Iterator[Finding]:
    """The two dates, and what sets them; a fill that is spent within a day is refused."""
    refill = case.refill
    if refill is None or refill.days is None:
        return
    basis = _refill_basis(case)
    days = show(Fraction(refill.days), INTERVAL)
    if refill.days < _SHORTEST_SENSIBLE_DAYS:
        message = f"the fill reaches its alarm volume after {days}"
        yield Finding(Severity.STOP, message, basis, days, "1 day")
        return
    latest = refill.latest_safe_days
    safe = "not known" if latest is None else show(latest, INTERVAL)
    message = f"refill within {days} (set by {refill.limited_by}); latest safe {safe}"
    yield Finding(Severity.NOTE, message, basis, days, safe)


def _refill_basis(case: Case) -> Basis:
    """Arithmetic, as certain as the weakest figure in it."""
    pump = case.pump
    known = (pump.accuracy_above_percent, pump.alarm_volume, pump.refill_end_volume)
    figures = [figure for figure in known if figure]
    sources = ("arithmetic on fill, program and stability", *(f.source for f in figures))
    weak = weakest([Provenance.DERIVED, *(f.provenance for f in figures)])
    return Basis(By.DEVICE, "; ".join(dict.fromkeys(sources)), weak)


@rule(
    "refill.stability",
    "Does stability, not the reservoir, set the refill date?",
    severities="note",
    source="product labels and published stability",
    figures=lambda: (
        f"{d.name}: {s.days.source} ({s.days.provenance})"
        for d in all_drugs().values()
        for s in d.stability
    ),
)
def stability(case: Case) -> Iterator[Finding]:
    """Names the cap that decides."""
    refill = case.refill
    if refill is None or refill.limited_by in {None, LimitedBy.RESERVOIR}:
        return
    cap = min(refill.caps, key=lambda one: one.days)
    reservoir = refill.reservoir_days
    asked = "never empty" if reservoir is None else show(reservoir, INTERVAL)
    layer = By.PRACTICE if cap.by is LimitedBy.CLINIC else By.STABILITY
    basis = Basis(layer, cap.source, cap.provenance)
    limit = show(cap.days, INTERVAL)
    message = f"{cap.why}: refill by then, though the reservoir would last {asked}"
    yield Finding(Severity.NOTE, message, basis, asked, limit)


@rule(
    "refill.unknown",
    "Is anything missing that the refill date needs?",
    severities="note confirm",
    source="Thecal: a missing figure is never taken as 'fine'",
    hazards="H18",
)
def refill_unknown(case: Case) -> Iterator[Finding]:
    """The alarm volume and the pump's upper accuracy."""
    if case.alarm_volume_ml is None:
        what = f"an alarm volume of {case.pump.name}; state fill.alarm_volume to get a refill date"
        yield unknown(what, Severity.CONFIRM, asked="no alarm volume")
    if case.upper_accuracy_percent is None:
        tested = case.pump.accuracy_tested_at
        only = f" (tested at {tested} only)" if tested else ""
        what = f"how much more than programmed {case.pump.name} may deliver{only}"
        yield unknown(f"{what}; the latest safe date is not known")


@rule(
    "refill.alarm-advised",
    "Is the alarm early enough for a drug with a dangerous withdrawal?",
    severities="note",
    source="PMID 15271246",
    figures=lambda: (thresholds().advised_alarm_volume.source,),
    hazards="H18",
)
def alarm_advised(case: Case) -> Iterator[Finding]:
    """Baclofen patients have withdrawn before a 2 mL alarm."""
    advised, alarm = thresholds().advised_alarm_volume, case.alarm_volume_ml
    if alarm is None or alarm >= advised.value:
        return
    for part in case.parts:
        if part.name == "baclofen":
            asked = show(alarm, VOLUME)
            message = f"baclofen with an alarm at {asked}: {advised.source}"
            basis = Basis.of_figure(advised, By.PRACTICE)
            yield Finding(Severity.NOTE, message, basis, asked, str(advised), part.name)


@rule(
    "clock.changes",
    "For a flex schedule: when do the clocks change, and what would setting the pump's do?",
    severities="note stop",
    source="IANA time zone data",
)
def clocks(case: Case) -> Iterator[Finding]:
    """Every change before the refill, in both directions; without a zone, that it is not known."""
    program = case.compiled.program
    if program is None or program.mode is not Mode.FLEX:
        return
    if case.zone is None or case.visit is None:
        what = "the patient's time zone is not stated: after a clock change each step comes an"
        message = f"{what} hour early or late by the wall clock until the pump's clock is set"
        basis = Basis(By.UNKNOWN, "the prescription", Provenance.FOUND)
        yield Finding(Severity.NOTE, message, basis, "unknown")
        return
    days = case.refill.days if case.refill and case.refill.days else Fraction(0)
    last = case.visit + timedelta(days=int(days))
    for change in clock_changes(case.zone, case.visit, last):
        yield from _change(case, change)


def _change(case: Case, change: ClockChange) -> Iterator[Finding]:
    assert case.compiled.program is not None  # noqa: S101  (the caller asked)
    extra = dose_change_ml(case.compiled.program, change) * case.primary.strength
    name, sign = case.primary.name, "less" if extra < 0 else "more"
    asked = case.primary.drug.show(abs(extra), MASS)
    basis = Basis(By.PHYSICS, f"IANA time zone data, {case.zone}", Provenance.DERIVED)
    yield Finding(
        Severity.NOTE,
        f"clocks go {change.direction} {abs(change.shift_min)} min on {change.day}: left alone, "
        f"each step then comes that much {'late' if change.shift_min > 0 else 'early'} by the wall "
        f"clock; set at the change, that day gives {asked} {sign} of {name}",
        basis,
        asked,
        drug=name,
    )
    yield from _over_cap(case, change, basis)


def _over_cap(case: Case, change: ClockChange, basis: Basis) -> Iterator[Finding]:
    """The longer day must stay below the hard cap too."""
    assert case.compiled.program is not None and case.doses is not None  # noqa: S101, PT018
    volume = dose_change_ml(case.compiled.program, change)
    day = case.doses.base_ml_by_weekday[change.day.weekday()] + case.doses.patient_doses_ml
    for part in case.parts:
        cap = case.hard_cap(part)
        dose = (day + volume) * part.strength
        if volume > 0 and cap and cap.high_value is not None and dose > cap.high_value:
            message = f"{part.name}: the longer day of {change.day} would pass the hard cap"
            yield Finding(
                Severity.STOP,
                message,
                basis,
                part.drug.show(dose, DOSE_RATE),
                part.drug.show(cap.high_value, DOSE_RATE),
                part.name,
            )
