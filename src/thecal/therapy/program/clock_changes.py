"""Days on which a zone's clocks change, and what a flex schedule delivers on them.

The pump runs on its own clock and knows nothing of zones. Left alone after a change, it gives
every step an hour early or late by the wall clock, with the same dose in each 24 h. Set to the
new time at the change, it skips an hour of its schedule or runs one twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from zoneinfo import ZoneInfo

from thecal.pump.language import MINUTES_PER_DAY, PL_PER_ML, Program

_HALVINGS_TO_A_MINUTE = 11


@dataclass(frozen=True, slots=True)
class ClockChange:
    """One change of a zone's clocks.

    Attributes:
        day: the local date.
        at_min: the local minute of that day at which the clock jumps, by the old time.
        shift_min: positive forward (a shorter day), negative back (a longer day).
    """

    day: date
    at_min: int
    shift_min: int

    @property
    def direction(self) -> str:
        """``forward`` or ``back``."""
        return "forward" if self.shift_min > 0 else "back"


def clock_changes(zone: ZoneInfo, first: date, last: date) -> Iterator[ClockChange]:
    """The changes of a zone's clocks on the local dates from ``first`` to ``last``."""
    for later in range((last - first).days + 1):
        change = _change_on(zone, first + timedelta(days=later))
        if change is not None:
            yield change


@lru_cache(maxsize=4096)
def _change_on(zone: ZoneInfo, day: date) -> ClockChange | None:
    """The change within one day of UTC: plans made on a day ask for the same days."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    # A local date lies within 14 h of the UTC date; half-open, so each instant counts once.
    end = start + timedelta(days=1)
    return None if _offset(zone, start) == _offset(zone, end) else _locate(zone, start, end)


def _offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    offset = instant.astimezone(zone).utcoffset()
    return offset or timedelta(0)


def _locate(zone: ZoneInfo, low: datetime, high: datetime) -> ClockChange:
    before = _offset(zone, low)
    for _ in range(_HALVINGS_TO_A_MINUTE):
        middle = low + timedelta(minutes=(high - low) // timedelta(minutes=2))
        if _offset(zone, middle) == before:
            low = middle
        else:
            high = middle
    shift = _offset(zone, high) - before
    local = high.astimezone(UTC) + before
    minute = local.hour * 60 + local.minute
    minutes = int(shift.total_seconds() // 60)
    if minutes < 0 and minute == 0:  # back over midnight: the day before is the longer one
        return ClockChange(local.date() - timedelta(days=1), MINUTES_PER_DAY, minutes)
    return ClockChange(local.date(), minute, minutes)


def dose_change_ml(program: Program, change: ClockChange) -> Fraction:
    """What setting the pump's clock at the change adds to that local day's base volume, in mL.

    Negative when the clock goes forward (the skipped part of the schedule is not given).
    """
    day = program.day(change.day.weekday())
    if day is None:
        return Fraction(0)
    low = change.at_min if change.shift_min > 0 else change.at_min + change.shift_min
    high = low + abs(change.shift_min)
    inside = sum(
        rate * max(0, min(end, high) - max(start, low)) for start, end, rate in day.spans()
    )
    volume = Fraction(inside, MINUTES_PER_DAY * PL_PER_ML)
    return -volume if change.shift_min > 0 else volume
