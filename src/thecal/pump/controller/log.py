"""The pump's log: append-only, each entry bound to all before it by a SHA-256 chain."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import cbor2

Fact = int | str | bool | None
GENESIS = hashlib.sha256(b"thecal pump log").hexdigest()
"""The digest before the first entry."""


class LogBrokenError(ValueError):
    """An entry was altered, removed or moved; ``seq`` is the first place where the chain fails."""

    def __init__(self, seq: int) -> None:
        super().__init__(f"the log is broken at entry {seq}")
        self.seq = seq


class Entry(NamedTuple):
    """What happened at second ``t_s`` of the pump's counter.

    Attributes:
        seq: its place, counted from 0.
        facts: plain figures and texts; ``happened_at_s`` where it was entered late.
        digest: SHA-256 of the canonical CBOR list of the digest before it and everything above,
            each fact as its name and value, by name.
    """

    seq: int
    t_s: int
    what: str
    facts: Mapping[str, Fact]
    digest: str


def _digest(before: str, seq: int, t_s: int, what: str, facts: Mapping[str, Fact]) -> str:
    parts: list[Fact] = [before, seq, t_s, what]
    for name in sorted(facts):
        parts += (name, facts[name])
    return hashlib.sha256(cbor2.dumps(parts)).hexdigest()


def follow(before: str, seq: int, entries: Iterable[Entry]) -> str:
    """The digest after ``entries``, which must continue the chain at ``seq`` from ``before``.

    Raises:
        LogBrokenError: at the first entry that does not follow from those before it.
    """
    for expected, entry in enumerate(entries, seq):
        digest = _digest(before, expected, entry.t_s, entry.what, entry.facts)
        if entry.seq != expected or entry.digest != digest:
            raise LogBrokenError(expected)
        before = digest
    return before


class Log:
    """A chain of entries that can only grow. It knows every command id that it tells of."""

    __slots__ = ("_entries", "_ids")

    def __init__(self, entries: Sequence[Entry] = ()) -> None:
        self._entries = list(entries)
        self._ids = {entry.facts["id"] for entry in self._entries if "id" in entry.facts}

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, oldest first."""
        return tuple(self._entries)

    def page(self, from_seq: int, count: int) -> tuple[Entry, ...]:
        """At most ``count`` entries from ``from_seq`` on."""
        return tuple(self._entries[from_seq : from_seq + count])

    @property
    def digest(self) -> str:
        """The digest of the newest entry: it stands for the whole log."""
        return self._entries[-1].digest if self._entries else GENESIS

    def tells_of(self, command_id: str) -> bool:
        """Whether a command of this id was ever carried out or refused."""
        return command_id in self._ids

    def append(self, t_s: int, what: str, facts: dict[str, Fact]) -> None:
        """Add an entry; ``facts`` must not be changed afterwards."""
        seq = len(self._entries)
        digest = _digest(self.digest, seq, t_s, what, facts)
        self._entries.append(Entry(seq, t_s, what, facts, digest))
        if "id" in facts:
            self._ids.add(facts["id"])

    def verify(self, *, length: int | None = None, digest: str | None = None) -> None:
        """Recompute the whole chain.

        Args:
            length: the length that a status reported, to find entries cut off the end.
            digest: the digest that it reported.

        Raises:
            LogBrokenError: at the first entry that does not follow from those before it.
        """
        before = follow(GENESIS, 0, self._entries)
        if length not in (None, len(self)) or digest not in (None, before):
            raise LogBrokenError(len(self))

    def to_plain(self) -> list[list[Any]]:
        """Each entry as ``[seq, t_s, what, facts, digest]``."""
        return [[e.seq, e.t_s, e.what, dict(e.facts), e.digest] for e in self._entries]

    @classmethod
    def from_plain(cls, plain: Sequence[Sequence[Any]]) -> Log:
        """The log that :meth:`to_plain` gave; :meth:`verify` tells whether it is whole."""
        return cls([Entry(*row) for row in plain])
