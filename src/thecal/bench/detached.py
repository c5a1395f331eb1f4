"""A bench pump started in the background: this process ends, the pump's goes on."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

SOUNDS = "sounds.txt"
"""In the pump's folder: all that it prints."""
_PATIENCE_S, _BETWEEN_LOOKS_S = 30.0, 0.05
_LAST = "address "


class DetachError(Exception):
    """It did not start; the message is what it said."""


def start_detached(folder: Path, arguments: list[str]) -> list[str]:
    """Run a command line of Thecal that starts a pump, until it listens.

    Args:
        folder: the pump's.
        arguments: the command's words after ``thecal``.

    Returns:
        What it printed until it listened.

    Raises:
        DetachError: it ended instead, or did not listen in time.
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    sounds = folder / SOUNDS
    with sounds.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603  (our own command, its words apart)
            [sys.executable, "-m", "thecal", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    until_s = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until_s:
        said = sounds.read_text("utf-8").splitlines()
        if said and said[-1].startswith(_LAST):
            return said
        if process.poll() is not None:
            raise DetachError((said or ["it ended at once"])[-1].removeprefix("thecal: "))
        time.sleep(_BETWEEN_LOOKS_S)
    process.terminate()
    raise DetachError(f"{folder}: it did not listen within {_PATIENCE_S:g} s")
