"""Rules of running: rates, steps, the week, the patient's controller; limits of this pump only."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from thecal.devices import PumpKind
from thecal.pump.language import (
    MAX_STEPS_PER_DAY,
    PL_PER_ML,
    SECONDS_PER_DAY,
    Bolus,
    Mode,
)
from thecal.therapy.case import Case
from thecal.therapy.file.prescription import Flex, MinimumRate, clock
from thecal.therapy.findings import Basis, By, Finding, Severity, unknown
from thecal.therapy.program.compiling import Rounding
from thecal.therapy.rules.device_limits import catalogue_sources, exceeds
from thecal.therapy.rules.registry import rule
from thecal.therapy.thresholds import thresholds
from thecal.units import (
    FLOW,
    MASS,
    VOLUME,
    Figure,
    Provenance,
    plain_number,
    show,
)

_PERCENT = 100
_LANGUAGE = Basis(By.DEVICE, "A810 guide: at most 13 steps a day", Provenance.FOUND)


@rule(
    "pump.rate",
    "Can the pump run every step and every bolus?",
    severities="stop note",
    source="the pump's lowest and highest rate",
    figures=lambda: (*catalogue_sources("lowest_rate"), *catalogue_sources("highest_rate")),
    hazards="H23",
)
def rate(case: Case) -> Iterator[Finding]:
    """Nothing is raised to the lowest or cut to the highest rate."""
    program, pump = case.program, case.pump
    if program is None or pump.kind is PumpKind.FIXED_RATE:
        return
    for figure, side in ((pump.lowest_rate, "lowest"), (pump.highest_rate, "highest")):
        if figure is None:
            yield unknown(f"the {side} rate of {pump.name}")
    for what, flow in _flows(case):
        yield from _rate(case, what, flow)


def _flows(case: Case) -> Iterator[tuple[str, Fraction]]:
    """Every flow that the program contains, in mL/day."""
    program = case.program
    if program is None:
        return
    for schedule in program.schedules:
        for step in schedule.steps:
            what = f"step at {clock(step.start_min)}" if program.mode is Mode.FLEX else "daily dose"
            yield what, Fraction(step.rate_pl_per_day, PL_PER_ML)
    if program.patient_dose is not None:
        dose = program.patient_dose
        flow = _flow(Bolus(dose.volume_pl, dose.duration_s))
        base = max((f for what, f in _base_flows(case)), default=Fraction(0))
        yield "patient dose over the base rate", flow + base
        yield "patient dose", flow
    if program.bridge is not None:
        yield "bridge", Fraction(program.bridge.rate_pl_per_day, PL_PER_ML)


def _base_flows(case: Case) -> Iterator[tuple[str, Fraction]]:
    for schedule in case.program.schedules if case.program else ():
        for step in schedule.steps:
            yield "step", Fraction(step.rate_pl_per_day, PL_PER_ML)


def _flow(bolus: Bolus) -> Fraction:
    return Fraction(bolus.volume_pl * SECONDS_PER_DAY, bolus.duration_s * PL_PER_ML)


def _rate(case: Case, what: str, flow: Fraction) -> Iterator[Finding]:
    lowest, highest, asked = case.pump.lowest_rate, case.pump.highest_rate, show(flow, FLOW)
    if lowest is not None and flow < lowest.value:
        message = f"{what}: {asked} is below the lowest rate of {case.pump.name}, {lowest}"
        yield exceeds(lowest, asked, message, Severity.STOP)
    if highest is not None and flow > highest.value:
        message = f"{what}: {asked} is above the highest rate of {case.pump.name}, {highest}"
        yield exceeds(highest, asked, message, Severity.STOP)


@rule(
    "pump.rate-step",
    "Is every rate and patient dose one that the pump can be set to?",
    severities="stop",
    source="the pump's steps of rate and of dose",
    figures=lambda: (*catalogue_sources("rate_step"), *catalogue_sources("demand_dose_step")),
    hazards="H23",
)
def rate_step(case: Case) -> Iterator[Finding]:
    """Between two steps nothing is rounded: both neighbours are named."""
    step, dose_step = case.pump.rate_step, case.pump.demand_dose_step
    if step is not None:
        for what, flow in _base_flows(case):
            yield from _between(what, flow, step)
    dose = case.compiled.program.patient_dose if case.compiled.program else None
    if dose is None:
        return
    volume, most = Fraction(dose.volume_pl, PL_PER_ML), case.pump.highest_demand_dose
    if dose_step is not None:
        yield from _between("patient dose", volume, dose_step)
    if most is not None and volume > most.value:
        asked = show(volume, VOLUME)
        yield exceeds(most, asked, f"patient dose: {asked} is above {most}", Severity.STOP)


def _between(what: str, asked: Fraction, step: Figure) -> Iterator[Finding]:
    below = asked // step.value * step.value
    near = min(asked - below, below + step.value - asked)
    if near > asked / 1_000_000:
        neighbours = f"{show(below, step.kind)} and {show(below + step.value, step.kind)}"
        message = f"{what}: {show(asked, step.kind, 6)} lies between {neighbours}"
        yield exceeds(step, show(asked, step.kind, 6), message, Severity.STOP)


@rule(
    "pump.resolution",
    "What will the pump really run, and how far is it from what was asked?",
    severities="note stop",
    source="the program's integers; vendors publish no resolution for implanted pumps",
    figures=lambda: catalogue_sources("rate_step"),
)
def resolution(case: Case) -> Iterator[Finding]:
    """The largest difference that compiling made; and whether the real pump's step is known."""
    roundings = case.compiled.roundings
    if not roundings:
        return
    worst = max(roundings, key=lambda one: abs(one.difference))
    if worst.difference:
        yield _rounded(worst)
    if case.pump.rate_step is None and case.pump.kind is not PumpKind.FIXED_RATE:
        yield unknown(f"the smallest difference between two rates of {case.pump.name}")


