"""From a checked prescription to infusions: what leaves the catheter's tip, drug by drug.

The plan is put into a pump twin and run, so priming, bridge, schedule, patient doses and the
pump's own refusals are all in it; the delay and the mixing in the path are the rehearsal's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from thecal.csf.errors import CsfError
from thecal.csf.regimen import Infusion
from thecal.programmer.rehearsal.run import Rehearsal, rehearse
from thecal.pump.language import SECONDS_PER_HOUR
from thecal.therapy.plan import Plan

SETTLED_H = 20_000.0
"""For how long the dose before the visit has run, in h: so long that nothing changes any more."""
_HOURS_PER_DAY = 24
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Prescribed:
    """What a prescription gives, from long before the visit on.

    Attributes:
        infusions: by drug, at the catheter's tip.
        tip: the level of the tip.
        visit_h: when the visit is, on the infusions' clock; 0 where nothing ran before it.
        notes: what was taken for granted.
    """

    infusions: Mapping[str, Infusion]
    tip: str
    visit_h: float
    notes: tuple[str, ...]


def prescribed(plan: Plan, hours: float, requests_per_day: int | None = None) -> Prescribed:
    """What leaves the tip in the hours after the visit.

    Args:
        plan: an accepted plan.
        hours: from the visit on.
        requests_per_day: how often the patient asks for a dose; None: every allotted one.

    Raises:
        CsfError: the path from pump to tip is not known, so nobody knows what leaves it when.
        NotProgrammedError: the plan is refused, or the twin does not take it.
    """
    run = rehearse(plan, hours / _HOURS_PER_DAY, (), requests_per_day)
    if run.tip_pieces is None:
        raise CsfError(
            "no published figure: the volume between pump and tip; without it nobody knows what "
            "leaves the tip when (state pump.internal_tubing and catheter.length)"
        )
    ran = {drug: float(dose) for drug, dose in plan.case.before_ug_per_day.items()}
    visit_h = SETTLED_H if ran else 0.0
    tip = str(plan.case.prescription.catheter.tip)
    infusions = {drug: _infusion(run, drug, tip, ran.get(drug, 0.0), visit_h) for drug in run.drugs}
    given = {drug: one for drug, one in infusions.items() if any(one.rates_ug_per_h)}
    return Prescribed(given, tip, visit_h, tuple(_notes(plan, run, bool(ran))))


def _infusion(run: Rehearsal, drug: str, tip: str, ran_per_day: float, visit_h: float) -> Infusion:
    edges, rates = ([0.0], [ran_per_day / _HOURS_PER_DAY]) if visit_h else ([], [])
    for start_h, rate in _rates(run, drug):
        if not rates or not _alike(rates[-1], rate):
            edges.append(visit_h + start_h)
            rates.append(rate)
    edges.append(visit_h + run.days * _HOURS_PER_DAY)
    return Infusion(tip, tuple(edges), tuple(rates))


def _rates(run: Rehearsal, drug: str) -> Iterator[tuple[float, float]]:
    """From which hour after the visit which rate leaves the tip, in µg/h."""
    at_h, end_h = 0.0, run.days * _HOURS_PER_DAY
    for piece in run.tip_pieces or ():
        start_h, stop_h = piece.start_s / SECONDS_PER_HOUR, piece.end_s / SECONDS_PER_HOUR
        if start_h > at_h:
            yield at_h, 0.0
        yield start_h, piece.volume_ml * run.tip_ug_per_ml(drug, piece) / (stop_h - start_h)
        at_h = stop_h
    if at_h < end_h:
        yield at_h, 0.0


def _alike(one: float, other: float) -> bool:
    return abs(one - other) <= _SAME * max(one, other)


def _notes(plan: Plan, run: Rehearsal, ran: bool) -> list[str]:
    notes = ["hour 0 is the visit; the pump's path is followed from there"]
    if ran:
        notes.append(
            "the dose before the visit is taken to have run until nothing changed any more"
        )
    else:
        notes.append("nothing is in the fluid at the visit: the prescription has no [before]")
    if plan.case.program is not None and plan.case.program.patient_dose is not None:
        notes.append(f"patient doses: {run.granted} given, {len(run.refused)} refused")
    return notes
