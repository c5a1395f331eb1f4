"""Facts of conduct: waivers, tasks done, harm, the pump taken out, care that ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from thecal.care.facts.history import Event
from thecal.care.facts.surgery import Closure


class Role(StrEnum):
    """In what role a person acts."""

    PHYSICIAN = "physician"
    NURSE = "nurse"
    PHARMACIST = "pharmacist"
    NEUROPSYCHOLOGIST = "neuropsychologist"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver(Event):
    """A person took one requirement upon themselves; it is shown ever after.

    Attributes:
        requirement: its code.
        role: the person's; the requirement says which may waive it.
        who: whatever identifies the person in the record.
        reason: in the person's words.
    """

    kind: ClassVar[str] = "waiver"
    requirement: str
    role: Role
    who: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDone(Event):
    """A task was closed by a person.

    Attributes:
        key: the task's, as the pathway gave it.
        outcome: what came of it.
    """

    kind: ClassVar[str] = "task-done"
    key: str
    outcome: str


class Harm(StrEnum):
    """What harm came to the patient."""

    INFECTION = "infection"
    GRANULOMA = "granuloma"
    PARALYSIS = "paralysis"
    WITHDRAWAL = "withdrawal"
    OVERDOSE = "overdose"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmOccurred(Event):
    """An adverse event."""

    kind: ClassVar[str] = "harm"
    harm: Harm
    serious: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanted(Event):
    """The pump was taken out and not replaced; a new course of care begins from nothing.

    Attributes:
        reason: why.
        closure: of the wound, None if not recorded.
        infected: whether for an infection.
    """

    kind: ClassVar[str] = "explanted"
    reason: str
    closure: Closure | None = None
    infected: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(Event):
    """The clinic's care ended, for example by transfer or death."""

    kind: ClassVar[str] = "ended"
    reason: str