def _rounded(worst: Rounding) -> Finding:
    basis = Basis(By.DEVICE, "the pump language's integers", Provenance.DERIVED)
    share = plain_number(abs(worst.difference) * _PERCENT, 2)
    large = abs(worst.difference) * _PERCENT > thresholds().rounding.value
    return Finding(
        Severity.STOP if large else Severity.NOTE,
        f"{worst.what}: {plain_number(worst.asked, 12)} {worst.unit} asked, {worst.runs} "
        f"{worst.unit} runs, a difference of {share} %, the largest in this program",
        basis,
        f"{plain_number(worst.asked, 12)} {worst.unit}",
        f"{worst.runs} {worst.unit}",
    )


@rule(
    "pump.steps",
    "Has no day more steps than the pump holds?",
    severities="stop",
    source="A810 guide",
)
def steps(case: Case) -> Iterator[Finding]:
    """Thirteen steps a day."""
    program = case.compiled.program
    for schedule in program.schedules if program else ():
        if len(schedule.steps) > MAX_STEPS_PER_DAY:
            asked, limit = f"{len(schedule.steps)} steps", f"{MAX_STEPS_PER_DAY} steps"
            message = f"a day has {asked}; the pump holds {limit}"
            yield Finding(Severity.STOP, message, _LANGUAGE, asked, limit)


@rule(
    "pump.week",
    "Is every weekday covered exactly once?",
    severities="stop",
    source="a weekday points to one schedule",
)
def week(case: Case) -> Iterator[Finding]:
    """A day without a schedule would have no dose; a day with two has none that is certain."""
    basis = Basis(By.DEVICE, "A810 guide: a weekday points to one schedule", Provenance.FOUND)
    for days, what in (
        (case.compiled.days_missing, "no schedule"),
        (case.compiled.days_repeated, "more than one schedule"),
    ):
        if days:
            names = ", ".join(days)
            yield Finding(Severity.STOP, f"{names}: {what}", basis, what, "one schedule")


