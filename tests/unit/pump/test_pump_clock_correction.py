"""UTC can be corrected a little, and nothing that protects the patient runs on it."""

from hypothesis import given
from hypothesis import strategies as st
from pump_cases import (
    DAY,
    DAY_AND_NIGHT,
    DOSE,
    HOUR,
    MONDAY,
    UL,
    accepted,
    refused,
    running,
    started,
    status,
)

from thecal.pump import (
    Accepted,
    Ceiling,
    CorrectClock,
    DaySchedule,
    Mode,
    Program,
    RefusalCode,
    Refused,
    RequestPatientDose,
    Step,
    Update,
)
from thecal.pump.controller.clock_setting import LARGEST_CORRECTION_S


def test_a_correction_moves_utc_and_the_schedule_and_is_logged() -> None:
    twin = running()
    before = status(twin)
    accepted(twin, CorrectClock("correct", -120))
    after = status(twin)
    assert (after.t_s, after.utc_s) == (before.t_s, before.utc_s - 120)
    assert after.revision == before.revision + 1
    entry = twin.controller.log.entries[-1]
    assert (entry.what, entry.facts["shift_s"]) == ("correct-clock", -120)


def test_the_next_step_comes_earlier_by_the_correction() -> None:
    twin = started(DAY_AND_NIGHT)
    accepted(twin, CorrectClock("correct", 300))
    twin.advance(420 * 60 - 301)
    assert status(twin).rate_pl_per_day == 150 * UL
    twin.advance(420 * 60 - 300)
    assert status(twin).rate_pl_per_day == 300 * UL


def test_300_seconds_are_the_most_in_any_24_hours_in_sum_without_sign() -> None:
    twin = running()
    start = twin.now_s
    accepted(twin, CorrectClock("a", 200))
    twin.advance(start + HOUR)
    accepted(twin, CorrectClock("b", -100))
    reply = refused(twin, CorrectClock("c", 1), RefusalCode.CLOCK_OUT_OF_RANGE)
    assert (reply.asked, reply.limit, reply.wait_s) == (301, LARGEST_CORRECTION_S, DAY - HOUR)
    twin.advance(start + DAY - 1)
    refused(twin, CorrectClock("d", 1), RefusalCode.CLOCK_OUT_OF_RANGE)
    twin.advance(start + DAY)
    accepted(twin, CorrectClock("e", 1))
    reply = refused(twin, CorrectClock("f", 200), RefusalCode.CLOCK_OUT_OF_RANGE)
    assert reply.wait_s == HOUR


def test_what_is_too_much_for_a_day_alone_is_never_granted() -> None:
    for shift_s in (301, -301, 1 << 62):
        reply = refused(running(), CorrectClock("x", shift_s), RefusalCode.CLOCK_OUT_OF_RANGE)
        assert reply.wait_s is None


@given(st.lists(st.tuples(st.integers(0, 2 * DAY), st.integers(-300, 300)), max_size=12))
def test_no_24_hours_ever_hold_more_than_300_seconds(course: list[tuple[int, int]]) -> None:
    twin, done = running(), list[tuple[int, int]]()
    for number, (wait_s, shift_s) in enumerate(course):
        twin.advance(twin.now_s + wait_s)
        reply = twin.send(CorrectClock(f"c{number}", shift_s))
        if isinstance(reply, Accepted):
            done.append((twin.now_s, abs(shift_s)))
        else:
            assert isinstance(reply, Refused)
            if reply.wait_s is not None:
                assert 0 < reply.wait_s <= DAY
    for at_s, _ in done:
        assert sum(size for t_s, size in done if at_s - DAY < t_s <= at_s) <= 300
    assert abs(status(twin).utc_s - twin.now_s - MONDAY) <= sum(size for _, size in done)


def test_no_correction_shortens_a_lockout_or_brings_back_a_dose_of_the_day() -> None:
    plain, corrected = running(), running()
    for twin in (plain, corrected):
        accepted(twin, RequestPatientDose("dose-1"))
        twin.advance(twin.now_s + HOUR)
    accepted(corrected, CorrectClock("correct", 300))
    for twin in (plain, corrected):
        reply = refused(twin, RequestPatientDose("dose-2"), RefusalCode.LOCKOUT)
        assert reply.wait_s == DOSE.lockout_s - HOUR


def test_a_correction_that_would_pass_the_ceiling_is_refused() -> None:
    late = DaySchedule((Step(0, 48 * UL), Step(1430, 600 * UL)))
    twin = started(Program(Mode.FLEX, (late,), (0,) * 7))
    twin.advance(DAY - 300)
    hour_pl = (600 * UL * 600 + 48 * UL * 3_000) // DAY
    accepted(twin, Update("ceiling", 1, None, None, Ceiling(hour_pl + 1, 24 * 1000 * UL)))
    twin.advance(DAY - 30)
    refused(twin, CorrectClock("again", -300), RefusalCode.CEILING_HOUR)
