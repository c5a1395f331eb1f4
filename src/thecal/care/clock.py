"""Days and nights of a clinic: instants are UTC, windows in days are local calendar days.

A duration in hours is elapsed time, whatever the clocks do. A window in days is counted in the
clinic's local days: the day of the event is day 0, and "within 5 days" ends with local day 5.
A time that the clocks skip is taken as much later as they jump; one that they repeat, as the first
of the two.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """The calendar day on which an instant falls in the clinic."""
    return at.astimezone(zone).date()


def at_local(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, of a wall-clock time on a day."""
    return datetime.combine(day, wall, zone).astimezone(UTC)


def same_time_after(at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same wall-clock time so many local days later (or, if negative, earlier)."""
    here = at.astimezone(zone)
    return at_local(here.date() + timedelta(days=days), here.time().replace(fold=0), zone)


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day."""
    return at_local(day, time.min, zone)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The last second of a local day."""
    return start_of_day(day + timedelta(days=1), zone) - timedelta(seconds=1)


def day_after(at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The last second of the local day that is so many days after the event's day."""
    return end_of_day(local_day(at, zone) + timedelta(days=days), zone)


def shown(at: datetime, zone: ZoneInfo) -> str:
    """An instant for a person: local time with its offset from UTC."""
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M %z")


def wall_time(after_midnight: timedelta) -> time:
    """The wall-clock time that is so long after midnight on a day without a clock change."""
    minutes, seconds = divmod(int(after_midnight.total_seconds()), 60)
    return time(minutes // 60, minutes % 60, seconds)
