"""Real bench pumps in processes of their own, and programmers that speak to them by socket."""

from __future__ import annotations

import atexit
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

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
PATIENCE_S = 20.0
_IDS = itertools.count()


def new_id(name: str = "command") -> str:
    """A command id that no other test has."""
    return f"{name}-{os.getpid()}-{next(_IDS):06}"


class Nursery:
    """Starts `thecal` commands at once: see nursery.py."""

    def __init__(self) -> None:
        script = Path(__file__).with_name("nursery.py")
        self._process = subprocess.Popen(
            [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        atexit.register(self.close)

    def start(self, words: list[str], out: Path, deaths: dict[str, Any] | None = None) -> int:
        """The pid of a new `thecal`."""
        return int(self._ask({"start": words, "out": str(out), "deaths": deaths}))

    def ended(self, pid: int) -> int | None:
        """The exit code of one that it started (negative: the signal), None while it runs."""
        code: int | None = self._ask({"ended": pid})
        return code

    def _ask(self, asked: dict[str, Any]) -> Any:
        self._pipe(self._process.stdin).write(json.dumps(asked) + "\n")
        self._pipe(self._process.stdin).flush()
        return json.loads(self._pipe(self._process.stdout).readline())

    def close(self) -> None:
        """End it and all its children."""
        self._pipe(self._process.stdin).close()
        self._process.wait()
        self._pipe(self._process.stdout).close()

    @staticmethod
    def _pipe(pipe: IO[str] | None) -> IO[str]:
        assert pipe is not None
        return pipe


@lru_cache
def nursery() -> Nursery:
    """The one of this test process."""
    return Nursery()


def wait_until(is_so: Any, what: str) -> None:
    until_s = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < until_s, what
        time.sleep(0.005)


@dataclass
class Process:
    """A bench pump's process."""

    folder: Path
    pid: int
    out: Path

    def heard(self) -> list[str]:
        """The lines that it has printed."""
        return self.out.read_text("utf-8").splitlines() if self.out.exists() else []

    def _said(self, word: str) -> str:
        return next(line for line in self.heard() if line.startswith(f"{word} ")).partition(" ")[2]

    @property
    def address(self) -> TcpAddress:
        address = parse_address(self._said("address"))
        assert isinstance(address, TcpAddress)
        return address

    @property
    def serial(self) -> str:
        return self._said("serial")

    @property
    def listens(self) -> bool:
        return any(line.startswith("address ") for line in self.heard())

    def card(self, role: Role) -> PairingCard:
        return PairingCard.parse((self.folder / "cards" / f"{role}.txt").read_text())

    def do(self, name: str, text: str = "") -> str:
        """What `thecal pump NAME` does."""
        return do(self.folder, name, text)

    def view(self) -> dict[str, Any]:
        """What `thecal pump list` sees."""
        return look(self.folder)

    @property
    def code(self) -> int | None:
        """Its exit code; None while it runs."""
        return nursery().ended(self.pid)

    def kill(self) -> None:
        """End it as `kill -9` does, if it still runs."""
        self._signal(signal.SIGKILL)

    def end(self) -> None:
        """End it as ctrl-C does, if it still runs."""
        self._signal(signal.SIGINT)

    def _signal(self, number: int) -> None:
        if self.code is None:
            os.kill(self.pid, number)
        self.wait()

    def wait(self) -> None:
        """Wait for its end."""
        wait_until(lambda: self.code is not None, "it does not end")

    def raw(self) -> socket.socket:
        """A bare connection to it."""
        return socket.create_connection((self.address.host, self.address.port), PATIENCE_S)


def start(folder: Path, *options: str, deaths: dict[str, Any] | None = None) -> Process:
    """Start a pump, as `thecal pump start --state FOLDER OPTIONS`, and wait until it listens."""
    folder.mkdir(parents=True, exist_ok=True)
    out = folder / "heard.txt"
    out.unlink(missing_ok=True)
    pid = nursery().start(["pump", "start", "--state", str(folder), *options], out, deaths)
    process = Process(folder, pid, out)
    wait_until(lambda: process.listens or process.code is not None, "it does not listen")
    assert process.listens or deaths, process.heard()
    return process


def log_of(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """What a pump's log tells of, once no process runs it."""
    pump = BenchPump.open(folder)
    try:
        return [(entry.what, dict(entry.facts)) for entry in pump.twin.controller.log.entries]
    finally:
        pump.close()


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
    """Interrogate."""
    answer = ask(channel, Interrogate())
    assert isinstance(answer, Status), answer
    return answer
