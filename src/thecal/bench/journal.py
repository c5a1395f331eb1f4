"""A pump's memory on disk: one file of checked records, of which only the last can be torn.

The first record is a snapshot, the others are what happened since. Each record is bound to all
before it::

    length   4 bytes, big endian, of the payload
    check    4 bytes: CRC-32 over the digest before and the length
    payload
    digest  32 bytes: SHA-256 over the digest before and the payload

A process that is killed, or a power cut, leaves a record that stops early: fewer bytes than a
record needs, or zeros that the file system put there. It was never answered for, and is dropped.
Anything else that does not fit is damage, and the journal is refused: nothing is guessed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import zlib
from collections.abc import Iterator
from pathlib import Path

_LENGTH, _CHECK, _DIGEST = 4, 4, 32
_HEAD = _LENGTH + _CHECK
GENESIS = hashlib.sha256(b"thecal bench journal 1").digest()
"""The digest before the first record."""


class JournalDamagedError(Exception):
    """The journal holds something that was never written: the pump is not run on it."""

    def __init__(self, path: Path, where: str, why: str) -> None:
        super().__init__(f"{path}: damaged at {where}: {why}")
        self.path, self.where, self.why = path, where, why


class Journal:
    """An open journal; records are appended, and replaced by a snapshot all at once."""

    def __init__(self, path: Path, descriptor: int, digest: bytes, size: int, first: int) -> None:
        self._path, self._descriptor = path, descriptor
        self._digest, self._size, self._first = digest, size, first
        self._durable = True

    @property
    def size(self) -> int:
        """Bytes in the file."""
        return self._size

    @property
    def snapshot_size(self) -> int:
        """How many of them are the snapshot."""
        return self._first

    @classmethod
    def create(cls, path: Path, snapshot: bytes) -> Journal:
        """A journal that holds a snapshot and nothing else, in place of any other there."""
        record, digest = _record(GENESIS, snapshot)
        descriptor = _replace(path, record)
        return cls(path, descriptor, digest, len(record), len(record))

    @classmethod
    def open(cls, path: Path) -> tuple[Journal, list[bytes]]:
        """The journal and its payloads, the snapshot first; a torn last record is cut off.

        Raises:
            JournalDamagedError: the file holds what was never written, or no snapshot.
            OSError: it cannot be read.
        """
        _new(path).unlink(missing_ok=True)
        data = path.read_bytes()
        payloads, digest, first, size = list[bytes](), GENESIS, 0, 0
        for payload, digest, size in _records(path, data):  # noqa: B007  (the last ones are kept)
            payloads.append(payload)
            first = first or size
        if not payloads:
            raise JournalDamagedError(path, "byte 0", "no whole snapshot")
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
        if size < len(data):
            os.ftruncate(descriptor, size)
            os.fsync(descriptor)
        return cls(path, descriptor, digest, size, first), payloads

    def append(self, payload: bytes, *, durable: bool = True) -> None:
        """Add a record; once this returns it outlives a kill, and if durable a power cut too.

        Raises:
            OSError: it could not be written; the file is as it was before.
        """
        record, digest = _record(self._digest, payload)
        try:
            _write(self._descriptor, record)
            if durable:
                _sync(self._descriptor)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, self._size)
            raise
        self._digest, self._size = digest, self._size + len(record)
        self._durable = durable

    def compact(self, snapshot: bytes) -> None:
        """Put a snapshot in place of everything, in one step that happens whole or not at all.

        Raises:
            OSError: it could not be written; the file is as it was before.
        """
        record, digest = _record(GENESIS, snapshot)
        descriptor = _replace(self._path, record)
        os.close(self._descriptor)
        self._descriptor, self._digest = descriptor, digest
        self._size = self._first = len(record)
        self._durable = True

    def close(self) -> None:
        """Let go of the file, everything in it made durable."""
        if self._descriptor >= 0:
            if not self._durable:
                _sync(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = -1


def _record(before: bytes, payload: bytes) -> tuple[bytes, bytes]:
    """A record's bytes, and the digest after it."""
    length = len(payload).to_bytes(_LENGTH, "big")
    digest = hashlib.sha256(before + payload).digest()
    return length + _check(before, length) + payload + digest, digest


def _check(before: bytes, length: bytes) -> bytes:
    return zlib.crc32(before + length).to_bytes(_CHECK, "big")


def _records(path: Path, data: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    """Each whole record as its payload, the digest after it, and where it ends."""
    before, at = GENESIS, 0
    while not _is_torn(data, at):
        length, check = data[at : at + _LENGTH], data[at + _LENGTH : at + _HEAD]
        if check != _check(before, length):
            raise JournalDamagedError(path, f"byte {at}", "the head of a record does not fit")
        end = at + _HEAD + int.from_bytes(length, "big") + _DIGEST
        if end > len(data):
            return
        payload, digest = data[at + _HEAD : end - _DIGEST], data[end - _DIGEST : end]
        if digest != hashlib.sha256(before + payload).digest():
            if not any(data[at + _HEAD :]):
                return
            raise JournalDamagedError(path, f"byte {at}", "a record does not fit its digest")
        yield payload, digest, end
        before, at = digest, end


def _is_torn(data: bytes, at: int) -> bool:
    """Whether what is left is no whole head, or nothing but zeros."""
    return len(data) - at < _HEAD or not any(data[at:])


def _write(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _sync(descriptor: int) -> None:
    getattr(os, "fdatasync", os.fsync)(descriptor)


def _new(path: Path) -> Path:
    return path.with_name(f"{path.name}.new")


def _replace(path: Path, data: bytes) -> int:
    """Put a file in place at once; an open descriptor of it, for appending."""
    new = _new(path)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    descriptor = os.open(new, flags, 0o600)
    try:
        _write(descriptor, data)
        os.fsync(descriptor)
        new.rename(path)
        sync_folder(path.parent)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def sync_folder(folder: Path) -> None:
    """Make renames and new files in a folder outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
