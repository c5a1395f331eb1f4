"""Whether this pump can run a program, fill or ceiling. Nothing is clamped: it is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from thecal.pump.language import (
    DAYS_PER_WEEK,
    MAX_STEPS_PER_DAY,
    MINUTES_PER_DAY,
    SECONDS_PER_DAY,
    Bolus,
    Ceiling,
    DaySchedule,
    Fill,
    Mode,
    PatientDose,
    Program,
    Refused,
)
from thecal.pump.language import (
    RefusalCode as Code,
)
from thecal.pump.profile import PumpProfile

LONGEST_BOLUS_S = SECONDS_PER_DAY
LONGEST_BRIDGE_S = 31 * SECONDS_PER_DAY
"""Far beyond any use; they keep the cost of looking ahead bounded."""

MOST_LABELS, LONGEST_LABEL = 16, 128
"""So that a status always fits into one message (assumed; a mixture has a few ingredients)."""

RATE = "pL/day"
VOLUME = "pL"
_MALFORMED = Code.MALFORMED_PROGRAM


def _no(code: Code, asked: int | None = None, limit: int | None = None, unit: str = "") -> Refused:
    return Refused("", code, asked, limit, unit)


def program_faults(program: Program, profile: PumpProfile) -> Iterator[Refused]:
    """Each reason for which this pump cannot run the program; the first one is the answer."""
    for check in _PROGRAM_CHECKS:
        yield from check(program, profile)


def _shape(program: Program, _profile: PumpProfile) -> Iterator[Refused]:
    has_week = program.mode in (Mode.SIMPLE, Mode.FLEX)
    if len(program.week) != (DAYS_PER_WEEK if has_week else 0):
        yield _no(_MALFORMED, len(program.week), DAYS_PER_WEEK if has_week else 0, "days")
    if set(program.week) != set(range(len(program.schedules))):
        yield _no(_MALFORMED, len(set(program.week)), len(program.schedules), "schedules")
    if program.mode is Mode.SIMPLE and [len(s.steps) for s in program.schedules] != [1]:
        yield _no(_MALFORMED, sum(len(s.steps) for s in program.schedules), 1, "steps")
    extras = (program.priming, program.bridge, program.patient_dose)
    if program.mode is Mode.STOPPED and any(extras):
        yield _no(_MALFORMED, sum(extra is not None for extra in extras), 0, "doses while stopped")


def _days(program: Program, _profile: PumpProfile) -> Iterator[Refused]:
    for schedule in program.schedules:
        if len(schedule.steps) > MAX_STEPS_PER_DAY:
            yield _no(Code.TOO_MANY_STEPS, len(schedule.steps), MAX_STEPS_PER_DAY, "steps a day")
        yield from _partition(schedule)


def _partition(schedule: DaySchedule) -> Iterator[Refused]:
    starts = [step.start_min for step in schedule.steps]
    if not starts or starts[0] != 0:
        yield _no(_MALFORMED, starts[0] if starts else None, 0, "first minute of the day")
    if starts != sorted(set(starts)):
        yield _no(_MALFORMED, None, None, "steps in ascending order")
    if starts and starts[-1] >= MINUTES_PER_DAY:
        yield _no(_MALFORMED, starts[-1], MINUTES_PER_DAY - 1, "minute of the day")


def _rates(program: Program, profile: PumpProfile) -> Iterator[Refused]:
    for schedule in program.schedules:
        for step in schedule.steps:
            yield from rate_faults(step.rate_pl_per_day, profile)


def rate_faults(rate: int, profile: PumpProfile) -> Iterator[Refused]:
    """Reasons against one base or bridge rate; zero must be known to be allowed."""
    lowest, highest = profile.lowest_rate_pl_per_day, profile.highest_rate_pl_per_day
    step = profile.rate_step_pl_per_day
    if rate < (lowest or 0) or (rate == 0 and lowest != 0):
        yield _no(Code.RATE_BELOW_LOWEST, rate, lowest, RATE)
    if highest is not None and rate > highest:
        yield _no(Code.RATE_ABOVE_HIGHEST, rate, highest, RATE)
    if step and rate % step:
        yield _no(Code.RATE_BETWEEN_STEPS, rate, step, RATE)


def _minimum_rate(program: Program, profile: PumpProfile) -> Iterator[Refused]:
    if program.mode is Mode.MINIMUM_RATE and profile.minimum_rate_pl_per_day is None:
        yield _no(Code.MODE_UNKNOWN)


def _priming(program: Program, profile: PumpProfile) -> Iterator[Refused]:
    if program.priming:
        yield from bolus_faults(program.priming, profile, 0)


def _bridge(program: Program, profile: PumpProfile) -> Iterator[Refused]:
    if program.bridge:
        yield from _duration(program.bridge.duration_s, LONGEST_BRIDGE_S)
        yield from rate_faults(program.bridge.rate_pl_per_day, profile)


def _patient_dose(program: Program, profile: PumpProfile) -> Iterator[Refused]:
    dose = program.patient_dose
    if dose is None:
        return
    yield from bolus_faults(Bolus(dose.volume_pl, dose.duration_s), profile, _highest(program))
    yield from _dose_steps(dose, profile)
    if dose.lockout_s < 0:
        yield _no(_MALFORMED, dose.lockout_s, 0, "s")
    if dose.max_per_day < 1:
        yield _no(_MALFORMED, dose.max_per_day, 1, "doses in 24 h")


def _dose_steps(dose: PatientDose, profile: PumpProfile) -> Iterator[Refused]:
    step, most = profile.demand_dose_step_pl, profile.highest_demand_dose_pl
    if step and dose.volume_pl % step:
        yield _no(Code.DOSE_BETWEEN_STEPS, dose.volume_pl, step, VOLUME)
    if most is not None and dose.volume_pl > most:
        yield _no(Code.DOSE_ABOVE_HIGHEST, dose.volume_pl, most, VOLUME)


def _highest(program: Program) -> int:
    return max((step.rate_pl_per_day for day in program.schedules for step in day.steps), default=0)


def bolus_faults(bolus: Bolus, profile: PumpProfile, base_rate: int) -> Iterator[Refused]:
    """Reasons against a bolus that runs over a base rate: one rotor turns for both."""
    if bolus.volume_pl <= 0:
        yield _no(_MALFORMED, bolus.volume_pl, 1, VOLUME)
    yield from _duration(bolus.duration_s, LONGEST_BOLUS_S)
    highest = profile.highest_rate_pl_per_day
    if highest is None or bolus.duration_s <= 0:
        return
    rate = base_rate - (-bolus.volume_pl * SECONDS_PER_DAY // bolus.duration_s)
    if rate > highest:
        yield _no(Code.RATE_ABOVE_HIGHEST, rate, highest, RATE)


def _duration(duration_s: int, longest_s: int) -> Iterator[Refused]:
    if not 0 < duration_s <= longest_s:
        yield _no(_MALFORMED, duration_s, longest_s if duration_s > 0 else 1, "s")


_PROGRAM_CHECKS: tuple[Callable[[Program, PumpProfile], Iterator[Refused]], ...] = (
    _shape,
    _days,
    _minimum_rate,
    _rates,
    _priming,
    _bridge,
    _patient_dose,
)


def fill_faults(fill: Fill, profile: PumpProfile) -> Iterator[Refused]:
    """Reasons against a fill; an emptied reservoir (0 of 0 pL) is allowed."""
    capacity = profile.capacity_pl
    if fill.volume_pl < 0:
        yield _no(Code.OVER_CAPACITY, fill.volume_pl, 0, VOLUME)
    if capacity is not None and fill.volume_pl > capacity:
        yield _no(Code.OVER_CAPACITY, fill.volume_pl, capacity, VOLUME)
    if len(fill.labels) > MOST_LABELS or any(len(text) > LONGEST_LABEL for text in fill.labels):
        yield _no(Code.LABELS, len(fill.labels), MOST_LABELS, "labels")
    emptied = fill.volume_pl == fill.alarm_volume_pl == 0
    if not emptied and not 0 <= fill.alarm_volume_pl < fill.volume_pl:
        yield _no(Code.ALARM_VOLUME, fill.alarm_volume_pl, fill.volume_pl, VOLUME)


def ceiling_faults(ceiling: Ceiling) -> Iterator[Refused]:
    """Reasons against a ceiling: a negative figure."""
    for figure in (ceiling.max_pl_per_hour, ceiling.max_pl_per_day, ceiling.path_pl):
        if figure < 0:
            yield _no(_MALFORMED, figure, 0, VOLUME)
