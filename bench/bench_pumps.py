"""The link to bench pumps: a handshake, a session, an update, a fleet; and what they cost at least.

All on loopback, the pumps in one process and the programmer in another. A handshake is held
against its eight X25519 operations, a session's steps against a bare echo on the pumps' own loop
and against forcing as many bytes to the same disk.
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from thecal.link.keys import StaticKey
from thecal.link.party_end import Contact
from thecal.link.roles import Role
from thecal.link.transports.address import Address, parse_address
from thecal.link.transports.channel import Channel
from thecal.pump import (
    PL_PER_ML,
    Accepted,
    DaySchedule,
    EndSession,
    Fill,
    Interrogate,
    Mode,
    Program,
    Status,
    Step,
    Update,
    decode,
    encode,
)

FLEET = 1_000
_SESSIONS = 60
_DIFFIE_HELLMANS = 8
"""Of a whole handshake (IK): four, each at both ends."""
_RECORD_BYTES = 1_000
"""About what an update takes in a pump's journal."""

Pump = tuple[str, str, str]


def program(rate_ul_per_day: int) -> Program:
    """A flex program with a day of several steps."""
    steps = tuple(Step(120 * hour, (rate_ul_per_day + hour) * 1_000_000) for hour in range(12))
    return Program(Mode.FLEX, (DaySchedule(steps),), (0,) * 7)


def run() -> dict[str, float | int]:
    """Medians in milliseconds, memory in kilobytes, and ratios within this one run."""
    key = StaticKey.generate()
    with tempfile.TemporaryDirectory() as name, _fleet(Path(name), key) as told:
        figures = _session(key, told["pumps"][0])
        figures |= _floors(told["echo"], Path(name))
        figures |= _whole_fleet(key, told)
    return figures | {
        "handshake_over_x25519": figures["handshake_ms"] / figures["x25519_of_a_handshake_ms"],
        "interrogation_over_echo_and_sync": figures["interrogation_ms"] / _floor(figures),
        "update_over_echo_and_sync": figures["update_ms"] / _floor(figures),
    }


def _floor(figures: dict[str, float]) -> float:
    return figures["echo_ms"] + figures["sync_ms"]


@contextmanager
def _fleet(folder: Path, key: StaticKey) -> Iterator[dict[str, Any]]:
    fleet = [sys.executable, "-m", "bench.fleet"]
    subprocess.run([*fleet, "make", str(folder), str(FLEET), key.public.hex()], check=True)
    with subprocess.Popen(
        [*fleet, "serve", str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
        process.stdin.close()
        process.wait()


def _ms(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    done = work()
    return (time.perf_counter() - start) * 1_000, done


def _median_ms(work: Callable[[], Any], times: int) -> float:
    return statistics.median(_ms(work)[0] for _ in range(times))


def _contact(key: StaticKey, pump: Pump) -> tuple[Address, Contact]:
    address, serial, public = pump
    contact = Contact.session(Role.CLINICIAN, key, serial, bytes.fromhex(public))
    return parse_address(address), contact


def _ask(channel: Channel, request: Any) -> Any:
    return decode(channel.ask(encode(request)))


def _session(key: StaticKey, pump: Pump) -> dict[str, float]:
    """Whole sessions on one pump: handshake, interrogation, update, read-back, end."""
    steps: dict[str, list[float]] = {
        "handshake_ms": [],
        "interrogation_ms": [],
        "update_ms": [],
        "whole_session_ms": [],
    }
    for number in range(_SESSIONS):
        start = time.perf_counter()
        handshake_ms, channel = _ms(lambda: Channel.open(*_contact(key, pump)))
        with channel:
            interrogation_ms, found = _ms(lambda: _ask(channel, Interrogate()))  # noqa: B023
            update = Update(f"bench-{number:06}", found.revision, program(100 + number), _fill())
            update_ms, accepted = _ms(lambda: _ask(channel, update))  # noqa: B023
            assert isinstance(accepted, Accepted), accepted
            held = _ask(channel, Interrogate())
            assert held.program_digest == update.program.digest if update.program else None
            assert isinstance(_ask(channel, EndSession()), Accepted)
        whole_ms = (time.perf_counter() - start) * 1_000
        for name, value in zip(
            steps, (handshake_ms, interrogation_ms, update_ms, whole_ms), strict=True
        ):
            steps[name].append(value)
    return {name: statistics.median(values) for name, values in steps.items()}


def _fill() -> Fill:
    return Fill(20 * PL_PER_ML, 2 * PL_PER_ML)


def _floors(echo_port: int, folder: Path) -> dict[str, float]:
    """What cannot be saved: the curve, the loop and the disk, here and now."""
    mine, other = X25519PrivateKey.generate(), X25519PrivateKey.generate().public_key()
    curve_ms = _median_ms(lambda: mine.exchange(other), 500)
    with socket.create_connection(("127.0.0.1", echo_port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        echo_ms = _median_ms(lambda: _echo(connection), 200)
    with (folder / "synced").open("ab", buffering=0) as file:
        sync_ms = _median_ms(lambda: _synced(file.fileno()), 50)
    return {
        "x25519_of_a_handshake_ms": curve_ms * _DIFFIE_HELLMANS,
        "echo_ms": echo_ms,
        "sync_ms": sync_ms,
    }


def _echo(connection: socket.socket) -> None:
    connection.sendall(bytes(_RECORD_BYTES))
    left = _RECORD_BYTES
    while left:
        left -= len(connection.recv(left))


def _synced(descriptor: int) -> None:
    os.write(descriptor, bytes(_RECORD_BYTES))
    getattr(os, "fdatasync", os.fsync)(descriptor)


def _whole_fleet(key: StaticKey, told: dict[str, Any]) -> dict[str, float]:
    """Every pump interrogated in turn, a session each, as a clinic's round would."""

    def visit(pump: Pump) -> None:
        with Channel.open(*_contact(key, pump)) as channel:
            found = _ask(channel, Interrogate())
            assert isinstance(found, Status)
            assert found.serial == pump[1]
            assert isinstance(_ask(channel, EndSession()), Accepted)

    start = time.perf_counter()
    for pump in told["pumps"]:
        visit(pump)
    seconds = time.perf_counter() - start
    taken = (told["after_bytes"] - told["before_bytes"]) / 1_024
    return {
        "pumps_in_one_process": len(told["pumps"]),
        "fleet_interrogated_s": seconds,
        "pumps_interrogated_per_s": len(told["pumps"]) / seconds,
        "idle_pump_kb": taken / len(told["pumps"]),
        "process_kb": told["after_bytes"] / 1_024,
    }
