"""Clock-change days: found in every zone and direction, and what the day then delivers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from orders import Order, flex

from thecal.pump.language import DaySchedule, Mode, Program, Step
from thecal.therapy.findings import Severity
from thecal.therapy.program.clock_changes import ClockChange, clock_changes, dose_change_ml

YEAR = (date(2026, 1, 1), date(2026, 12, 31))

# The two changes of 2026: (day, minute of the old time at which the clock jumps, minutes).
CHANGES = {
    "Europe/London": [(date(2026, 3, 29), 60, 60), (date(2026, 10, 25), 120, -60)],
    "America/New_York": [(date(2026, 3, 8), 120, 60), (date(2026, 11, 1), 120, -60)],
    "Australia/Sydney": [(date(2026, 4, 5), 180, -60), (date(2026, 10, 4), 120, 60)],
    "Australia/Lord_Howe": [(date(2026, 4, 5), 120, -30), (date(2026, 10, 4), 120, 30)],
    # At midnight: the clock goes back into the evening before, which becomes the longer day.
    "America/Santiago": [(date(2026, 4, 4), 1440, -60), (date(2026, 9, 6), 0, 60)],
    "Asia/Beirut": [(date(2026, 3, 29), 0, 60), (date(2026, 10, 24), 1440, -60)],
    "Antarctica/Troll": [(date(2026, 3, 29), 60, 120), (date(2026, 10, 25), 180, -120)],
    "Asia/Tokyo": [],
    "UTC": [],
}
ZONES = pytest.mark.parametrize("zone", CHANGES)
WITH_CHANGES = pytest.mark.parametrize("zone", [zone for zone, found in CHANGES.items() if found])

# A week in which every minute of a day has its own rate, as far as 13 steps go.
PROGRAM = Program(
    Mode.FLEX,
    tuple(
        DaySchedule(tuple(Step(m, (d + 1) * 10**7 + m * 10**5) for m in range(0, 1440, 120)))
        for d in range(7)
    ),
    tuple(range(7)),
)


@ZONES
def test_every_change_of_the_year_is_found_with_its_day_and_direction(zone: str) -> None:
    found = list(clock_changes(ZoneInfo(zone), *YEAR))
    assert found == [ClockChange(*change) for change in CHANGES[zone]]
    assert [one.direction for one in found] == [
        "forward" if shift > 0 else "back" for _, _, shift in CHANGES[zone]
    ]


@WITH_CHANGES
def test_day_of_the_change_agrees_with_a_count_by_the_minute_of_utc(zone: str) -> None:
    """Every minute that the zone's own clock shows on that date, at the rate of that time."""
    for change in clock_changes(ZoneInfo(zone), *YEAR):
        schedule = PROGRAM.day(change.day.weekday())
        assert schedule is not None
        rates = [
            [step.rate_pl_per_day for step in schedule.steps if step.start_min <= minute][-1]
            for minute in range(1440)
        ]
        instant = datetime(change.day.year, change.day.month, change.day.day, tzinfo=UTC)
        instant -= timedelta(hours=24)
        shown = 0
        for _ in range(72 * 60):
            local = instant.astimezone(ZoneInfo(zone))
            if local.date() == change.day:
                shown += rates[local.hour * 60 + local.minute]
            instant += timedelta(minutes=1)
        expected = Fraction(shown - sum(rates), 1440 * 10**9)
        assert dose_change_ml(PROGRAM, change) == expected


def test_first_and_last_day_are_counted() -> None:
    zone, day = ZoneInfo("Europe/London"), date(2026, 3, 29)
    assert len(list(clock_changes(zone, day, day))) == 1
    assert not list(clock_changes(zone, day + timedelta(1), date(2026, 10, 24)))


NIGHT = flex(("", (("00:00", "0.6 mg/day"), ("06:00", "0.5 mg/day"))))


def test_plan_names_both_changes_before_the_refill_and_none_after_it() -> None:
    order = Order(therapy=NIGHT, before=(("morphine", "10 mg/mL"),))
    spring = order.found("clock.changes", visit=date(2026, 3, 2), zone="Europe/London")
    assert len(spring) == 1
    assert "forward 60 min on 2026-03-29" in spring[0].message
    assert "0.025 mg less of morphine" in spring[0].message  # an hour of 0.6 mg/day
    autumn = order.found("clock.changes", visit=date(2026, 9, 2), zone="Europe/London")
    assert "back 60 min on 2026-10-25" in autumn[0].message
    assert "0.025 mg more of morphine" in autumn[0].message
    assert not order.found("clock.changes", visit=date(2026, 4, 2), zone="Europe/London")
    assert not order.found("clock.changes", visit=date(2026, 3, 2), zone="Asia/Tokyo")


def test_half_an_hour_is_half_an_hour() -> None:
    order = Order(therapy=NIGHT, before=(("morphine", "10 mg/mL"),))
    (found,) = order.found("clock.changes", visit=date(2026, 3, 2), zone="Australia/Lord_Howe")
    assert "back 30 min on 2026-04-05" in found.message
    assert "0.0125 mg more" in found.message


def test_zone_not_stated_is_named_for_flex_and_simple_needs_none() -> None:
    (found,) = Order(therapy=NIGHT).found("clock.changes")
    assert found.asked == "unknown"
    assert not Order().found("clock.changes")


def test_longer_day_that_passes_the_hard_cap_is_refused() -> None:
    order = Order(
        drugs=(("morphine", "25 mg/mL"),),
        before=(("morphine", "25 mg/mL"),),
        before_dose="19 mg/day",
        therapy=flex(("", (("00:00", "19.5 mg/day"), ("06:00", "19.4 mg/day")))),
    )
    autumn = order.found("clock.changes", visit=date(2026, 10, 2), zone="Europe/London")
    assert [one.severity for one in autumn] == [Severity.STOP, Severity.NOTE]
    spring = order.found("clock.changes", visit=date(2026, 3, 20), zone="Europe/London")
    assert [one.severity for one in spring] == [Severity.NOTE]
