"""What a pump is given to run: program, fill and ceiling."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from thecal.pump.language.forms import encode

PL_PER_ML = 1_000_000_000
SECONDS_PER_MINUTE = 60
SECONDS_PER_HOUR = 3_600
SECONDS_PER_DAY = 86_400
MINUTES_PER_DAY = 1_440
DAYS_PER_WEEK = 7
MAX_STEPS_PER_DAY = 13
"""Steps in one day of a flex schedule (source: A810 guide, in the device reference)."""


class Mode(StrEnum):
    """How the base infusion runs."""

    STOPPED = "stopped"
    MINIMUM_RATE = "minimum-rate"
    SIMPLE = "simple"
    FLEX = "flex"


@dataclass(frozen=True, slots=True)
class Step:
    """From ``start_min`` (minute of the pump's local day) on, run at ``rate_pl_per_day``."""

    start_min: int
    rate_pl_per_day: int


@dataclass(frozen=True, slots=True)
class DaySchedule:
    """The steps of one day, ascending, the first at minute 0; together they fill 24 h."""

    steps: tuple[Step, ...]

    def spans(self) -> tuple[tuple[int, int, int], ...]:
        """Each step as (start minute, end minute, rate in pL/day)."""
        starts = [step.start_min for step in self.steps]
        ends = [*starts[1:], MINUTES_PER_DAY]
        return tuple(
            (step.start_min, end, step.rate_pl_per_day)
            for step, end in zip(self.steps, ends, strict=True)
        )

    def volume_pl_minutes(self) -> int:
        """The day's volume times 1440, exact: the sum of rate (pL/day) x minutes."""
        return sum(rate * (end - start) for start, end, rate in self.spans())


@dataclass(frozen=True, slots=True)
class Bolus:
    """A volume given evenly over a duration."""

    volume_pl: int
    duration_s: int


@dataclass(frozen=True, slots=True)
class Bridge:
    """A constant rate for a duration, in place of the base mode, while old drug leaves the path."""

    rate_pl_per_day: int
    duration_s: int


@dataclass(frozen=True, slots=True)
class PatientDose:
    """What the patient's own controller may ask for.

    Attributes:
        lockout_s: the least time from the start of one dose to the start of the next.
        max_per_day: doses allowed in any 24 h, counted over a sliding window.
    """

    volume_pl: int
    duration_s: int
    lockout_s: int
    max_per_day: int


@dataclass(frozen=True)
class Program:
    """Everything that decides what the pump delivers from now on.

    On commit the pump runs ``priming``, then ``bridge``, then the base mode.

    Attributes:
        schedules: the day schedules; empty unless the mode is simple (one step) or flex.
        week: for Monday to Sunday, an index into ``schedules``; empty without schedules.
    """

    mode: Mode
    schedules: tuple[DaySchedule, ...] = ()
    week: tuple[int, ...] = ()
    priming: Bolus | None = None
    bridge: Bridge | None = None
    patient_dose: PatientDose | None = None

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical form: two pumps hold the same program if these are equal."""
        return hashlib.sha256(encode(self)).hexdigest()

    def day(self, weekday: int) -> DaySchedule | None:
        """The schedule of a weekday (Monday is 0), or None in a mode without one."""
        return self.schedules[self.week[weekday]] if self.week else None


@dataclass(frozen=True, slots=True)
class Fill:
    """What a person says is in the reservoir from now on.

    Attributes:
        volume_pl: the whole reservoir after the fill.
        alarm_volume_pl: the computed volume at which the low-reservoir alarm starts.
        labels: opaque texts, kept and shown (drug and concentration of each ingredient).
    """

    volume_pl: int
    alarm_volume_pl: int
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most that may leave the pump in any sliding window; no program or dose passes it.

    Attributes:
        max_pl_per_hour: over any 60 minutes.
        max_pl_per_day: over any 24 hours.
        path_pl: the volume between rotor and catheter tip. Priming and bridge boluses push it out
            ahead of them, so they are counted only beyond it, once in any 24 h.
    """

    max_pl_per_hour: int
    max_pl_per_day: int
    path_pl: int = 0
