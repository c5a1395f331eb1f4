"""An attacker on the wire between a party and a real pump."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from running_pumps import Party

from thecal.link.transports.address import TcpAddress
from thecal.link.transports.channel import Channel
from thecal.link.transports.tcp import TcpTransport

HELLO, HANDSHAKE, SEALED, FAREWELL = 1, 2, 3, 4
OPEN: list[Tapped] = []
"""Taps that a test has opened, to be closed after it."""
Alter = Callable[[list[bytes]], list[bytes]]


def frames_in(data: bytes) -> Iterator[bytes]:
    """The frames of a stretch of wire, whole."""
    while data:
        size = 4 + int.from_bytes(data[2:4], "big")
        yield data[:size]
        data = data[size:]


class Tapped(TcpTransport):
    """A connection that an attacker reads, and alters on the way to the pump.

    ``alter`` takes the sealed frames that a party sends at a time, and gives what arrives.
    """

    def __init__(self, address: TcpAddress, alter: Alter = lambda frames: frames) -> None:
        super().__init__(address, 20.0)
        self.alter = alter
        self.sent: list[bytes] = []
        self.received = b""
        OPEN.append(self)

    def send(self, data: bytes) -> None:
        frames = list(frames_in(data))
        self.sent += frames
        if frames and frames[0][0] == SEALED:
            frames = self.alter(frames)
        super().send(b"".join(frames))

    def receive(self, timeout_s: float) -> bytes:
        data = super().receive(timeout_s)
        self.received += data
        return data

    def inject(self, data: bytes) -> None:
        """Send bytes as they are."""
        super().send(data)


class Gathered:
    """Holds back the sealed frames of one message until all are there, then alters them."""

    def __init__(self, count: int, alter: Alter) -> None:
        self._count, self._alter = count, alter
        self._held: list[bytes] = []

    def __call__(self, frames: list[bytes]) -> list[bytes]:
        self._held += frames
        if len(self._held) < self._count:
            return []
        held, self._held = self._held, []
        return self._alter(held)


def tapped(party: Party, address: TcpAddress) -> tuple[Tapped, Channel]:
    """A session with an attacker on its wire."""
    tap = Tapped(address)
    return tap, Channel(tap, party.contact())
