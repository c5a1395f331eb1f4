"""A pump's register of paired keys, in which a role cannot rise (§1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from thecal.link.errors import LinkError, LinkErrorCode
from thecal.link.keys import KEY_BYTES
from thecal.link.roles import PAIRED_ROLES, Role, read_name

MAX_KEYS = 32


@dataclass(frozen=True, slots=True)
class Entry:
    """A paired key: whose it is by its own word, in which role, since when (Unix seconds)."""

    key: bytes
    role: Role
    name: str
    paired_utc_s: int


class Register:
    """The keys that a pump knows, at most 32, in the order of pairing."""

    def __init__(self, entries: tuple[Entry, ...] = ()) -> None:
        """Take entries as they are.

        Raises:
            ValueError: too many, a key twice, or a role that is not paired.
        """
        self._entries = {entry.key: entry for entry in entries}
        if len(self._entries) != len(entries) or len(entries) > MAX_KEYS:
            raise ValueError("a register holds at most 32 keys, each once")
        if any(e.role not in PAIRED_ROLES or len(e.key) != KEY_BYTES for e in entries):
            raise ValueError("a register holds keys of 32 bytes in paired roles")

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All paired keys, the oldest first."""
        return tuple(self._entries.values())

    def find(self, key: bytes) -> Entry | None:
        """The entry of a key, or None if it is not paired."""
        return self._entries.get(key)

    def add(self, entry: Entry) -> Entry:
        """Pair a key; one that is paired in this role already stays as it was.

        Raises:
            LinkError: ``role`` if the key is paired in another, ``register-full``.
        """
        known = self._entries.get(entry.key)
        if known is not None and known.role != entry.role:
            raise LinkError(LinkErrorCode.ROLE, paired_as=known.role)
        if known is None and len(self._entries) >= MAX_KEYS:
            raise LinkError(LinkErrorCode.REGISTER_FULL, limit=MAX_KEYS)
        return self._entries.setdefault(entry.key, entry)

    def remove(self, key: bytes) -> bool:
        """Forget a key; False if it was not there."""
        return self._entries.pop(key, None) is not None

    def to_plain(self) -> list[dict[str, Any]]:
        """The entries as plain maps."""
        return [
            {
                "key": e.key.hex(),
                "role": str(e.role),
                "name": e.name,
                "paired_utc_s": e.paired_utc_s,
            }
            for e in self.entries
        ]

    @classmethod
    def from_plain(cls, plain: list[dict[str, Any]]) -> Register:
        """The register whose plain form this is.

        Raises:
            ValueError, KeyError, TypeError: it is none.
        """
        return cls(
            tuple(
                Entry(
                    bytes.fromhex(e["key"]),
                    Role(e["role"]),
                    read_name(str(e["name"]).encode()),
                    int(e["paired_utc_s"]),
                )
                for e in plain
            )
        )
