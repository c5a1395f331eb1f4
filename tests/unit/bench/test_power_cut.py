"""A power cut at any write: the disk keeps what was forced to it, and any start of what was not."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from bench_pumps import course, started_pump, state_of

from thecal.bench import journal
from thecal.bench import pump as bench_pump
from thecal.bench.pump import BenchPump


class Disk:
    """What a power cut can leave of a folder, step by step.

    What was written and not forced may be there up to any byte; a file that was renamed, with its
    folder not forced, may still be the one before.

    Attributes:
        steps: after each call to the system, the journals that a cut may leave, and how many
            happenings had been told of by then.
    """

    def __init__(self, folder: Path) -> None:
        self._path, self._new = folder / "journal", folder / "journal.new"
        self.told = 0
        self.steps: list[tuple[list[bytes], int]] = []
        self._forced = self._path.read_bytes()
        self._new_forced = b""
        self._before: bytes | None = None

    def note(self) -> None:
        """A call has been made: every journal that a cut may leave now."""
        data = self._path.read_bytes()
        sizes = [*range(len(self._forced), len(data), 11), len(data)]
        left = [data[:size] for size in sizes]
        self.steps.append((left if self._before is None else [self._before, *left], self.told))

    def synced(self) -> None:
        """The journal was forced."""
        self._forced = self._path.read_bytes()

    def fsynced(self, descriptor: int) -> None:
        """Something else was: the folder, or a new file."""
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            self._before = None
        elif self._new.exists() and self._new.stat().st_ino == status.st_ino:
            self._new_forced = self._new.read_bytes()

    def renamed(self) -> None:
        """The new file has taken the journal's name."""
        self._before, self._forced, self._new_forced = self._forced, self._new_forced, b""


def test_a_power_cut_at_every_write_leaves_the_state_before_or_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_pump, "COMPACT_AFTER_BYTES", 700)
    pump = started_pump(tmp_path / "pump")
    disk, states = Disk(tmp_path / "pump"), [state_of(pump)]
    watch(monkeypatch, disk)
    for at_s, happening in course():
        pump.advance(at_s)
        pump.happen(happening)
        disk.told += 1
        states.append(state_of(pump))
    monkeypatch.undo()
    pump.close()
    cuts = [(left, told) for lefts, told in disk.steps for left in lefts]
    for number, (left, told) in enumerate(cuts):
        assert opened(tmp_path / f"cut-{number}", left) in states[told : told + 2]
    assert len(cuts) > 50
    assert pump._journal.snapshot_size > len(states[0]), "it was folded on the way"


def watch(monkeypatch: pytest.MonkeyPatch, disk: Disk) -> None:
    """Note every write, force and rename that the journal makes, in the middle of it too."""
    write, sync, fsync, rename = journal._write, journal._sync, os.fsync, Path.rename

    def writes(descriptor: int, data: bytes) -> None:
        half = len(data) // 2
        write(descriptor, data[:half])
        disk.note()
        write(descriptor, data[half:])
        disk.note()

    def syncs(descriptor: int) -> None:
        sync(descriptor)
        disk.synced()
        disk.note()

    def fsyncs(descriptor: int) -> None:
        fsync(descriptor)
        disk.fsynced(descriptor)
        disk.note()

    def renames(path: Path, target: Path) -> Path:
        renamed = rename(path, target)
        disk.renamed()
        disk.note()
        return renamed

    monkeypatch.setattr(journal, "_write", writes)
    monkeypatch.setattr(journal, "_sync", syncs)
    monkeypatch.setattr(os, "fsync", fsyncs)
    monkeypatch.setattr(Path, "rename", renames)


def opened(folder: Path, left: bytes) -> bytes:
    """What a pump remembers that is started on such a disk."""
    folder.mkdir()
    (folder / "journal").write_bytes(left)
    (folder / "journal").chmod(0o600)
    pump = BenchPump.open(folder)
    pump._lock.release()
    return state_of(pump)
