"""The states of an end, and what leads from one to the next: two tables (§11)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from thecal.link.errors import LinkErrorCode
from thecal.link.frames import FrameKind


class State(StrEnum):
    """Where an end is."""

    ASLEEP = "asleep"
    HELLO = "hello"
    HANDSHAKE = "handshake"
    OPEN = "open"
    ANSWERING = "answering"
    WAITING = "waiting"
    CLOSED = "closed"


class Step(StrEnum):
    """What can happen to an end.

    The first three are frames as they come in, before anything is known of their content.
    """

    HELLO_FRAME = "hello frame"
    HANDSHAKE_FRAME = "handshake frame"
    SEALED_FRAME = "sealed frame"
    WOKEN = "contact, token"
    NOT_WOKEN = "contact, no token"
    OPENED = "open"
    SHAKEN = "last frame of the handshake"
    PAIRING = "last frame of a pairing sent"
    PAIRED = "paired"
    MESSAGE = "whole message"
    SEND = "send message"
    END = "farewell, error, transport ended, time"


Next = State | LinkErrorCode
Table = Mapping[tuple[State, Step], Next]

STEP_OF_FRAME = {
    FrameKind.HELLO: Step.HELLO_FRAME,
    FrameKind.HANDSHAKE: Step.HANDSHAKE_FRAME,
    FrameKind.SEALED: Step.SEALED_FRAME,
}

_ENDS: dict[tuple[State, Step], Next] = {
    (state, Step.END): State.CLOSED for state in State if state is not State.CLOSED
}

PUMP_TABLE: Table = {
    **_ENDS,
    (State.ASLEEP, Step.WOKEN): State.HELLO,
    (State.ASLEEP, Step.NOT_WOKEN): State.CLOSED,
    (State.HELLO, Step.HELLO_FRAME): State.HANDSHAKE,
    (State.HANDSHAKE, Step.HANDSHAKE_FRAME): State.HANDSHAKE,
    (State.HANDSHAKE, Step.SHAKEN): State.OPEN,
    (State.HANDSHAKE, Step.PAIRED): State.CLOSED,
    (State.OPEN, Step.SEALED_FRAME): State.OPEN,
    (State.OPEN, Step.MESSAGE): State.ANSWERING,
    (State.ANSWERING, Step.SEALED_FRAME): LinkErrorCode.OUT_OF_TURN,
    (State.ANSWERING, Step.SEND): State.OPEN,
}
"""The pump's end. What is not here is ``unexpected-frame``."""

PARTY_TABLE: Table = {
    **_ENDS,
    (State.ASLEEP, Step.OPENED): State.HELLO,
    (State.HELLO, Step.HELLO_FRAME): State.HANDSHAKE,
    (State.HANDSHAKE, Step.HANDSHAKE_FRAME): State.HANDSHAKE,
    (State.HANDSHAKE, Step.SHAKEN): State.OPEN,
    (State.HANDSHAKE, Step.PAIRING): State.WAITING,
    (State.OPEN, Step.SEND): State.WAITING,
    (State.WAITING, Step.SEALED_FRAME): State.WAITING,
    (State.WAITING, Step.MESSAGE): State.OPEN,
    (State.WAITING, Step.PAIRED): State.CLOSED,
}
"""The party's end, likewise."""


def frames_expected(table: Table, state: State) -> frozenset[FrameKind]:
    """The kinds of frame that a state reads at all; a farewell may always come."""
    kinds = {kind for kind, step in STEP_OF_FRAME.items() if (state, step) in table}
    return frozenset({*kinds, FrameKind.FAREWELL})
