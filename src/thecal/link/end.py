"""What both ends of the link have in common: frames in and out, time limits, and how it ends."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable

from thecal.link import parts
from thecal.link.errors import LinkError, LinkErrorCode
from thecal.link.events import Closed, Event, Progress
from thecal.link.frames import Frame, FrameKind, FrameReader
from thecal.link.handshake import Handshake, Seals
from thecal.link.states import STEP_OF_FRAME, State, Step, Table, frames_expected

HANDSHAKE_S = 10.0
FRAME_S = 10.0
IDLE_S = 120.0
SESSION_S = 3_600.0
ANSWER_S = 30.0
"""Time limits (§9); Thecal's own choice."""

_NEVER = float("inf")
_SILENT = (LinkErrorCode.ASLEEP, LinkErrorCode.CUT)


class End(ABC):
    """One end of one contact. Bytes and instants go in, bytes and events come out.

    Instants are seconds on any clock that does not run backwards. Whatever comes in, nothing is
    raised: an error closes the end, with a :class:`Closed` that names it.
    """

    def __init__(self, table: Table, now_s: float) -> None:
        self._table = table
        self._state = State.ASLEEP
        self._reader = FrameReader()
        self._output: deque[bytes] = deque()
        self._events: list[Event] = []
        self._handshake: Handshake | None = None
        self._seals: Seals | None = None
        self._parts = parts.PartReader()
        self._next_number = 0
        self._now_s = now_s
        self._until_s = now_s + HANDSHAKE_S
        self._session_until_s = now_s + SESSION_S
        self._frame_until_s = _NEVER

    @property
    def state(self) -> State:
        """Where this end is."""
        return self._state

    @property
    def deadline_s(self) -> float | None:
        """When :meth:`tick` must be called at the latest; None once closed."""
        if self._state is State.CLOSED:
            return None
        return min(self._until_s, self._session_until_s, self._frame_until_s)

    def receive(self, data: bytes, now_s: float) -> list[Event]:
        """Take bytes that the transport brought."""
        return self._run(lambda: self._take(data), now_s)

    def tick(self, now_s: float) -> list[Event]:
        """Let time pass."""
        return self._run(lambda: None, now_s)

    def cut(self, now_s: float) -> list[Event]:
        """The transport ended."""

        def work() -> None:
            raise LinkError(LinkErrorCode.CUT)

        return self._run(work, now_s)

    def close(self) -> list[Event]:
        """End it from this side, without an error; the farewell is empty."""
        if self._state is not State.CLOSED:
            if self._state is not State.ASLEEP:
                self._emit(Frame(FrameKind.FAREWELL, b""))
            self._closed(Closed(None))
        return self._taken_events()

    def take_output(self) -> bytes:
        """All bytes that wait to be sent; they are then forgotten here."""
        output = b"".join(self._output)
        self._output.clear()
        return output

    def take_frame(self) -> bytes:
        """The next frame that waits to be sent, b"" if none does."""
        return self._output.popleft() if self._output else b""

    def _run(self, work: Callable[[], None], now_s: float) -> list[Event]:
        self._now_s = now_s
        if self._state is not State.CLOSED:
            try:
                self._check_time()
                work()
            except LinkError as error:
                self._fail(error)
        return self._taken_events()

    def _check_time(self) -> None:
        if self._now_s >= min(self._until_s, self._session_until_s, self._frame_until_s):
            raise LinkError(LinkErrorCode.TOO_SLOW)

    def _take(self, data: bytes) -> None:
        if data:
            self._heard()
        rest = memoryview(data)
        while rest and self._state is not State.CLOSED:
            frame, taken = self._reader.read(rest, frames_expected(self._table, self._state))
            rest = rest[taken:]
            if frame is not None:
                self._frame_until_s = _NEVER
                self._on_frame(frame)
        if self._reader.begun and self._frame_until_s == _NEVER:
            self._frame_until_s = self._now_s + FRAME_S

    def _on_frame(self, frame: Frame) -> None:
        if frame.kind is FrameKind.FAREWELL:
            self._on_farewell(frame.body)
            return
        self._step(STEP_OF_FRAME[frame.kind])
        if frame.kind is FrameKind.HELLO:
            self._on_hello(frame)
        elif frame.kind is FrameKind.HANDSHAKE:
            self._on_handshake(frame.body)
        else:
            self._on_sealed(frame.body)

    def _on_farewell(self, body: bytes) -> None:
        try:
            code = LinkErrorCode(body.decode("ascii")) if body else None
        except ValueError as error:
            raise LinkError(LinkErrorCode.UNEXPECTED_FRAME) from error
        self._closed(Closed(code, told=True))

    def _on_sealed(self, body: bytes) -> None:
        plaintext = self._live_seals().open(body)
        self._on_alive()
        message = self._parts.read(plaintext)
        if message is not None:
            self._on_message(message)
        else:
            self._events.append(Progress(self._parts.done, self._parts.parts))

    def _step(self, step: Step) -> None:
        after = self._table.get((self._state, step), LinkErrorCode.UNEXPECTED_FRAME)
        if isinstance(after, LinkErrorCode):
            raise LinkError(after)
        self._state = after

    def _send_message(self, message: bytes) -> None:
        seals = self._live_seals()
        plaintexts = parts.cut(message, self._next_number)
        self._next_number += 1
        for plaintext in plaintexts:
            self._emit(Frame(FrameKind.SEALED, seals.seal(plaintext)))

    def _emit(self, frame: Frame) -> bytes:
        packed = frame.pack()
        self._output.append(packed)
        return packed

    def _fail(self, error: LinkError) -> None:
        if error.code not in _SILENT and self._state is not State.ASLEEP:
            self._emit(Frame(FrameKind.FAREWELL, error.code.encode()))
        self._closed(Closed(error.code, facts=tuple(error.facts.items())))

    def _closed(self, event: Closed, step: Step = Step.END) -> None:
        self._step(step)
        self._events.append(event)
        self._handshake = self._seals = None
        self._reader, self._parts = FrameReader(), parts.PartReader()

    def _taken_events(self) -> list[Event]:
        events, self._events = self._events, []
        return events

    def _live_seals(self) -> Seals:
        if self._seals is None:
            raise LinkError(LinkErrorCode.UNEXPECTED_FRAME)
        return self._seals

    def _live_handshake(self) -> Handshake:
        if self._handshake is None:
            raise LinkError(LinkErrorCode.UNEXPECTED_FRAME)
        return self._handshake

    def _refuse_send(self) -> None:
        """Raise to the sender, not to the link: this is no moment to send a message."""
        if (self._state, Step.SEND) not in self._table:
            closed = self._state is State.CLOSED
            raise LinkError(LinkErrorCode.CUT if closed else LinkErrorCode.OUT_OF_TURN)

    @abstractmethod
    def _heard(self) -> None:
        """Bytes came in; the first ones may wake this end."""

    @abstractmethod
    def _on_hello(self, frame: Frame) -> None: ...

    @abstractmethod
    def _on_handshake(self, body: bytes) -> None: ...

    @abstractmethod
    def _on_alive(self) -> None:
        """A sealed frame opened: the other end lives."""

    @abstractmethod
    def _on_message(self, message: bytes) -> None: ...
