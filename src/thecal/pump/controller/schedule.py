"""The base infusion as one week of constant rates, on the pump's own local clock."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from thecal.pump.language import (
    DAYS_PER_WEEK,
    SECONDS_PER_DAY,
    SECONDS_PER_MINUTE,
    Mode,
    Program,
)

SECONDS_PER_WEEK = DAYS_PER_WEEK * SECONDS_PER_DAY
MONDAY_OF_UNIX_DAY_0 = 3 * SECONDS_PER_DAY
"""Unix time began on a Thursday: three days into a week that begins on Monday."""


@dataclass(frozen=True, slots=True)
class Week:
    """Rates by second of the local week (Monday 00:00 is 0); equal neighbours are one.

    Attributes:
        starts_s: ascending, the first 0.
        rates: pL/day, one for each start.
    """

    starts_s: tuple[int, ...]
    rates: tuple[int, ...]

    @classmethod
    def constant(cls, rate_pl_per_day: int) -> Week:
        """The same rate all week."""
        return cls((0,), (rate_pl_per_day,))

    @classmethod
    def of(cls, program: Program, minimum_rate_pl_per_day: int) -> Week:
        """The week that a valid program's base mode runs."""
        if program.mode is Mode.STOPPED:
            return cls.constant(0)
        if program.mode is Mode.MINIMUM_RATE:
            return cls.constant(minimum_rate_pl_per_day)
        starts: list[int] = []
        rates: list[int] = []
        for day, index in enumerate(program.week):
            for step in program.schedules[index].steps:
                if not rates or rates[-1] != step.rate_pl_per_day:
                    starts.append(day * SECONDS_PER_DAY + step.start_min * SECONDS_PER_MINUTE)
                    rates.append(step.rate_pl_per_day)
        return cls(tuple(starts), tuple(rates))

    @property
    def highest(self) -> int:
        """The highest rate of the week in pL/day."""
        return max(self.rates)

    @property
    def grains(self) -> int:
        """What one week moves, in grains."""
        ends = (*self.starts_s[1:], SECONDS_PER_WEEK)
        return sum(
            rate * (end - start)
            for start, end, rate in zip(self.starts_s, ends, self.rates, strict=True)
        )

    def at(self, local_s: int) -> tuple[int, int | None]:
        """The rate in pL/day at a local second, and the seconds until it changes (None: never)."""
        second = (local_s + MONDAY_OF_UNIX_DAY_0) % SECONDS_PER_WEEK
        index = bisect_right(self.starts_s, second) - 1
        rate = self.rates[index]
        if len(self.rates) == 1:
            return rate, None
        if index + 1 < len(self.rates):
            return rate, self.starts_s[index + 1] - second
        runs_on = self.starts_s[1] if self.rates[0] == rate else 0
        return rate, SECONDS_PER_WEEK + runs_on - second

    def day_grains(self, local_s: int) -> int:
        """What the local day that holds ``local_s`` moves, in grains."""
        midnight = local_s - local_s % SECONDS_PER_DAY
        moved, second = 0, midnight
        while second < midnight + SECONDS_PER_DAY:
            rate, left = self.at(second)
            end = midnight + SECONDS_PER_DAY
            end = end if left is None else min(end, second + left)
            moved, second = moved + rate * (end - second), end
        return moved

    def seconds_to_move(self, local_s: int, grains: int) -> int | None:
        """Seconds from ``local_s`` until so many grains have been moved; None if never."""
        if grains <= 0:
            return 0
        week = self.grains
        if week == 0:
            return None
        weeks, left_gr = divmod(grains - 1, week)
        left_gr, elapsed = left_gr + 1, weeks * SECONDS_PER_WEEK
        while True:
            rate, left_s = self.at(local_s + elapsed)
            if left_s is None or rate * left_s >= left_gr:
                return elapsed - (-left_gr // rate)
            left_gr, elapsed = left_gr - rate * left_s, elapsed + left_s
