"""What a program delivers: the mean day, the heaviest day, the heaviest hour; for every drug.

Everything is computed from the program that the pump will really run, so a rounded rate shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from thecal.pump.language import (
    DAYS_PER_WEEK,
    MINUTES_PER_DAY,
    PL_PER_ML,
    SECONDS_PER_HOUR,
    Mode,
    Program,
)
from thecal.therapy.file.prescription import WEEKDAYS

Amounts = Mapping[str, Fraction]
"""Drug name to µg."""


@dataclass(frozen=True)
class Doses:
    """The doses of one program.

    Attributes:
        concentrations: drug name to µg/mL, the primary first.
        constant_rate_ml_per_day: the rate of a program without schedules.
    """

    program: Program
    concentrations: Amounts
    constant_rate_ml_per_day: Fraction = Fraction(0)

    @cached_property
    def base_ml_by_weekday(self) -> tuple[Fraction, ...]:
        """The base mode's volume on Monday to Sunday, in mL."""
        return tuple(self._base_ml(weekday) for weekday in range(DAYS_PER_WEEK))

    def _base_ml(self, weekday: int) -> Fraction:
        day = self.program.day(weekday)
        if day is None:
            return self.constant_rate_ml_per_day
        return Fraction(day.volume_pl_minutes(), MINUTES_PER_DAY * PL_PER_ML)

    @cached_property
    def patient_doses_ml(self) -> Fraction:
        """All allotted patient doses of a day, in mL."""
        dose = self.program.patient_dose
        return Fraction(dose.volume_pl * dose.max_per_day, PL_PER_ML) if dose else Fraction(0)

    @cached_property
    def mean_ml(self) -> Fraction:
        """The week's mean day without patient doses, in mL."""
        return sum(self.base_ml_by_weekday, Fraction(0)) / DAYS_PER_WEEK

    @cached_property
    def worst_ml(self) -> Fraction:
        """The heaviest day with all allotted patient doses, in mL."""
        return max(self.base_ml_by_weekday) + self.patient_doses_ml

    @property
    def heaviest_weekday(self) -> str:
        """The weekday of the largest base volume."""
        volumes = self.base_ml_by_weekday
        return WEEKDAYS[volumes.index(max(volumes))]

    def amounts(self, volume_ml: Fraction) -> dict[str, Fraction]:
        """What each drug does in a volume of this fill: name to µg."""
        return {name: volume_ml * strength for name, strength in self.concentrations.items()}

    @cached_property
    def worst_24h_ml(self) -> Fraction:
        """The most in any sliding 24 h, with all allotted patient doses, in mL."""
        return self._heaviest_window_ml(MINUTES_PER_DAY) + self.patient_doses_ml

    @cached_property
    def peak_hour_ml(self) -> Fraction:
        """The most in any hour: the heaviest base hour and what the lockout lets through, in mL."""
        base = self._heaviest_window_ml(SECONDS_PER_HOUR // 60)
        dose = self.program.patient_dose
        if dose is None:
            return base
        whole, rest = divmod(SECONDS_PER_HOUR, dose.lockout_s)
        begun = Fraction(min(rest, dose.duration_s), dose.duration_s)
        given = min(Fraction(dose.max_per_day), whole + begun)
        return base + Fraction(dose.volume_pl, PL_PER_ML) * given

    def _heaviest_window_ml(self, minutes: int) -> Fraction:
        """The base mode's largest volume in any window: it starts or ends where a rate changes."""
        if self.program.mode is not Mode.FLEX:
            return self.constant_or_simple_ml_per_day * Fraction(minutes, MINUTES_PER_DAY)
        spans = list(self._week_spans())
        length = DAYS_PER_WEEK * MINUTES_PER_DAY
        edges = {start for start, _, _ in spans}
        starts = edges | {(edge - minutes) % length for edge in edges}
        volume = _Cumulative(spans, length)
        most = max(volume.between(start, start + minutes) for start in starts)
        return Fraction(most, MINUTES_PER_DAY * PL_PER_ML)

    @property
    def constant_or_simple_ml_per_day(self) -> Fraction:
        """The constant rate of a mode that has one, in mL/day."""
        return self.base_ml_by_weekday[0]

    def _week_spans(self) -> Iterator[tuple[int, int, int]]:
        """(start, end, rate) over the week, in minutes from Monday 00:00 and pL/day."""
        for weekday in range(DAYS_PER_WEEK):
            day = self.program.day(weekday)
            offset = weekday * MINUTES_PER_DAY
            for start, end, rate in day.spans() if day else ():
                yield offset + start, offset + end, rate


class _Cumulative:
    """The running total of a weekly program, in pL/day x minutes."""

    def __init__(self, spans: list[tuple[int, int, int]], length: int) -> None:
        self._spans, self._length = spans, length
        self._total = sum(rate * (end - start) for start, end, rate in spans)

    def _until(self, minute: int) -> int:
        weeks, rest = divmod(minute, self._length)
        inside = sum(
            rate * (min(end, rest) - start) for start, end, rate in self._spans if start < rest
        )
        return weeks * self._total + inside

    def between(self, start: int, end: int) -> int:
        return self._until(end) - self._until(start)
