"""First answers, kept so that a command that is sent again is answered and does not act again.

The latest are kept whole, the patient's requests apart from all others, so that neither crowds
out the other. An id that has left this memory is still in the log, which never forgets: its
command is refused, and never acts a second time.
"""

from __future__ import annotations

import hashlib
from typing import Any

from thecal.pump.decoding import read
from thecal.pump.language import Command, Outcome, RemoveKey, RequestPatientDose, encode, plain

KEPT = 256
"""First answers kept of either kind (assumed: far more than any programmer leaves unread)."""

_Kept = dict[str, tuple[bytes, Outcome]]


class Answers:
    """Command ids with a digest of the command and its first reply, oldest first."""

    __slots__ = ("_others", "_patients")

    def __init__(self) -> None:
        self._patients: _Kept = {}
        self._others: _Kept = {}

    def __len__(self) -> int:
        return len(self._patients) + len(self._others)

    def find(self, command_id: str) -> tuple[bytes, Outcome] | None:
        """The digest of the command with this id and its first reply, if they are kept."""
        return self._others.get(command_id) or self._patients.get(command_id)

    def keep(self, command: Command | RemoveKey, reply: Outcome) -> None:
        """Keep a first reply; the oldest of its kind may have to go."""
        kept = self._patients if isinstance(command, RequestPatientDose) else self._others
        kept[command.command_id] = (digest(command), reply)
        if len(kept) > KEPT:
            del kept[next(iter(kept))]

    def to_plain(self) -> list[list[list[Any]]]:
        """Of the patient and of all others, each as ``[id, digest, reply]``."""
        return [
            [[key, seen, plain(reply)] for key, (seen, reply) in kept.items()]
            for kept in (self._patients, self._others)
        ]

    @classmethod
    def from_plain(cls, rows: list[list[list[Any]]]) -> Answers:
        """What :meth:`to_plain` gave."""
        answers = cls()
        answers._patients, answers._others = map(_kept, rows)
        return answers


def _kept(rows: list[list[Any]]) -> _Kept:
    return {key: (seen, read(reply)) for key, seen, reply in rows}


def digest(command: Command | RemoveKey) -> bytes:
    """What tells one command from another: SHA-256 of its canonical form."""
    return hashlib.sha256(encode(command)).digest()
