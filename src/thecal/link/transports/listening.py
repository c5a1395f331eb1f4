"""The pump's side of the transports: one task-free server for thousands of pumps in a process.

A pump that nobody speaks to costs its listening socket and nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from thecal.link.events import Closed, Event, Opened, Request
from thecal.link.pump_end import PumpEnd
from thecal.link.roles import Role
from thecal.link.states import State
from thecal.link.transports.address import PipeAddress, SerialAddress, TcpAddress
from thecal.link.transports.pipe import open_pump_side
from thecal.link.transports.serial import open_serial

MAX_CONTACTS = 16
"""Contacts of one pump at a time; one more ends the oldest that has not shaken hands."""

LINE_REST_S = 0.25
"""How long a line must be silent after a broken contact before bytes count as a new one."""

_CHUNK_BYTES = 65_536
_MAX_UNSENT_BYTES = 1 << 20


@dataclass(slots=True)
class Session:
    """Who speaks to the pump; known from :class:`Opened` on.

    Attributes:
        peer: where the contact comes from, for the log.
        finish: set by the owner to end the contact once the answer is sent.
    """

    peer: str
    role: Role | None = None
    key: bytes = b""
    name: str = ""
    finish: bool = field(default=False)


class PumpHost(Protocol):
    """What stands behind a listening pump. All calls come from the event loop's thread."""

    def new_end(self, now_s: float) -> PumpEnd:
        """A fresh end for a contact that begins now."""

    def answer(self, session: Session, request: bytes) -> bytes:
        """Carry a request out and answer it. What must last is on disk when this returns."""

    def note(self, session: Session, event: Event) -> None:
        """Anything else that happened. The end's output waits until this returns."""


