"""Real bench pumps in processes of their own, and programmers that speak to them by socket."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from thecal.bench.hand import do, look
from thecal.bench.pump import BenchPump
from thecal.link.cards import PairingCard
from thecal.link.keys import StaticKey
from thecal.link.party_end import Contact
from thecal.link.roles import Role
from thecal.link.transports.address import TcpAddress, parse_address
from thecal.link.transports.channel import Channel, pair
from thecal.pump import Interrogate, Status, decode, encode

ML, UL = 1_000_000_000, 1_000_000
_IDS = itertools.count()


def new_id(name: str = "command") -> str:
    """A command id that no other test run of this process has."""
    return f"{name}-{os.getpid()}-{next(_IDS):06}"


@dataclass
class Process:
    """A bench pump's process."""

    folder: Path
    running: subprocess.Popen[str]
    said: dict[str, str]

    @property
    def address(self) -> TcpAddress:
        address = parse_address(self.said["address"])
        assert isinstance(address, TcpAddress)
        return address

    @property
    def serial(self) -> str:
        return self.said["serial"]

    def card(self, role: Role) -> PairingCard:
        return PairingCard.parse((self.folder / "cards" / f"{role}.txt").read_text())

    def do(self, name: str, text: str = "") -> str:
        return do(self.folder, name, text)

    def view(self) -> dict[str, Any]:
        return look(self.folder)

    def log(self) -> list[str]:
        """What the log tells of, read from the journal once the process is over."""
        pump = BenchPump.open(self.folder)
        try:
            return [entry.what for entry in pump.twin.controller.log.entries]
        finally:
            pump.close()

    def kill(self) -> None:
        self.running.kill()
        self._reap()

    def end(self) -> str:
        """End it by signal; all that it sounded."""
        self.running.send_signal(signal.SIGTERM)
        return self._reap()

    def _reap(self) -> str:
        out, _ = self.running.communicate(timeout=20)
        return out

    def raw(self) -> socket.socket:
        """A bare connection to it."""
        return socket.create_connection((self.address.host, self.address.port), timeout=20)


def start(folder: Path, *options: str) -> Process:
    """Start a pump and wait until it listens."""
    command = [sys.executable, "-m", "thecal", "pump", "start", "--state", str(folder), *options]
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    )
    assert running.stdout is not None
    said: dict[str, str] = {}
    for line in running.stdout:
        word, _, rest = line.strip().partition(" ")
        said[word] = rest
        if word == "address":
            return Process(folder, running, said)
    raise AssertionError(f"it did not start: {said}")


@dataclass
class Party:
    """Somebody who is paired with a pump in a role."""

    role: Role
    serial: str
    pump_key: bytes
    key: StaticKey = field(default_factory=StaticKey.generate)

    def contact(self) -> Contact:
        return Contact.session(self.role, self.key, self.serial, self.pump_key)

    def open(self, address: TcpAddress) -> Channel:
        return Channel.open(address, self.contact())


def paired(pump: Process, role: Role, name: str = "test") -> Party:
    """Pair a fresh key in a role, with the pump's card."""
    key = StaticKey.generate()
    made = pair(pump.address, Contact.pairing(pump.card(role), key, name))
    return Party(role, made.name, made.key, key)


def ask(channel: Channel, request: Any) -> Any:
    """A request and its answer, as values of the pump's language."""
    return decode(channel.ask(encode(request)))


def status(channel: Channel) -> Status:
    answer = ask(channel, Interrogate())
    assert isinstance(answer, Status), answer
    return answer
