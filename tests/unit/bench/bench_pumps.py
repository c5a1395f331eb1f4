"""Bench pumps that the tests of this room share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pump_cases import DAY_AND_NIGHT, FULL, MONDAY, ROTOR, UL

from thecal.bench.happenings import Asked, Filled, Happening
from thecal.bench.pump import BenchPump
from thecal.pump import Accepted, Bolus, Command, GiveBolus, RequestPatientDose, Update

SERIAL = "BENCH-1"


def new_pump(folder: Path) -> BenchPump:
    """A new pump, nothing in it."""
    return BenchPump.create(folder, ROTOR, serial=SERIAL, epoch_utc_s=MONDAY)


def ask(pump: BenchPump, request: Any) -> Any:
    """What the pump answers a clinician."""
    return pump.happen(Asked(request, "clinician test"))


def started_pump(folder: Path) -> BenchPump:
    """A pump that is filled and runs its first program."""
    pump = new_pump(folder)
    pump.happen(Filled(FULL.volume_pl))
    assert isinstance(ask(pump, Update("update-1", 0, DAY_AND_NIGHT, FULL)), Accepted)
    return pump


def state_of(pump: BenchPump) -> bytes:
    """All that the pump remembers."""
    return pump.memory.to_bytes()


def course() -> list[tuple[int, Happening]]:
    """Some things that happen, each at its second."""
    commands: list[tuple[int, Command]] = [
        (60, RequestPatientDose("dose-0001")),
        (700, GiveBolus("bolus-01", Bolus(10 * UL, 600))),
        (800, RequestPatientDose("dose-0002")),
        (90_000, Update("update-2", 1, DAY_AND_NIGHT)),
    ]
    return [(at_s, Asked(command, "clinician test")) for at_s, command in commands]
