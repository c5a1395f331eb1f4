"""Everything that can happen to a bench pump, as values that a journal keeps and plays again.

The twin is deterministic: the same happenings, at the same seconds of its counter, leave the
same pump. So a pump is its snapshot and what happened since.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Protocol

from thecal.bench.memory import Memory
from thecal.link.register import Entry
from thecal.link.roles import Role
from thecal.pump import (
    Fault,
    Outcome,
    RefusalCode,
    Refused,
    RemoveKey,
    Reply,
    Request,
    ToController,
    decode,
    encode,
)
from thecal.pump.controller.log import Fact
from thecal.pump.world import faults


class Happening(Protocol):
    """One thing that happens, at the second at which the pump stands."""

    def befall(self, memory: Memory) -> Any:
        """Let it happen; what it gives is for whoever made it happen."""


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Nothing but time."""

    def befall(self, memory: Memory) -> None:
        """The counter stands there already."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to the controller, and who made it."""

    request: ToController
    by: str

    def befall(self, memory: Memory) -> Reply:
        """What the controller answers."""
        return memory.twin.send(self.request, self.by)


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """A request that the asker's role may not make."""

    request: Request
    by: str

    def befall(self, memory: Memory) -> Refused:
        """A refusal, which is logged."""
        return memory.twin.controller.turn_away(self.request, self.by)


@dataclass(frozen=True, slots=True)
class Noted:
    """Something about the link that belongs in the log."""

    what: str
    facts: dict[str, Fact]

    def befall(self, memory: Memory) -> None:
        """Enter it."""
        memory.twin.controller.note(self.what, dict(self.facts))


@dataclass(frozen=True, slots=True)
class KeyPaired:
    """A key entered the register."""

    key: bytes
    role: Role
    name: str
    paired_utc_s: int

    def befall(self, memory: Memory) -> None:
        """Enter it in register and log; one that is paired already stays as it was."""
        memory.register.add(Entry(self.key, self.role, self.name, self.paired_utc_s))
        facts: dict[str, Fact] = {
            "key": self.key.hex(),
            "role": str(self.role),
            "name": self.name,
        }
        memory.twin.controller.note("paired", facts)


@dataclass(frozen=True, slots=True)
class KeyRemovalAsked:
    """A clinician, whose own key is ``asker``, asks to remove a key."""

    request: RemoveKey
    asker: bytes
    by: str

    def befall(self, memory: Memory) -> Outcome:
        """Forget it, once; nobody removes their own."""
        return memory.twin.controller.once(self.request, lambda: self._remove(memory), self.by)

    def _remove(self, memory: Memory) -> Refused | dict[str, Fact]:
        try:
            key = bytes.fromhex(self.request.key)
        except ValueError:
            key = b""
        if key == self.asker:
            return Refused("", RefusalCode.OWN_KEY)
        if not memory.register.remove(key):
            return Refused("", RefusalCode.NO_SUCH_KEY)
        return {"key": key.hex()}


@dataclass(frozen=True, slots=True)
class Filled:
    """Fluid was put into the real reservoir."""

    volume_pl: int

    def befall(self, memory: Memory) -> None:
        """Raises OverfillError or ValueError, and changes nothing then."""
        memory.twin.fill(self.volume_pl)


@dataclass(frozen=True, slots=True)
class Aspirated:
    """All that a needle reaches was taken out."""

    def befall(self, memory: Memory) -> int:
        """Its volume in picolitres."""
        return memory.twin.aspirate()


@dataclass(frozen=True, slots=True)
class ValveOpened:
    """The flow-activated valve was opened by hand."""

    def befall(self, memory: Memory) -> None:
        """Open it."""
        memory.twin.reset_valve()


@dataclass(frozen=True, slots=True)
class Struck:
    """A fault, now or later."""

    fault: Fault

    def befall(self, memory: Memory) -> None:
        """Raises ValueError where this pump has nothing that the fault could strike."""
        memory.twin.inject(self.fault)


_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        TimePassed,
        Asked,
        TurnedAway,
        Noted,
        KeyPaired,
        KeyRemovalAsked,
        Filled,
        Aspirated,
        ValveOpened,
        Struck,
    )
}
_WRITERS: dict[str, Callable[[Any], Any]] = {
    "request": encode,
    "role": str,
    "fault": faults.to_plain,
}
_READERS: dict[str, Callable[[Any], Any]] = {
    "request": decode,
    "role": Role,
    "fault": faults.from_plain,
}


def to_row(happening: Happening) -> list[Any]:
    """Its name and what it holds, as the journal keeps it."""
    kind: Any = type(happening)
    values = ((field.name, getattr(happening, field.name)) for field in fields(kind))
    return [kind.__name__, *(_WRITERS.get(name, _as_is)(value) for name, value in values)]


def from_row(row: list[Any]) -> Happening:
    """The happening that :func:`to_row` gave.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    kind = _KINDS[row[0]]
    names = [field.name for field in fields(kind)]
    values = zip(names, row[1:], strict=True)
    happening: Happening = kind(*(_READERS.get(name, _as_is)(value) for name, value in values))
    return happening


def _as_is(value: Any) -> Any:
    return value
