"""Files of the notebook: private, whole or not there at all, and on disk when written."""

from __future__ import annotations

import os
from pathlib import Path

OWNER_ONLY, FOLDER_OWNER_ONLY = 0o600, 0o700
_MAX_BYTES = 4 * 1024 * 1024


def make_folder(path: Path) -> None:
    """A folder that only its owner can read, with those above it."""
    path.mkdir(mode=FOLDER_OWNER_ONLY, parents=True, exist_ok=True)


def write_whole(path: Path, data: bytes) -> None:
    """Replace a file in one step: after a crash there is the old one or the new one.

    When this returns, the new one is on disk.
    """
    new = path.with_name(f"{path.name}.new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Force a folder's entries to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_bounded(path: Path) -> bytes:
    """A file's bytes, one more than the most that a file of the notebook may have at most."""
    with path.open("rb") as file:
        return file.read(_MAX_BYTES + 1)
