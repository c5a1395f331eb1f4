"""How far a contact with a pump has come, while this process holds it; and where it is held.

A page begins its contact in a thread of the server, so that closing the browser neither stops nor
repeats it; whoever comes back looks here. Once a contact is over, or was another process's, only
the record tells of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock, Thread
from uuid import UUID

from django.db import connections

from thecal.programmer.session.states import State

_in_background: ContextVar[bool] = ContextVar("in_background", default=False)
_states: dict[UUID, list[State]] = {}
_lock = Lock()


@contextmanager
def in_background() -> Iterator[None]:
    """Let contacts that are begun within go on in a thread of their own."""
    before = _in_background.set(True)
    try:
        yield
    finally:
        _in_background.reset(before)


def run(session: UUID, contact: Callable[[], None]) -> None:
    """Hold a contact: here until it is over, or in the background.

    The thread is no daemon: a server that is told to stop waits for it, as a person would.
    """
    with _lock:
        _states[session] = []
    if _in_background.get():
        Thread(target=_apart, args=(session, contact), name=f"pump {session}").start()
    else:
        _held(session, contact)


def _apart(session: UUID, contact: Callable[[], None]) -> None:
    try:
        _held(session, contact)
    finally:
        connections.close_all()


def _held(session: UUID, contact: Callable[[], None]) -> None:
    try:
        contact()
    finally:
        with _lock:
            del _states[session]


def reached(session: UUID, state: State) -> None:
    """A contact has come so far."""
    with _lock:
        if session in _states:
            _states[session].append(state)


def states(session: UUID) -> list[State] | None:
    """The states that a contact of this process went through; None if it is none, or over."""
    with _lock:
        return list(_states[session]) if session in _states else None
