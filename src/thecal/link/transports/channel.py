"""A party's contact over a real transport: open, ask, close; it waits, and says how far it is."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import TypeVar

from thecal.link.end import HANDSHAKE_S
from thecal.link.errors import LinkError, LinkErrorCode
from thecal.link.events import Answer, Closed, Event, Opened, Paired, Progress
from thecal.link.party_end import Contact, PartyEnd
from thecal.link.transports.address import Address
from thecal.link.transports.transport import Transport, connect

OnProgress = Callable[[str, int, int], None]
"""Called with ``"sent"`` or ``"received"``, how many parts of a message passed, and of how many."""

_Wanted = TypeVar("_Wanted", bound=Event)


class Channel:
    """One session with a pump, blocking."""

    def __init__(self, transport: Transport, contact: Contact) -> None:
        """Shake hands over a transport, which the channel then owns.

        Raises:
            LinkError: it ended before the session stood.
        """
        self._wire = _Wire(transport, contact)
        self.opened: Opened = self._wire.await_event(Opened, None)

    @classmethod
    def open(cls, address: Address, contact: Contact) -> Channel:
        """Open a session at an address.

        Raises:
            UnreachableError: nothing answers there.
            LinkError: the link did not come to be.
        """
        return cls(connect(address, HANDSHAKE_S), contact)

    def ask(self, request: bytes, on_progress: OnProgress | None = None) -> bytes:
        """Send a request and wait for its answer.

        Raises:
            LinkError: its ``sent`` tells whether the whole request may have reached the pump; then
                its outcome is unknown. The channel is closed, unless the request was too long.
        """
        self._wire.look()
        self._wire.send(request, on_progress)
        return self._wire.await_event(Answer, on_progress).message

    def close(self) -> None:
        """End the contact; safe to call again."""
        self._wire.close()

    def __enter__(self) -> Channel:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def pair(address: Address, contact: Contact) -> Paired:
    """Pair at an address: the pump's key and serial, to be kept.

    Raises:
        UnreachableError: nothing answers there.
        LinkError: it failed. If ``cut`` or ``too-slow``, the pump may have paired; pairing again
            with the same key then changes nothing there.
    """
    return pair_over(connect(address, HANDSHAKE_S), contact)


def pair_over(transport: Transport, contact: Contact) -> Paired:
    """Pair over a transport, which is then closed; as :func:`pair`."""
    wire = _Wire(transport, contact)
    with contextlib.closing(wire):
        return wire.await_event(Paired, None)


class _Wire:
    """A party's end, bound to its transport and the clock."""

    def __init__(self, transport: Transport, contact: Contact) -> None:
        self._transport = transport
        self._end = PartyEnd(contact, time.monotonic())
        self._sent = False

    def look(self) -> None:
        """Take what came in between requests: only a farewell, or the end, can have."""
        self._sent = False
        self._raise_if_closed(self._guarded(lambda: self._next_events(0.0)))

    def send(self, request: bytes, on_progress: OnProgress | None) -> None:
        """Send a request part by part."""
        self._end.send(request, time.monotonic())
        frames = list(iter(self._end.take_frame, b""))
        for done, frame in enumerate(frames, 1):
            self._sent = done == len(frames)
            self._guarded(lambda frame=frame: self._transport.send(frame))  # type: ignore[misc]
            if on_progress is not None and len(frames) > 1:
                on_progress("sent", done, len(frames))

    def await_event(self, wanted: type[_Wanted], on_progress: OnProgress | None) -> _Wanted:
        """Wait for an event of this kind; the end's own time limits bound it."""
        while True:
            for event in self._guarded(self._exchange):
                if isinstance(event, wanted):
                    self._guarded(self._flush)
                    return event
                if isinstance(event, Progress) and on_progress is not None:
                    on_progress("received", event.done_parts, event.parts)
                self._raise_if_closed([event])

    def close(self) -> None:
        self._end.close()
        with contextlib.suppress(OSError, ValueError):  # nobody may be left to bid farewell
            self._flush()
        self._transport.close()

    def _flush(self) -> None:
        self._transport.send(self._end.take_output())

    def _exchange(self) -> list[Event]:
        self._flush()
        now_s = time.monotonic()
        return self._next_events((self._end.deadline_s or now_s) - now_s)

    def _next_events(self, timeout_s: float) -> list[Event]:
        try:
            data = self._transport.receive(timeout_s)
        except TimeoutError:
            return self._end.tick(time.monotonic())
        if not data:
            return self._end.cut(time.monotonic())
        return self._end.receive(data, time.monotonic())

    def _guarded(self, work: Callable[[], _Result]) -> _Result:
        try:
            return work()
        except OSError as error:
            self.close()
            reason = error.strerror or str(error)
            raise LinkError(LinkErrorCode.CUT, sent=self._sent, reason=reason) from error

    def _raise_if_closed(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, Closed):
                self.close()
                raise _as_error(event, sent=self._sent)


_Result = TypeVar("_Result")


def _as_error(event: Closed, *, sent: bool) -> LinkError:
    facts = dict(event.facts) | ({"told_by": "the pump, unproven"} if event.told else {})
    return LinkError(event.code or LinkErrorCode.CUT, sent=sent, **facts)
