"""The bench's hand on a pump in its folder, whether a process runs it or not."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from thecal.bench.acts import ACTS, ActError, act
from thecal.bench.door import NobodyHomeError, knock_at
from thecal.bench.folder import InUseError
from thecal.bench.pump import BenchPump
from thecal.bench.view import view

_TRIES, _BETWEEN_TRIES_S = 100, 0.05


def do(folder: Path, name: str, text: str = "") -> str:
    """Do something to a pump; a line that says what was done.

    Raises:
        ActError: it cannot be done to this pump.
        NobodyHomeError: it needs a process that runs the pump, and none does.
        FolderError, JournalDamagedError, PumpFailedError, OSError: the folder cannot be used.
    """
    try:
        answer = knock_at(folder, {"do": name, "text": text})
    except NobodyHomeError:
        if name not in ACTS:
            raise
        return _at_rest(folder, name, text)
    if not answer["ok"]:
        raise ActError(answer["told"])
    if name == "end":
        _open(folder).close()
    return str(answer["told"])


def _at_rest(folder: Path, name: str, text: str) -> str:
    pump = _open(folder)
    try:
        return act(pump, name, text)
    finally:
        pump.close()


def _open(folder: Path) -> BenchPump:
    """The pump at rest; a process that is just ending is waited for."""
    for _ in range(_TRIES):
        try:
            return BenchPump.open(folder)
        except InUseError:
            time.sleep(_BETWEEN_TRIES_S)
    return BenchPump.open(folder)


def look(folder: Path) -> dict[str, Any]:
    """What a pump believes beside what is true; ``running`` says whether a process runs it.

    Raises:
        FolderError, JournalDamagedError, OSError: the folder cannot be used.
    """
    try:
        return {**knock_at(folder, {"do": "view"})["view"], "running": True}
    except NobodyHomeError:
        pump = _open(folder)
    try:
        return {**view(pump), "running": False}
    finally:
        pump.close()
