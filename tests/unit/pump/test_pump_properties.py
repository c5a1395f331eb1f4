from hypothesis import given, settings
from hypothesis import strategies as st
from pump_cases import (
    DAY,
    ROTOR,
    UL,
    VALVES,
    Course,
    commands,
    courses,
    happenings,
    play,
    running,
)

from thecal.pump import Ceiling, PumpProfile, Twin

anything = st.one_of(commands, happenings)
profiles = st.sampled_from([ROTOR, VALVES])
TIGHT = Ceiling(30 * UL, 330 * UL, 140 * UL)


def believed_adds_up(twin: Twin) -> None:
    state = twin.controller.state
    if state.fill is not None:
        remaining = twin.controller.remaining_pl()
        assert remaining is not None
        assert remaining >= 0
        assert state.fill.volume_pl == state.delivered_since_fill_pl + remaining


def truth_adds_up(twin: Twin) -> None:
    truth = twin.truth()
    parts = (truth.to_tip_pl, truth.leaked_pl, truth.discharged_pl, truth.aspirated_pl)
    assert min(*parts, truth.remaining_pl) >= 0
    assert truth.filled_pl == sum(parts) + truth.remaining_pl
    segments = twin.timeline()
    assert sum(segment.volume_pl for segment in segments) == truth.to_tip_pl
    assert sum(segment.leaked_pl for segment in segments) == truth.leaked_pl


def both_add_up(twin: Twin) -> None:
    believed_adds_up(twin)
    truth_adds_up(twin)


@settings(max_examples=60, deadline=None)
@given(courses(anything), profiles)
def test_filled_is_delivered_plus_remaining_whatever_happens(
    course: Course, profile: PumpProfile
) -> None:
    twin = play(running(profile, TIGHT), course, both_add_up)
    twin.controller.log.verify()


@settings(max_examples=40, deadline=None)
@given(courses(anything), st.lists(st.integers(1, 3 * DAY), max_size=6), st.data())
def test_advancing_in_parts_leaves_the_same_bytes(
    course: Course, cuts: list[int], data: st.DataObject
) -> None:
    whole, parts = running(ceiling=TIGHT), running(ceiling=TIGHT)
    play(whole, course)
    for number, (wait_s, act) in enumerate(course):
        goal = parts.now_s + wait_s
        for cut in cuts:
            parts.advance(min(goal, parts.now_s + cut))
        while parts.now_s < goal and data.draw(st.booleans()):
            event = parts.next_event()
            parts.advance(goal if event is None else min(goal, max(event, parts.now_s + 1)))
        parts.advance(goal)
        act(parts, number)
    assert parts.to_bytes() == whole.to_bytes()


@settings(max_examples=40, deadline=None)
@given(courses(anything), st.integers(0, 14), profiles)
def test_a_restored_twin_has_the_same_bytes_and_the_same_future(
    course: Course, at: int, profile: PumpProfile
) -> None:
    first = play(running(profile, TIGHT), course[:at])
    second = Twin.from_bytes(first.profile, first.to_bytes())
    assert second.to_bytes() == first.to_bytes()
    assert second.next_event() == first.next_event()
    play(first, course[at:])
    play(second, course[at:])
    assert second.to_bytes() == first.to_bytes()
    assert second.timeline() == first.timeline()
