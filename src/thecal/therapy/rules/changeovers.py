"""Rules of the change-over: the bridge, what each other drug does meanwhile, the tip's dose."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from thecal import formulary
from thecal.devices import PumpKind
from thecal.pump.language import PL_PER_ML, SECONDS_PER_HOUR, Mode
from thecal.therapy.case import Case
from thecal.therapy.changeover.bridge import Changeover
from thecal.therapy.changeover.path import weakest
from thecal.therapy.findings import UNKNOWN, Basis, By, Finding, Severity
from thecal.therapy.rules.registry import rule
from thecal.therapy.thresholds import thresholds
from thecal.units import CONCENTRATION, DOSE_RATE, FLOW, PERCENT, VOLUME, Provenance, show

_PERCENT = 100
_ROUNDING = Fraction(1, 1_000_000_000)
"""Of the simulation's binary floats, so that a dose at a bound counts as within."""


def _plug_flow(case: Case) -> Basis:
    """The path's volume over the flow, as certain as the volume."""
    return Basis(By.PHYSICS, f"volume of the path over the flow; {_path(case)}", _weakest(case))


def _mixing(case: Case) -> Basis:
    return Basis(By.PHYSICS, f"Taylor-Aris dispersion in the path; {_path(case)}", _weakest(case))


def _path(case: Case) -> str:
    figures = [f for f in (case.pump.internal_tubing, case.catheter.dead_volume) if f]
    return "; ".join(dict.fromkeys(f.source for f in figures)) or "path not published"


def _weakest(case: Case) -> Provenance:
    return weakest([Provenance.DERIVED, case.path.provenance])


@rule(
    "changeover.bridge",
    "Is a bridge needed, and at what rate and for how long?",
    severities="note",
    source="plug flow: the new dose out of the old concentration until the path is clear",
    hazards="H17",
)
def bridge(case: Case) -> Iterator[Finding]:
    """The bridge ordered, and what leaving it out would do."""
    change = case.changeover
    if change is None or change.bridge is None or not change.held:
        return
    flow = Fraction(change.bridge.rate_pl_per_day, PL_PER_ML)
    hours = change.bridge.duration_s / SECONDS_PER_HOUR
    old, new = change.old.of(change.held), change.new.of(change.held)
    share = show(old / new * _PERCENT, PERCENT, 3)
    yield Finding(
        Severity.NOTE,
        f"the path holds {show(change.path_ml or 0, VOLUME)} of {change.held} "
        f"{formulary.drug(change.held).show(old, CONCENTRATION)}: bridge at {show(flow, FLOW)} "
        f"for {hours:.2f} h; without it {share} of the intended dose would run until the path "
        "is clear",
        _plug_flow(case),
        show(flow, FLOW),
        drug=change.held,
    )


@rule(
    "changeover.not-bridged",
    "If the solution changes, can the pump bridge at all?",
    severities="stop",
    source="Thecal: a change-over that cannot be computed is not run",
    hazards="H17",
)
def not_bridged(case: Case) -> Iterator[Finding]:
    """A needed bridge that nobody can compute, or that this pump cannot run."""
    change = case.changeover
    if change is None or not change.needed or change.bridge is not None:
        return
    if case.program is None or case.program.mode not in {Mode.SIMPLE, Mode.FLEX}:
        return
    if case.pump.kind is not PumpKind.PROGRAMMABLE:
        why = f"{case.pump.name} cannot run a bridge, and the path holds another concentration"
        basis = Basis(By.DEVICE, case.pump.name, Provenance.FOUND)
    elif change.path_ml is None:
        why = (
            f"the path holds another concentration, and a bridge cannot be computed: {UNKNOWN} of "
            f"the internal tubing of {case.pump.name} or the dead volume of {case.catheter.name}; "
            "state pump.internal_tubing if the clinic's manual gives it"
        )
        basis = Basis(By.UNKNOWN, "none found", Provenance.FOUND)
    else:
        why = "the dose is too small to push the other concentration out of the path at any rate"
        basis = _plug_flow(case)
    yield Finding(Severity.STOP, why, basis, "no bridge", "a bridge")


