"""One bench pump: what it remembers, in memory and on disk, always the same in both.

What happens to it is done, then written down and forced to disk, and only then told to anybody.
While no process runs it, its time stands still.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cbor2

from thecal.bench.folder import (
    CARDS,
    JOURNAL,
    FolderError,
    Lock,
    check_private,
    holds_pump,
)
from thecal.bench.happenings import Happening, TimePassed, from_row, to_row
from thecal.bench.journal import Journal, JournalDamagedError, sync_folder
from thecal.bench.memory import Memory, NotAMemoryError
from thecal.link.errors import LinkError
from thecal.link.keys import write_private
from thecal.link.roles import PAIRED_ROLES, is_serial
from thecal.pump import PumpProfile, Twin

COMPACT_AFTER_BYTES = 256 * 1024
"""What happened is folded into a new snapshot when it is this long, and longer than the last."""


class PumpFailedError(Exception):
    """The pump's memory on disk cannot be written: it tells nobody anything any more."""


class BenchPump:
    """A pump that lives in a folder."""

    def __init__(self, folder: Path, lock: Lock, journal: Journal, memory: Memory) -> None:
        self.folder, self.memory = folder, memory
        self._lock, self._journal = lock, journal
        self._failed = False
        self._written_s = memory.twin.now_s

    @classmethod
    def create(
        cls,
        folder: Path,
        profile: PumpProfile,
        *,
        serial: str,
        epoch_utc_s: int,
        utc_offset_s: int = 0,
        factory_rate_pl_per_day: int | None = None,
    ) -> BenchPump:
        """A new pump in a folder, which is made if it is not there.

        Args:
            folder: where it will live.
            profile: the model's limits, kept with the pump from now on.
            serial: what it answers to.
            epoch_utc_s: Unix seconds now; the pump's counter starts at 0.
            utc_offset_s: local minus UTC.
            factory_rate_pl_per_day: of a fixed-rate pump, and of no other.

        Raises:
            FolderError: there is a pump already, another process has the folder, or the serial
                is none.
            ValueError: a factory rate where none belongs, or none where one does.
            OSError: the folder cannot be written.
        """
        if not is_serial(serial):
            raise FolderError(f"'{serial}' is no serial: 1 to 32 letters, digits, . _ -")
        twin = Twin(
            profile,
            serial=serial,
            epoch_utc_s=epoch_utc_s,
            utc_offset_s=utc_offset_s,
            factory_rate_pl_per_day=factory_rate_pl_per_day,
        )
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = Lock(folder)
        try:
            if holds_pump(folder):
                raise FolderError(f"{folder}: there is a pump already")
            memory = Memory.new(twin)
            _print_cards(folder / CARDS, memory)
            journal = Journal.create(folder / JOURNAL, memory.to_bytes())
        except BaseException:
            lock.release()
            raise
        return cls(folder, lock, journal, memory)

    @classmethod
    def open(cls, folder: Path) -> BenchPump:
        """The pump of a folder, exactly as it last was.

        Raises:
            FolderError: there is none, another process has it, or others can read its secrets.
            JournalDamagedError: its memory is damaged; nothing is guessed.
            OSError: the folder cannot be read or written.
        """
        if not holds_pump(folder):
            raise FolderError(f"{folder}: there is no pump")
        lock = Lock(folder)
        try:
            check_private(folder / JOURNAL)
            journal, payloads = Journal.open(folder / JOURNAL)
            memory = _replayed(folder / JOURNAL, payloads)
        except BaseException:
            lock.release()
            raise
        return cls(folder, lock, journal, memory)

    @property
    def twin(self) -> Twin:
        """The pump itself."""
        return self.memory.twin

    @property
    def now_s(self) -> int:
        """Its counter."""
        return self.memory.twin.now_s

    def advance(self, to_s: int) -> None:
        """Let its time pass; where it comes to is written down with what happens next."""
        self.memory.twin.advance(max(to_s, self.now_s))

    def happen(self, happening: Happening, *, durable: bool = True) -> Any:
        """Let something happen at this second; it is on disk when this returns.

        Args:
            happening: what.
            durable: whether it must outlive a power cut, and not only a kill.

        Returns:
            What the happening gives.

        Raises:
            PumpFailedError: it could not be written down; the pump is of no use any more.
            ValueError: it cannot happen to this pump, and nothing did.
        """
        if self._failed:
            raise PumpFailedError(f"{self.folder}: an earlier write failed")
        row = to_row(happening)
        from_row(row)  # what cannot be read back must not happen
        result = happening.befall(self.memory)
        payload = cbor2.dumps([self.now_s, self.memory.mark, *row])
        try:
            self._journal.append(payload, durable=durable)
            self._compact_if_long()
        except OSError as error:
            self._failed = True
            raise PumpFailedError(f"{self.folder}: {error.strerror or error}") from error
        self._written_s = self.now_s
        return result

    def save_time(self) -> None:
        """Write down how late it is: after a kill the pump goes on from there."""
        if self._written_s != self.now_s:
            self.happen(TimePassed(), durable=False)

    def fold(self) -> None:
        """Fold all that happened into a new snapshot: the pump opens at once, however old it is.

        Raises:
            PumpFailedError: it could not be written down; the pump is of no use any more.
        """
        try:
            self._journal.compact(self.memory.to_bytes())
        except OSError as error:
            self._failed = True
            raise PumpFailedError(f"{self.folder}: {error.strerror or error}") from error

    def _compact_if_long(self) -> None:
        grown = self._journal.size - self._journal.snapshot_size
        if grown > max(COMPACT_AFTER_BYTES, self._journal.snapshot_size):
            self._journal.compact(self.memory.to_bytes())

    def close(self) -> None:
        """Write down how late it is and let go of the folder.

        Raises:
            PumpFailedError: it could not be written down.
        """
        try:
            if not self._failed:
                self.save_time()
        finally:
            self._journal.close()
            self._lock.release()


def _replayed(path: Path, payloads: list[bytes]) -> Memory:
    try:
        memory = Memory.from_bytes(payloads[0])
    except NotAMemoryError as error:
        raise JournalDamagedError(path, "the snapshot", str(error)) from error
    for number, payload in enumerate(payloads[1:], 1):
        try:
            same = _replay(memory, payload)
        except (KeyError, TypeError, ValueError, LinkError) as error:
            raise JournalDamagedError(path, f"record {number}", str(error)) from error
        if not same:
            why = "it plays out differently today; another version of Thecal wrote it"
            raise JournalDamagedError(path, f"record {number}", why)
    return memory


def _replay(memory: Memory, payload: bytes) -> bool:
    """Let one happening befall again; whether it came out as it did the first time."""
    t_s, mark, *row = cbor2.loads(payload)
    memory.twin.advance(t_s)
    from_row(row).befall(memory)
    return bool(memory.mark == mark)


def _print_cards(folder: Path, memory: Memory) -> None:
    folder.mkdir(exist_ok=True, mode=0o700)
    for role in PAIRED_ROLES:
        path = folder / f"{role}.txt"
        path.unlink(missing_ok=True)
        write_private(path, memory.card(role).print().encode())
    sync_folder(folder)