class _Contact:
    """Binds one end to the loop: bytes in, bytes out, deadlines, answers."""

    def __init__(
        self,
        host: PumpHost,
        peer: str,
        write: Callable[[bytes], None],
        on_closed: Callable[[], None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._host, self._write, self._on_closed = host, write, on_closed
        self.session = Session(peer)
        self.end = host.new_end(self._loop.time())
        self._timer: asyncio.TimerHandle | None = None
        self.broken = False
        self._settle([])

    @property
    def shaken(self) -> bool:
        return self.session.role is not None

    def receive(self, data: bytes) -> None:
        self._settle(self.end.receive(data, self._loop.time()))

    def cut(self) -> None:
        self._settle(self.end.cut(self._loop.time()))

    def close(self) -> None:
        self._settle(self.end.close())

    def _tick(self) -> None:
        self._settle(self.end.tick(self._loop.time()))

    def _settle(self, events: list[Event]) -> None:
        for event in events:
            self._handle(event)
        output = self.end.take_output()
        if output:
            self._write(output)
        self._rearm()
        if any(isinstance(event, Closed) for event in events):
            self._on_closed()

    def _handle(self, event: Event) -> None:
        if isinstance(event, Opened):
            self.session.role, self.session.key = event.role, event.key
            self.session.name = event.name
        if isinstance(event, Closed):
            self.broken = event.code is not None and not event.told
        if isinstance(event, Request):
            self._answer(event.message)
        else:
            self._host.note(self.session, event)

    def _answer(self, request: bytes) -> None:
        answer = self._host.answer(self.session, request)
        if self.end.state is State.ANSWERING:  # else it broke while this request was read
            self.end.send(answer, self._loop.time())
        if self.session.finish:
            self._loop.call_soon(self.close)

    def _rearm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        deadline_s = self.end.deadline_s
        self._timer = None if deadline_s is None else self._loop.call_at(deadline_s, self._tick)


class _TcpContact(asyncio.Protocol):
    """One TCP connection."""

    def __init__(self, listener: TcpListener) -> None:
        self._listener = listener
        self.contact: _Contact

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - a stream server's
        peer = "{}:{}".format(*transport.get_extra_info("peername")[:2])
        self.contact = _Contact(self._listener.host, peer, transport.write, transport.close)
        self._listener.entered(self)

    def data_received(self, data: bytes) -> None:
        self.contact.receive(data)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.contact.cut()
        self._listener.left(self)


class TcpListener:
    """A pump that listens on a port."""

    def __init__(self, host: PumpHost) -> None:
        self.host = host
        self._contacts: list[_TcpContact] = []
        self._server: asyncio.Server | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> TcpAddress:
        """Listen; the address, with the port that was free if ``port`` is 0.

        Raises:
            OSError: the port is taken or not allowed.
        """
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _TcpContact(self), host, port)
        name = self._server.sockets[0].getsockname()
        return TcpAddress(name[0], name[1])

    def close(self) -> None:
        """Listen no more and end every contact."""
        if self._server is not None:
            self._server.close()
        for protocol in list(self._contacts):
            protocol.contact.close()

    def cut(self) -> None:
        """End every contact as when its wire is cut: nothing more is sent."""
        for protocol in list(self._contacts):
            protocol.contact.cut()

    def entered(self, protocol: _TcpContact) -> None:
        """Count a contact in, and the oldest without a handshake out if there are too many."""
        self._contacts.append(protocol)
        if len(self._contacts) > MAX_CONTACTS:
            strangers = (p for p in self._contacts if not p.contact.shaken)
            next(strangers, protocol).contact.close()

    def left(self, protocol: _TcpContact) -> None:
        """Count a contact out."""
        self._contacts.remove(protocol)


class LineListener:
    """A pump on a line that never ends of itself: a serial device or two FIFOs."""

    def __init__(self, host: PumpHost, reading: int, writing: int, peer: str) -> None:
        """Serve the two descriptors, which may be one; must be called in a running loop."""
        self._loop = asyncio.get_running_loop()
        self._host, self._peer = host, peer
        self._reading, self._writing = reading, writing
        self._contact: _Contact | None = None
        self._unsent = bytearray()
        self._quiet_until_s = 0.0
        self._loop.add_reader(reading, self._readable)

    def close(self) -> None:
        """End the contact and close the descriptors."""
        if self._contact is not None:
            self._contact.close()
        self._loop.remove_reader(self._reading)
        self._loop.remove_writer(self._writing)
        for descriptor in {self._reading, self._writing}:
            os.close(descriptor)

    def cut(self) -> None:
        """End the contact as when the line is cut: nothing more is sent."""
        if self._contact is not None:
            self._contact.cut()

    def _readable(self) -> None:
        try:
            data = os.read(self._reading, _CHUNK_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._line_ended()
        elif self._loop.time() < self._quiet_until_s:
            self._quiet_until_s = self._loop.time() + LINE_REST_S
        else:
            self._heard(data)

    def _heard(self, data: bytes) -> None:
        if self._contact is None:
            self._contact = _Contact(self._host, self._peer, self._write, self._contact_closed)
        self._contact.receive(data)

    def _contact_closed(self) -> None:
        contact, self._contact = self._contact, None
        if contact is not None and contact.broken:
            self._quiet_until_s = self._loop.time() + LINE_REST_S

    def _line_ended(self) -> None:
        self._loop.remove_reader(self._reading)
        if self._contact is not None:
            self._contact.cut()

    def _write(self, data: bytes) -> None:
        if len(self._unsent) + len(data) <= _MAX_UNSENT_BYTES:
            self._unsent += data
        self._writable()

    def _writable(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._unsent:
                del self._unsent[: os.write(self._writing, self._unsent)]
        if self._unsent:
            self._loop.add_writer(self._writing, self._writable)
        else:
            self._loop.remove_writer(self._writing)


def serve_serial(host: PumpHost, address: SerialAddress) -> LineListener:
    """Serve a pump on a serial device.

    Raises:
        OSError: it is not there, or no serial device.
    """
    descriptor = open_serial(address)
    return LineListener(host, descriptor, descriptor, str(address))


def serve_pipe(host: PumpHost, address: PipeAddress) -> LineListener:
    """Serve a pump between two FIFOs, which are made if they are not there.

    Raises:
        OSError: they cannot be made.
    """
    reading, writing = open_pump_side(address)
    return LineListener(host, reading, writing, str(address))
