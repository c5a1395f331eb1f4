"""The states of a programmer's session, as a table that a test can walk (docs/link.md §12)."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a session stands."""

    NEW = "new"
    INTERROGATED = "interrogated"
    EDITED = "edited"
    REVIEWED = "reviewed"
    SENDING = "sending"
    READING_BACK = "reading-back"
    UNKNOWN = "unknown"
    """A command was sent, and nobody knows whether the pump acted on it."""
    VERIFIED = "verified"
    NOT_DONE = "not-done"
    MISMATCH = "mismatch"
    ENDED = "ended"


class Event(StrEnum):
    """What a person does, or what comes of it."""

    INTERROGATE = "interrogate"
    EDIT = "edit"
    REVIEW = "review"
    ABANDON = "abandon"
    CONFIRM = "confirm"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    STALE = "stale"
    NOT_SENT = "not-sent"
    SAME = "same"
    OTHER = "other"
    HOLDS_NEW = "holds-new"
    HOLDS_OLD = "holds-old"
    """And can never act on the command any more."""
    HOLDS_NEITHER = "holds-neither"
    LINK_LOST = "link-lost"
    END = "end"


class NotNowError(RuntimeError):
    """Something that this state of the session does not allow."""

    def __init__(self, state: State, event: Event) -> None:
        super().__init__(f"{event} is not possible in a session that is {state}")
        self.state, self.event = state, event


_AT_REST = {Event.EDIT: State.EDITED, Event.END: State.ENDED, Event.LINK_LOST: State.ENDED}
_TABLE: dict[State, dict[Event, State]] = {
    State.NEW: {Event.INTERROGATE: State.INTERROGATED, Event.LINK_LOST: State.ENDED},
    State.INTERROGATED: _AT_REST,
    State.EDITED: {
        Event.REVIEW: State.REVIEWED,
        Event.EDIT: State.EDITED,
        Event.ABANDON: State.INTERROGATED,
    },
    State.REVIEWED: {
        Event.CONFIRM: State.SENDING,
        Event.EDIT: State.EDITED,
        Event.ABANDON: State.INTERROGATED,
    },
    State.SENDING: {
        Event.ACCEPTED: State.READING_BACK,
        Event.REFUSED: State.INTERROGATED,
        Event.STALE: State.NEW,
        Event.NOT_SENT: State.NOT_DONE,
        Event.LINK_LOST: State.UNKNOWN,
    },
    State.READING_BACK: {
        Event.SAME: State.VERIFIED,
        Event.OTHER: State.MISMATCH,
        Event.LINK_LOST: State.UNKNOWN,
    },
    State.UNKNOWN: {
        Event.HOLDS_NEW: State.VERIFIED,
        Event.HOLDS_OLD: State.NOT_DONE,
        Event.HOLDS_NEITHER: State.MISMATCH,
        Event.LINK_LOST: State.UNKNOWN,
    },
    State.VERIFIED: _AT_REST,
    State.NOT_DONE: _AT_REST,
    State.MISMATCH: _AT_REST,
    State.ENDED: {},
}
TRANSITIONS: dict[tuple[State, Event], State] = {
    (state, event): target for state, row in _TABLE.items() for event, target in row.items()
}
"""Every pair that may happen, and where it leads."""


def following(state: State, event: Event) -> State:
    """The state after an event.

    Raises:
        NotNowError: the table has no such pair.
    """
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise NotNowError(state, event) from None
