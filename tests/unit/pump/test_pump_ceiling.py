from bisect import bisect_right

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pump_cases import (
    DAY,
    DAY_AND_NIGHT,
    FULL,
    HOUR,
    ML,
    ROTOR,
    UL,
    Course,
    accepted,
    commands,
    courses,
    new_twin,
    play,
    programs,
    refused,
    running,
    simple,
    started,
    status,
)

from thecal.pump import (
    Bolus,
    Bridge,
    Ceiling,
    Fill,
    GiveBolus,
    PatientDose,
    Program,
    RefusalCode,
    RequestPatientDose,
    SetClock,
    Twin,
    Update,
)
from thecal.pump.controller.ceiling import Limit, first_second_over, peak_gr
from thecal.pump.flow import GRAINS_PER_PL, NEVER, Piece, moved_at


class Alone(Twin):
    """A twin whose world leaves the flows with its controller, where a test can read them."""

    def _follow(self) -> None:
        pass


def fullest_pl(twin: Twin, window_s: int) -> int:
    """The fullest window of all that was delivered, measured apart from the pump's own way."""
    pieces: list[Piece] = [(0, 0, 0, 1, 0), *twin.controller.clock.flows]
    starts = [piece[0] for piece in pieces]

    def moved(t_s: int) -> int:
        return moved_at(pieces[bisect_right(starts, t_s) - 1], t_s) if t_s > 0 else 0

    ends = {start + shift for start in starts for shift in (-1, 0, 1, window_s - 1, window_s)}
    ends = {end for end in ends if 0 <= end <= twin.now_s} | {twin.now_s}
    return -(-max(moved(end) - moved(end - window_s) for end in ends) // GRAINS_PER_PL)


@settings(max_examples=80, deadline=None)
@given(
    programs,
    st.integers(5 * UL, 120 * UL),
    st.integers(100 * UL, ML),
    st.sampled_from([0, 150 * UL]),
    courses(commands, size=20),
)
def test_no_window_ever_passes_the_ceiling(
    program: Program, hour_pl: int, day_pl: int, path_pl: int, course: Course
) -> None:
    ceiling = Ceiling(hour_pl, day_pl, path_pl)
    twin = Alone(ROTOR)
    twin.send(Update("a", 0, None, FULL, ceiling))
    twin.send(Update("b", 1, program))
    for number, (wait_s, act) in enumerate(course):
        twin.advance(twin.now_s + wait_s)
        act(twin, number)
        if twin.controller.state.ceiling != ceiling:
            return
    twin.advance(twin.now_s + 9 * DAY)
    assert fullest_pl(twin, HOUR) <= hour_pl + path_pl
    assert fullest_pl(twin, DAY) <= day_pl + path_pl
    assert "ceiling-held" not in {span.alarm for span in twin.controller.alarm_spans()}


@settings(max_examples=30, deadline=None)
@given(courses(commands), st.integers(5 * UL, 150 * UL), st.integers(100 * UL, ML))
def test_the_guard_has_nothing_to_do_after_accepted_commands(
    course: Course, hour_pl: int, day_pl: int
) -> None:
    twin = play(started(DAY_AND_NIGHT), course)
    revision = twin.controller.state.revision
    twin.send(Update("late", revision, ceiling=Ceiling(hour_pl, day_pl)))
    twin.advance(twin.now_s + 9 * DAY)
    assert "ceiling-held" not in {span.alarm for span in twin.controller.alarm_spans()}


def brute_peak(pieces: list[Piece], from_s: int, until_s: int, window_s: int) -> int:
    starts = [piece[0] for piece in pieces]

    def piece_at(t_s: int) -> Piece:
        return pieces[bisect_right(starts, t_s) - 1]

    def flows(t_s: int) -> bool:
        return piece_at(t_s)[2] > 0 or piece_at(t_s - 1)[2] > 0

    windows = [
        moved_at(piece_at(t), t) - moved_at(piece_at(t - window_s), t - window_s)
        for t in range(from_s, until_s + 1)
        if (piece_at(t)[2] if t == from_s else flows(t))
    ]
    return max(windows, default=0)


def limit(window_s: int, most_gr: int) -> Limit:
    return Limit(window_s, most_gr, RefusalCode.CEILING_DAY, "")


flows = st.lists(st.tuples(st.integers(1, 30), st.sampled_from([0, 0, 1, 3, 10, 50])), min_size=1)


@settings(max_examples=200, deadline=None)
@given(flows, st.integers(1, 40), st.integers(0, 30))
def test_two_pointers_find_the_peak_that_trying_every_second_finds(
    steps: list[tuple[int, int]], window_s: int, from_s: int
) -> None:
    pieces: list[Piece] = [(-window_s, 0, 0, 1, 0)]
    t_s = moved = 0
    for length, rate in steps:
        pieces.append((t_s, moved, rate, 1, 0))
        t_s, moved = t_s + length, moved + rate * length
    pieces.append((t_s, moved, 0, 1, 0))
    until_s = t_s + 60
    found = peak_gr(pieces, from_s, until_s, window_s)
    assert found == brute_peak(pieces, from_s, until_s, window_s)
    if found:
        over_s = first_second_over(pieces, from_s, until_s, limit(window_s, found - 1))
        assert from_s < over_s <= until_s
        assert peak_gr(pieces, from_s, over_s, window_s) == found
    assert first_second_over(pieces, from_s, until_s, limit(window_s, found)) == NEVER


def test_a_rate_at_the_ceiling_fits_and_one_picolitre_more_does_not() -> None:
    twin = new_twin()
    fits = Update("fits", 0, simple(240 * UL), FULL, Ceiling(10 * UL, 240 * UL))
    accepted(twin, fits)
    reply = refused(twin, Update("more", 1, simple(240 * UL + 1)), RefusalCode.CEILING_HOUR)
    assert (reply.asked, reply.limit, reply.unit) == (10 * UL + 1, 10 * UL, "pL in 1 h")


def test_the_day_counts_basal_priming_bridge_clinician_and_patient_together() -> None:
    doses = PatientDose(10 * UL, 600, 0, 9)
    program = simple(
        240 * UL,
        priming=Bolus(100 * UL, 3600),
        bridge=Bridge(480 * UL, 5 * HOUR),
        patient_dose=doses,
    )
    twin = new_twin()
    # priming 100, bridge 100, base of 18 h 180: 380 in the first day; 20 are left for boluses
    accepted(twin, Update("u", 0, program, FULL, Ceiling(200 * UL, 400 * UL)))
    twin.advance(7 * HOUR)
    accepted(twin, RequestPatientDose("one"))
    twin.advance(8 * HOUR)
    accepted(twin, GiveBolus("two", Bolus(10 * UL, 600)))
    twin.advance(9 * HOUR)
    reply = refused(twin, RequestPatientDose("three"), RefusalCode.CEILING_DAY)
    assert (reply.asked, reply.limit) == (410 * UL, 400 * UL)
    assert reply.wait_s is not None
    twin.advance(9 * HOUR + reply.wait_s - 1)
    refused(twin, RequestPatientDose("early"), RefusalCode.CEILING_DAY)
    twin.advance(9 * HOUR + reply.wait_s)
    accepted(twin, RequestPatientDose("four"))


def test_a_new_program_counts_what_the_old_one_gave() -> None:
    twin = started(simple(2_400 * UL), ceiling=Ceiling(200 * UL, 2_400 * UL))
    twin.advance(2 * DAY)
    revision = status(twin).revision
    refused(
        twin,
        Update("u", revision, simple(2_400 * UL, priming=Bolus(60 * UL, 600))),
        RefusalCode.CEILING_DAY,
    )


def test_dose_and_ceiling_can_be_lowered_together_at_once() -> None:
    twin = started(simple(2_400 * UL), ceiling=Ceiling(120 * UL, 2_500 * UL))
    twin.advance(2 * DAY)
    accepted(twin, Update("low", 1, simple(240 * UL), None, Ceiling(12 * UL, 250 * UL)))
    twin.advance(4 * DAY)
    assert status(twin).alarms == ()


def test_while_the_past_is_over_a_new_ceiling_no_window_gets_fuller_than_it_was() -> None:
    twin = started(simple(2_400 * UL))
    twin.advance(2 * DAY)
    low = Ceiling(200 * UL, 1_000 * UL)
    reply = refused(twin, Update("a", 1, simple(2_401 * UL), None, low), RefusalCode.CEILING_DAY)
    assert reply.limit == 2_400 * UL
    reply = refused(twin, Update("b", 1, simple(1_001 * UL), None, low), RefusalCode.CEILING_DAY)
    assert (reply.asked, reply.limit) == (1_001 * UL, 1_000 * UL)
    accepted(twin, Update("c", 1, simple(900 * UL), None, low))
    twin.advance(2 * DAY + 12 * HOUR)
    # of the day that begins with the new program, 900 are spoken for: 100 are left for boluses
    accepted(twin, GiveBolus("d", Bolus(60 * UL, 3600)))
    twin.advance(2 * DAY + 14 * HOUR)
    refused(twin, GiveBolus("e", Bolus(60 * UL, 3600)), RefusalCode.CEILING_DAY)
    accepted(twin, GiveBolus("f", Bolus(40 * UL, 3600)))


def test_setting_the_clock_cannot_repeat_a_dear_hour_past_the_ceiling() -> None:
    twin = running(ceiling=Ceiling(13 * UL, 261 * UL))
    twin.advance(twin.now_s + 5 * HOUR)
    refused(twin, SetClock("back", -5 * HOUR), RefusalCode.CEILING_DAY)
    accepted(twin, SetClock("on", HOUR))


def test_priming_counts_only_beyond_the_path_once_in_a_day() -> None:
    path_pl = 335_800_000
    ceiling = Ceiling(20 * UL, 240 * UL, path_pl)
    primed = simple(240 * UL, priming=Bolus(path_pl, 1209))
    twin = new_twin()
    accepted(twin, Update("u", 0, primed, FULL, ceiling))
    twin.advance(1209)
    assert status(twin).past_day_pl == 0
    refused(twin, Update("again", 1, primed), RefusalCode.CEILING_HOUR)
    twin.advance(1209 + DAY - 1)
    refused(twin, Update("early", 1, primed), RefusalCode.CEILING_HOUR)
    twin.advance(1209 + DAY)
    accepted(twin, Update("next", 1, primed))
    beyond = simple(240 * UL, priming=Bolus(path_pl + 30 * UL, 1400))
    other = new_twin()
    refused(other, Update("u", 0, beyond, FULL, ceiling), RefusalCode.CEILING_HOUR)


def test_a_bridge_uses_what_priming_left_of_the_credit() -> None:
    program = simple(240 * UL, priming=Bolus(100 * UL, 3600), bridge=Bridge(240 * UL, 10 * HOUR))
    twin = new_twin()
    accepted(twin, Update("u", 0, program, FULL, Ceiling(50 * UL, ML, 150 * UL)))
    twin.advance(HOUR + 5 * HOUR)
    assert status(twin).past_day_pl == 0
    twin.advance(HOUR + 10 * HOUR)
    assert status(twin).past_day_pl == 50 * UL


def held_twin() -> Twin:
    """A pump whose memory says that its ceiling is lower than what its program needs."""
    twin = started(simple(240 * UL), ceiling=Ceiling(ML, ML))
    twin.advance(DAY)
    values = twin.to_plain()
    values["controller"]["ceiling"]["max_pl_per_day"] = 300 * UL
    values["controller"]["program"]["schedules"][0]["steps"][0]["rate_pl_per_day"] = 480 * UL
    values["controller"]["flow"][2] = 480 * UL
    start_s, counted, *_ = values["controller"]["history"][-1]
    values["controller"]["flow"][0] = values["controller"]["t_s"]
    values["controller"]["flow"][1] = counted + 240 * UL * (DAY - start_s)
    values["controller"]["history"].append(list(values["controller"]["flow"]))
    return Twin.from_plain(twin.profile, values)


def test_the_guard_holds_at_the_exact_second_with_a_critical_alarm() -> None:
    twin = held_twin()
    twin.advance(3 * DAY)
    (held,) = [span for span in twin.controller.alarm_spans() if span.alarm == "ceiling-held"]
    # 240 µL in the window and 240 µL/day more than leaves it: full after a quarter of a day
    assert held.since_s == DAY + DAY // 4
    assert status(twin).running == "held"
    assert status(twin).rate_pl_per_day == 0
    refused(twin, RequestPatientDose("d"), RefusalCode.ALARM)
    accepted(twin, Update("go", 1, simple(240 * UL)))
    assert status(twin).alarms == ()


def test_without_a_ceiling_nothing_is_held() -> None:
    twin = started(simple(10 * ML))
    assert status(twin).ceiling is None
    twin.advance(DAY)
    assert status(twin).delivered_pl == 10 * ML


@pytest.mark.parametrize("ceiling", [Ceiling(-1, 1), Ceiling(1, -1), Ceiling(1, 1, -1)])
def test_a_negative_ceiling_is_refused(ceiling: Ceiling) -> None:
    refused(new_twin(), Update("u", 0, None, None, ceiling), RefusalCode.MALFORMED_PROGRAM)


def test_wait_is_none_for_a_bolus_that_never_fits() -> None:
    twin = started(simple(240 * UL), ceiling=Ceiling(20 * UL, ML))
    reply = refused(twin, GiveBolus("b", Bolus(40 * UL, 600)), RefusalCode.CEILING_HOUR)
    assert reply.wait_s is None


def test_a_bolus_that_would_pass_the_hour_waits_for_the_last_one_to_leave_it() -> None:
    twin = started(simple(240 * UL), ceiling=Ceiling(40 * UL, ML))
    twin.advance(DAY)
    accepted(twin, GiveBolus("a", Bolus(20 * UL, 600)))
    twin.advance(DAY + 900)
    reply = refused(twin, GiveBolus("b", Bolus(20 * UL, 600)), RefusalCode.CEILING_HOUR)
    assert reply.wait_s is not None
    twin.advance(DAY + 900 + reply.wait_s)
    accepted(twin, GiveBolus("c", Bolus(20 * UL, 600)))


def test_a_fill_alone_does_not_touch_the_windows() -> None:
    twin = running(ceiling=Ceiling(40 * UL, 300 * UL))
    before = status(twin).past_day_pl
    accepted(twin, Update("f", 1, fill=Fill(10 * ML, ML)))
    assert status(twin).past_day_pl == before


def test_a_program_sent_during_priming_has_only_the_rest_of_the_credit() -> None:
    ceiling = Ceiling(20 * UL, 240 * UL, 100 * UL)
    twin = new_twin()
    accepted(twin, Update("u", 0, simple(240 * UL, priming=Bolus(100 * UL, 1_000)), FULL, ceiling))
    twin.advance(500)
    again = simple(240 * UL, priming=Bolus(100 * UL, 1_000))
    refused(twin, Update("v", 1, again), RefusalCode.CEILING_HOUR)
    accepted(twin, Update("w", 1, simple(240 * UL, priming=Bolus(50 * UL, 500))))
    twin.advance(1_000)
    assert status(twin).past_day_pl == 0
    twin.advance(1_000 + DAY)
    assert status(twin).past_day_pl == 240 * UL
    assert status(twin).delivered_pl == 340 * UL