@rule(
    "changeover.stopped",
    "Does the path still hold another solution while the pump is not to deliver?",
    severities="note",
    source="plug flow",
    hazards="H17",
)
def stopped(case: Case) -> Iterator[Finding]:
    """Whoever starts this pump later must bridge then."""
    change = case.changeover
    if change is None or not change.needed or case.program is None:
        return
    if case.program.mode in {Mode.STOPPED, Mode.MINIMUM_RATE}:
        message = "the path still holds the solution before; whoever starts therapy must bridge"
        yield Finding(Severity.NOTE, message, _plug_flow(case))


@rule(
    "changeover.other-primary",
    "Does the path still hold another drug than the one that doses are stated in?",
    severities="confirm",
    source="plug flow: the old therapy runs on until the path is clear",
    hazards="H17",
)
def other_primary(case: Case) -> Iterator[Finding]:
    """The bridge then keeps the old dose running; the new drug arrives after it."""
    change = case.changeover
    if change is None or change.bridge is None or change.held:
        return
    hours = change.bridge.duration_s / SECONDS_PER_HOUR
    old = ", ".join(
        f"{part.name} {part.drug.show(change.bridge_ug_per_day(part.name), DOSE_RATE)}"
        for part in case.old_parts
    )
    intended = change.intended_ug_per_day[case.primary.name]
    message = f"the path holds no {case.primary.name}: for {hours:.1f} h the patient goes on with"
    yield Finding(
        Severity.CONFIRM,
        f"{message} {old}",
        _plug_flow(case),
        old,
        f"{case.primary.name} {case.primary.drug.show(intended, DOSE_RATE)}",
        case.primary.name,
    )


@rule(
    "changeover.tip-dose",
    "While the path clears, is each dose at the tip half to one and a half of that intended?",
    severities="stop confirm note",
    source="simulated with mixing in the path (hazard H17)",
    figures=lambda: (thresholds().tip_dose_lowest.source,),
    hazards="H17",
)
def tip_dose(case: Case) -> Iterator[Finding]:
    """The held drug stops the plan; what no bridge can hold is weighed against the dose before."""
    change = case.changeover
    if change is None or change.tip is None or case.program is None:
        return
    if case.program.mode not in {Mode.SIMPLE, Mode.FLEX}:
        return
    for drug in change.drugs:
        low, high = change.tip.rate_range(drug, change.window_h)
        yield from _judge(change, drug, low, high, _mixing(case))


def _judge(
    change: Changeover, drug: str, low: float, high: float, basis: Basis
) -> Iterator[Finding]:
    intended, before = change.intended_ug_per_day[drug], change.before_ug_per_day[drug]
    lowest = thresholds().tip_dose_lowest.value / _PERCENT
    highest = thresholds().tip_dose_highest.value / _PERCENT
    if low >= lowest * intended * (1 - _ROUNDING) and high <= highest * intended * (1 + _ROUNDING):
        return
    if drug == change.held or (not change.needed and drug == next(iter(change.new.strengths))):
        severity = Severity.STOP
    elif low >= lowest * min(intended, before) and high <= highest * max(intended, before):
        severity = Severity.CONFIRM if intended and before else Severity.NOTE
    else:
        severity = Severity.STOP
    shown = formulary.drug(drug).show
    asked = f"{shown(low, DOSE_RATE, 3)} to {shown(high, DOSE_RATE, 3)}"
    hours = change.clearing_hours()
    clear = "" if hours is None else f" until the path is clear after {hours:.1f} h"
    yield Finding(
        severity,
        f"{drug}: at the tip {asked} (means over {change.window_h:.1f} h){clear}; intended "
        f"{shown(intended, DOSE_RATE)}, before {shown(before, DOSE_RATE)}",
        basis,
        asked,
        f"{shown(intended * lowest, DOSE_RATE)} to {shown(intended * highest, DOSE_RATE)}",
        drug,
    )
