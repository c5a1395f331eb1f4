"""The pump's log: append-only, each entry bound to all before it by a SHA-256 chain."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
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


class Log:
    """A chain of entries that can only grow."""

    __slots__ = ("_entries",)

    def __init__(self, entries: Sequence[Entry] = ()) -> None:
        self._entries = list(entries)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, oldest first."""
        return tuple(self._entries)

    @property
    def digest(self) -> str:
        """The digest of the newest entry: it stands for the whole log."""
        return self._entries[-1].digest if self._entries else GENESIS

    def append(self, t_s: int, what: str, facts: dict[str, Fact]) -> None:
        """Add an entry; ``facts`` must not be changed afterwards."""
        seq = len(self._entries)
        digest = _digest(self.digest, seq, t_s, what, facts)
        self._entries.append(Entry(seq, t_s, what, facts, digest))

    def verify(self, *, length: int | None = None, digest: str | None = None) -> None:
        """Recompute the whole chain.

        Args:
            length: the length that a status reported, to find entries cut off the end.
            digest: the digest that it reported.

        Raises:
            LogBrokenError: at the first entry that does not follow from those before it.
        """
        before = GENESIS
        for seq, entry in enumerate(self._entries):
            follows = _digest(before, seq, entry.t_s, entry.what, entry.facts)
            if entry.seq != seq or entry.digest != follows:
                raise LogBrokenError(seq)
            before = entry.digest
        if length not in (None, len(self)) or digest not in (None, before):
            raise LogBrokenError(len(self))

    def to_plain(self) -> list[list[Any]]:
        """Each entry as ``[seq, t_s, what, facts, digest]``."""
        return [[e.seq, e.t_s, e.what, dict(e.facts), e.digest] for e in self._entries]

    @classmethod
    def from_plain(cls, plain: Sequence[Sequence[Any]]) -> Log:
        """The log that :meth:`to_plain` gave; :meth:`verify` tells whether it is whole."""
        return cls([Entry(*row) for row in plain])
