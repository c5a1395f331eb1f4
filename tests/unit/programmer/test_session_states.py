"""A session goes by its table: the whole of it is walked, and the document has the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from thecal.programmer.session.states import TRANSITIONS, Event, NotNowError, State, following

DOCUMENT = Path(__file__).parents[3] / "docs" / "link.md"
ALL = [(state, event) for state in State for event in Event]
SAID = {
    "interrogate": Event.INTERROGATE,
    "edit": Event.EDIT,
    "review": Event.REVIEW,
    "abandon": Event.ABANDON,
    "confirm": Event.CONFIRM,
    "accepted": Event.ACCEPTED,
    "refused": Event.REFUSED,
    "stale": Event.STALE,
    "nothing sent": Event.NOT_SENT,
    "same": Event.SAME,
    "other": Event.OTHER,
    "contact, pump holds the new": Event.HOLDS_NEW,
    "contact, pump holds the old and can never act on the id any more": Event.HOLDS_OLD,
    "contact, neither": Event.HOLDS_NEITHER,
    "link lost": Event.LINK_LOST,
    "end": Event.END,
}


def documented() -> dict[tuple[State, Event], State]:
    """The table of docs/link.md §12."""
    _, _, section = DOCUMENT.read_text(encoding="utf-8").partition("## 12 ")
    rows = re.findall(r"^\| (`.*) \| (.*→.*) \|$", section.partition("\n## ")[0], re.MULTILINE)
    return {
        (State(state), SAID[said.strip()]): State(target)
        for states, told in rows
        for state in re.findall(r"`([a-z-]+)`", states)
        for said, target in re.findall(r"([^;→]+) → `([a-z-]+)`", told)
    }


@pytest.mark.parametrize(("state", "event"), ALL)
def test_every_pair_leads_where_the_table_says_or_nowhere(state: State, event: Event) -> None:
    if (state, event) in TRANSITIONS:
        assert following(state, event) is TRANSITIONS[state, event]
    else:
        with pytest.raises(NotNowError) as caught:
            following(state, event)
        assert (caught.value.state, caught.value.event) == (state, event)


def test_document_and_program_have_the_same_table() -> None:
    assert documented() == TRANSITIONS


def test_every_state_can_be_reached_and_left_but_the_last() -> None:
    reached, edge = {State.NEW, State.UNKNOWN}, [State.NEW, State.UNKNOWN]
    while edge:
        here = edge.pop()
        found = {target for (state, _), target in TRANSITIONS.items() if state is here} - reached
        reached |= found
        edge += found
    assert reached == set(State)
    assert {state for state, _ in TRANSITIONS} == set(State) - {State.ENDED}


def test_nothing_is_sent_that_was_not_reviewed_and_confirmed() -> None:
    into = {(state, event) for (state, event), to in TRANSITIONS.items() if to is State.SENDING}
    assert into == {(State.REVIEWED, Event.CONFIRM)}


def test_unknown_is_left_by_reading_the_pump_only() -> None:
    left = {event for state, event in TRANSITIONS if state is State.UNKNOWN}
    assert left == {Event.HOLDS_NEW, Event.HOLDS_OLD, Event.HOLDS_NEITHER, Event.LINK_LOST}
    assert not any(
        to is State.ENDED for (state, _), to in TRANSITIONS.items() if state is State.UNKNOWN
    )
