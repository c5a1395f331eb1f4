"""A clinic founded for one test alone, and a bench pump, both by a clock of that test's own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import databases
import staff
import template
from browsing import Served
from running_pumps import Process, wait_until

from tests.browser.moved_clock import MovedClock

NAME = "Clinic of this way"
FIRST = "administrator"
THECAL = [sys.executable, "-m", "thecal"]


@dataclass(frozen=True)
class Founded:
    """A clinic in which there is nobody but its first administrator.

    Attributes:
        address: where it is served.
        database_url: of its record.
    """

    address: str
    database_url: str
    clock: MovedClock

    def verified(self) -> subprocess.CompletedProcess[str]:
        """What ``thecal clinic verify`` says of the record's trail."""
        return _clinic("verify", self.database_url, self.clock)


@contextmanager
def clinic(folder: Path, tables: databases.SQLite, clock: MovedClock) -> Iterator[Founded]:
    """Found one on a copy of empty tables, by the command, and serve it for a while."""
    url = tables.copy(template.EMPTY, f"founded_{folder.name}")
    done = _clinic("found", url, clock, NAME, FIRST, "Administrator")
    assert (done.returncode, done.stderr) == (0, "")
    served = Served(url, THECAL_CLINIC_HOME=str(folder / "home"), **clock.variables)
    try:
        yield Founded(served.address, url, clock)
    finally:
        served.stop()


def _clinic(
    command: str, url: str, clock: MovedClock, *words: str
) -> subprocess.CompletedProcess[str]:
    variables = {"DATABASE_URL": url, "THECAL_CLINIC_FIRST_PASSWORD": staff.PASSWORD}
    return subprocess.run(
        [*THECAL, "clinic", command, *words, "--development"],
        env={**_clean(), **clock.variables, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def pump(folder: Path, clock: MovedClock, model: str, serial: str) -> Iterator[Process]:
    """A new bench pump that listens for a while, by that clock."""
    folder.mkdir(parents=True)
    out = folder / "heard.txt"
    words = ["pump", "start", "--state", str(folder), "--model", model, "--serial", serial]
    with out.open("w") as heard:
        running = subprocess.Popen(
            [*THECAL, *words],
            env={**_clean(), **clock.variables},
            stdout=heard,
            stderr=subprocess.STDOUT,
        )
    process = Process(folder, running.pid, out)
    try:
        wait_until(lambda: process.listens or running.poll() is not None, "it does not listen")
        assert process.listens, process.heard()
        yield process
    finally:
        running.terminate()
        running.wait(timeout=30)


def _clean() -> dict[str, str]:
    """The environment without what a clinic would read of it."""
    return {key: one for key, one in os.environ.items() if not key.startswith("THECAL_")}
