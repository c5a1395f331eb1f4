import pytest
from hypothesis import given
from hypothesis import strategies as st
from pump_cases import DAY, DAY_AND_NIGHT, HOUR, ML, MONDAY, UL, programs

from thecal.devices import MriBehaviour, Pump, PumpKind, pumps
from thecal.pump import Mode, Program, PumpProfile
from thecal.pump.controller.schedule import Week


def figure(text: str) -> dict[str, str]:
    return {"value": text, "source": "a test", "provenance": "derived"}


def pump(**figures: object) -> Pump:
    return Pump.model_validate(
        {"key": "k", "name": "n", "maker": "m", "family": "f", "kind": "programmable", **figures}
    )


@pytest.mark.parametrize("key", list(pumps()))
def test_every_pump_of_the_catalogue_has_a_profile(key: str) -> None:
    profile = PumpProfile.from_catalogue(pumps()[key])
    assert profile.model == key
    assert profile.programmable == (profile.kind is not PumpKind.FIXED_RATE)


def test_a_blank_stays_blank() -> None:
    profile = PumpProfile.from_catalogue(pump())
    assert profile.capacity_pl is profile.lowest_rate_pl_per_day is profile.service_life_s is None
    assert profile.mri is MriBehaviour.UNKNOWN
    assert (profile.noncritical_repeat_s, profile.critical_repeat_s) == (3_600, 600)
    assert profile.stopped_alarm_after_s == 48 * HOUR


def test_figures_become_exact_integers() -> None:
    profile = PumpProfile.from_catalogue(
        pump(
            reservoir=figure("20 mL"),
            lowest_rate=figure("0.048 mL/day"),
            highest_rate=figure("24 mL/day"),
            minimum_rate_mode=figure("0.006 mL/day"),
            rate_step=figure("0.1 mL/h"),
            demand_dose_step=figure("0.05 mL"),
            service_life=figure("84 month"),
            replacement_notice=figure("90 day"),
            critical_alarm_repeat=figure("10 min"),
            mri="must-be-empty",
            mri_discharge=figure("10 uL"),
        )
    )
    assert profile.capacity_pl == 20 * ML
    assert profile.lowest_rate_pl_per_day == 48 * UL
    assert profile.minimum_rate_pl_per_day == 6 * UL
    assert profile.rate_step_pl_per_day == 2_400 * UL
    assert profile.demand_dose_step_pl == 50 * UL
    assert profile.service_life_s == 84 * 2_629_800
    assert profile.replacement_notice_s == 90 * DAY
    assert profile.mri_discharge_pl == 10 * UL


def test_a_limit_between_two_integers_is_rounded_to_the_side_that_allows_less() -> None:
    profile = PumpProfile.from_catalogue(
        pump(lowest_rate=figure("0.048000000001 mL/day"), reservoir=figure("1.0000000005 mL"))
    )
    assert profile.lowest_rate_pl_per_day == 48 * UL + 1
    assert profile.capacity_pl == ML


def test_a_step_that_is_no_whole_number_of_picolitres_is_refused() -> None:
    with pytest.raises(ValueError, match="whole number"):
        PumpProfile.from_catalogue(pump(rate_step=figure("0.0000000001 mL/day")))


# The week


def minute_rate(program: Program, minute_of_week: int) -> int:
    day = program.day(minute_of_week // 1_440)
    assert day is not None
    starts = [step for step in day.steps if step.start_min <= minute_of_week % 1_440]
    return starts[-1].rate_pl_per_day


@given(programs.filter(lambda program: bool(program.week)), st.integers(0, 10_079))
def test_the_week_says_what_the_schedules_say(program: Program, minute: int) -> None:
    week = Week.of(program, 0)
    rate, left_s = week.at(MONDAY + minute * 60 + 59)
    assert rate == minute_rate(program, minute)
    if left_s is not None:
        changes_at = (minute * 60 + 59 + left_s) // 60
        assert (minute * 60 + 59 + left_s) % 60 == 0
        assert minute_rate(program, changes_at % 10_080) != rate
        for between in range(minute, changes_at, 97):
            assert minute_rate(program, between % 10_080) == rate


@given(programs.filter(lambda program: program.mode is not Mode.STOPPED), st.data())
def test_the_time_to_move_a_volume_is_exact(program: Program, data: st.DataObject) -> None:
    week = Week.of(program, 6 * UL)
    grains = data.draw(st.integers(1, 3 * week.grains))
    start = MONDAY + data.draw(st.integers(0, 7 * DAY))
    seconds = week.seconds_to_move(start, grains)
    assert seconds is not None

    def moved(length: int) -> int:
        total = elapsed = 0
        while elapsed < length:
            rate, left = week.at(start + elapsed)
            part = length - elapsed if left is None else min(left, length - elapsed)
            total, elapsed = total + rate * part, elapsed + part
        return total

    assert moved(seconds) >= grains > moved(seconds - 1)


def test_a_day_is_what_its_schedule_gives() -> None:
    week = Week.of(DAY_AND_NIGHT, 0)
    for day, index in enumerate(DAY_AND_NIGHT.week):
        expected = DAY_AND_NIGHT.schedules[index].volume_pl_minutes() * 60
        assert week.day_grains(MONDAY + day * DAY + 12_345) == expected


def test_nothing_moves_in_a_stopped_week() -> None:
    week = Week.of(Program(Mode.STOPPED), 6 * UL)
    assert week.seconds_to_move(MONDAY, 1) is None
    assert week.seconds_to_move(MONDAY, 0) == 0
