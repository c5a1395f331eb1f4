"""Fixtures of the tests that attack a running bench pump."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import wiretaps
from running_pumps import Process, start

MODEL = "synchromed-ii-20"


@pytest.fixture(autouse=True)
def _taps_are_closed() -> Iterator[None]:
    yield
    while wiretaps.OPEN:
        wiretaps.OPEN.pop().close()


@pytest.fixture
def pump(tmp_path: Path) -> Iterator[Process]:
    """A new pump's process; somebody is at it, so that no contact costs a token."""
    process = start(tmp_path / "pump", "--model", MODEL)
    process.do("touch")
    process.do("fill", "20 mL")
    yield process
    process.kill()


@pytest.fixture
def lonely_pump(tmp_path: Path) -> Iterator[Process]:
    """Likewise, with nobody at it."""
    process = start(tmp_path / "lonely", "--model", MODEL)
    process.do("fill", "20 mL")
    yield process
    process.kill()
