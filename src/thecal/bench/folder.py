"""The folder that a bench pump lives in, and the lock that keeps it to one process.

======== ==========================================================
journal  all that the pump remembers, its secrets too (mode 0600)
cards/   the printed pairing cards, one for each role (mode 0600)
door     while a process runs it: where the bench speaks to it
======== ==========================================================
"""

from __future__ import annotations

import fcntl
import os
import stat
from pathlib import Path

JOURNAL, CARDS, DOOR = "journal", "cards", "door"
_WIDER_THAN_OWNER = 0o077


class FolderError(Exception):
    """A folder that cannot be used; the message says why."""


class InUseError(FolderError):
    """Another process has the pump."""


def holds_pump(folder: Path) -> bool:
    """Whether there is a pump in it."""
    return (folder / JOURNAL).is_file()


def pumps_in(folder: Path) -> list[Path]:
    """The folder itself if it holds a pump, else those of its folders that do, by name."""
    if holds_pump(folder):
        return [folder]
    return sorted(one for one in folder.iterdir() if holds_pump(one)) if folder.is_dir() else []


def check_private(path: Path) -> None:
    """Refuse a file with secrets that others can read.

    Raises:
        FolderError: they can.
    """
    if stat.S_IMODE(path.stat().st_mode) & _WIDER_THAN_OWNER:
        raise FolderError(f"{path}: others can read it; expected mode 0600")


class Lock:
    """Holds a pump's folder for this process; the system lets go of it when the process ends."""

    def __init__(self, folder: Path) -> None:
        """Take the folder.

        Raises:
            InUseError: another process has it.
            OSError: it is not there.
        """
        self._descriptor = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._descriptor)
            raise InUseError(f"{folder}: another process runs this pump") from None

    def release(self) -> None:
        """Let go of it."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
