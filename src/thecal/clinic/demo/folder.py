"""The demo's folder: what is in it, who has it, and how a founding is kept whole or not at all.

=============== =================================================================
clinic/         the demo, once it is whole: its database, keys, and pumps/
founding/       a demo that is being founded, or whose founding broke off
old/            the demo before, while a renewed one takes its place
lock            held by the process that serves the demo
READ-ME.txt     says what this is
=============== =================================================================
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

CLINIC, FOUNDING, OLD, LOCK, README = "clinic", "founding", "old", "lock", "READ-ME.txt"
_OURS = {CLINIC, FOUNDING, OLD, LOCK, README}
_TOLD = """\
A demo of Thecal's clinic. Every patient in it is invented, and nothing in it is for care.
`thecal clinic demo` serves it; this folder can be deleted at any time.
"""
_PATIENCE_S, _BETWEEN_TRIES_S = 5.0, 0.05
DATABASE, PUMPS = "clinic.sqlite3", "pumps"
"""In ``clinic/``."""


class DemoError(Exception):
    """The demo cannot be founded or served here; the message is one line."""


def default(variables: Mapping[str, str]) -> Path:
    """Where the demo is unless somebody says otherwise: the user's folder for data."""
    data = variables.get("XDG_DATA_HOME")
    folder = Path(data) if data else Path(variables.get("HOME", ".")) / ".local" / "share"
    return folder / "thecal" / "demo"


def environment(home: Path, variables: Mapping[str, str]) -> dict[str, str]:
    """The variables of a demo's processes: of the clinic's own none but these.

    Raises:
        DemoError: production was asked for, in as many words.
    """
    if variables.get("THECAL_CLINIC_MODE", "development") != "development":
        raise DemoError("a demo is never served in production: unset THECAL_CLINIC_MODE")
    kept = {
        name: value
        for name, value in variables.items()
        if not name.startswith("THECAL_CLINIC_") and name != "DATABASE_URL"
    }
    return kept | {"THECAL_CLINIC_MODE": "development", "THECAL_CLINIC_HOME": str(home)}


@contextmanager
def held(folder: Path) -> Iterator[int]:
    """The folder, made if it is not there, for this process and those that it starts.

    Gives the lock's descriptor: who inherits it holds the folder too, so that nothing of a demo
    whose first process was killed is still at work when the next one begins.

    Raises:
        DemoError: it holds something else, another process has it, or it cannot be used.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if strangers := sorted({one.name for one in folder.iterdir()} - _OURS):
            raise DemoError(f"{folder} holds {strangers[0]}: a demo has a folder of its own")
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise DemoError(f"{folder}: {error.strerror}") from error
    try:
        _lock(descriptor, folder)
        (folder / README).write_text(_TOLD, "utf-8")
        yield descriptor
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path) -> None:
    until_s = time.monotonic() + _PATIENCE_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until_s:
                raise DemoError(f"{folder}: another process serves this demo") from None
            time.sleep(_BETWEEN_TRIES_S)
        else:
            return


def is_founded(folder: Path) -> bool:
    """Whether a whole demo is there."""
    return (folder / CLINIC / DATABASE).is_file()


def found(folder: Path, lock: int) -> None:
    """Found a demo, in place of any that is there; killed at any point, it is done anew.

    Args:
        folder: the demo's.
        lock: as :func:`held` gave it.

    Raises:
        DemoError: it could not be founded; what was there is as it was.
    """
    new, whole, old = folder / FOUNDING, folder / CLINIC, folder / OLD
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    _in_a_process_of_its_own(new, lock)
    shutil.rmtree(old, ignore_errors=True)
    if whole.exists():
        whole.rename(old)
    os.sync()
    new.rename(whole)
    shutil.rmtree(old, ignore_errors=True)


def _in_a_process_of_its_own(home: Path, lock: int) -> None:
    process = subprocess.Popen(  # noqa: S603  (our own code, its words apart)
        [sys.executable, "-m", "thecal.clinic.demo", str(home)],
        stdin=subprocess.PIPE,
        pass_fds=[lock],
        env=environment(home, os.environ),
    )
    try:
        code = process.wait()
    finally:
        process.kill()
        process.communicate()
    if code:
        raise DemoError(f"the demo could not be founded in {home} (exit code {code})")