@rule(
    "pump.mode",
    "Can this pump run what is ordered at all?",
    severities="stop confirm",
    source="the pump's kind",
    hazards="H23",
)
def mode(case: Case) -> Iterator[Finding]:
    """A fixed-rate pump knows one rate, set in the factory; some rates nobody published."""
    therapy, pump = case.prescription.therapy, case.pump
    if isinstance(therapy, MinimumRate) and pump.minimum_rate_mode is None:
        yield unknown(f"a minimum-rate mode of {pump.name}", Severity.STOP, asked=therapy.mode)
    if pump.kind is not PumpKind.FIXED_RATE:
        return
    basis = Basis(By.DEVICE, f"{pump.name}: fixed rate, no battery", Provenance.FOUND)
    if therapy.mode != "simple":
        message = f"{pump.name} runs at its factory rate only: {therapy.mode} is not possible"
        yield Finding(Severity.STOP, message, basis, therapy.mode, "simple")
    elif case.prescription.patient_dose is not None:
        message = f"{pump.name} has no patient controller"
        yield Finding(Severity.STOP, message, basis, "patient dose", "none")
    elif case.doses is not None:
        flow = show(case.doses.mean_ml, FLOW)
        message = f"{pump.name} cannot be programmed: this dose needs a unit whose factory rate is"
        yield Finding(Severity.CONFIRM, f"{message} {flow}", basis, flow, "the unit's own rate")


@rule(
    "pump.patient-dose",
    "Do dose, duration, lockout and count of the patient's controller agree?",
    severities="stop note",
    source="dose per bolus, duration, lockout, boluses in 24 h",
)
def patient_dose(case: Case) -> Iterator[Finding]:
    """A lockout shorter than the dose, or more doses than the lockout lets through."""
    dose = case.compiled.program.patient_dose if case.compiled.program else None
    if dose is None:
        return
    basis = Basis(By.DEVICE, "the pump language", Provenance.DERIVED)
    if dose.lockout_s < dose.duration_s:
        asked, limit = f"{dose.lockout_s} s", f"{dose.duration_s} s"
        message = f"the lockout of {asked} is shorter than the dose of {limit}"
        yield Finding(Severity.STOP, message, basis, asked, limit)
    fits = SECONDS_PER_DAY // dose.lockout_s
    if dose.max_per_day > fits:
        message = f"{dose.max_per_day} doses a day are allotted; the lockout lets {fits} through"
        yield Finding(Severity.NOTE, message, basis, f"{dose.max_per_day} a day", f"{fits} a day")


@rule(
    "pump.stopped",
    "Is the pump ordered to stop, and for how long may it stay so?",
    severities="note",
    source="8637 manual: a stop of more than 48 h is a risk factor for over-infusion",
    figures=lambda: catalogue_sources("stopped_alarm_after"),
    hazards="H12",
)
def stopped(case: Case) -> Iterator[Finding]:
    """A stop is an order like any other, but it may not last."""
    after = case.pump.stopped_alarm_after
    if case.program is None or case.program.mode is not Mode.STOPPED:
        return
    if after is None:
        yield unknown(f"how long {case.pump.name} may stay stopped")
        return
    message = f"the pump stops: longer than {after} it alarms, and may over-infuse afterwards"
    yield exceeds(after, "stopped", message, Severity.NOTE)


@rule(
    "dose.peak-hour",
    "What is the most that any hour can give?",
    severities="note",
    source="the heaviest hour of the base program and what the lockout lets through",
    hazards="H01",
)
def peak_hour(case: Case) -> Iterator[Finding]:
    """For every ingredient, where hours differ."""
    varies = isinstance(case.prescription.therapy, Flex) or case.prescription.patient_dose
    if case.doses is None or not varies:
        return
    basis = Basis(By.DEVICE, "arithmetic on the program", Provenance.DERIVED)
    amounts = case.doses.amounts(case.doses.peak_hour_ml)
    for part in case.parts:
        asked = part.drug.show(amounts[part.name], MASS)
        message = f"{part.name}: at most {asked} in any hour, lockout included"
        yield Finding(Severity.NOTE, message, basis, asked, drug=part.name)
