"""Facts of an operation and the days around it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Literal

from thecal.care.facts.history import Answer, Event, Procedure
from thecal.care.facts.trial import Method


class Closure(StrEnum):
    """What closes the wound."""

    STAPLES = "staples"
    STITCHES = "stitches"
    ABSORBABLE = "absorbable"
    """Stitches that need no removing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled(Event):
    """At ``at`` a procedure was put into the calendar.

    Attributes:
        planned: for when.
        method: of a trial; None if undecided.
    """

    kind: ClassVar[str] = "scheduled"
    procedure: Procedure
    planned: datetime
    method: Method | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled(Event):
    """A scheduled procedure was taken out of the calendar."""

    kind: ClassVar[str] = "cancelled"
    procedure: Procedure


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared(Event):
    """The skin was prepared."""

    kind: ClassVar[str] = "prepared"
    measure: Literal["decolonised", "chlorhexidine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AntibioticGiven(Event):
    """The antibiotic before the incision was given."""

    kind: ClassVar[str] = "antibiotic-given"


@dataclass(frozen=True, slots=True, kw_only=True)
class AntibioticStopped(Event):
    """The last antibiotic was given."""

    kind: ClassVar[str] = "antibiotic-stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Implanted(Event):
    """A permanent pump was placed; ``at`` is the incision.

    Attributes:
        pump: its catalogue key, None if not recorded.
        catheter: its catalogue key, None if not recorded.
        replaces: whether in place of an earlier pump.
        closure: of the wound, None if not recorded.
    """

    kind: ClassVar[str] = "implanted"
    pump: str | None = None
    catheter: str | None = None
    replaces: bool = False
    closure: Closure | None = None
    anaesthesia: Literal["general", "spinal", "local"] | None = None
    pocket: Literal["abdominal", "other"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver(Event):
    """The patient came with a pump that was placed elsewhere.

    Attributes:
        implanted: when it was placed, None if unknown.
    """

    kind: ClassVar[str] = "taken-over"
    pump: str | None = None
    catheter: str | None = None
    implanted: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Discharged(Event):
    """The patient went home."""

    kind: ClassVar[str] = "discharged"


@dataclass(frozen=True, slots=True, kw_only=True)
class WoundChecked(Event):
    """A physician looked at the wound."""

    kind: ClassVar[str] = "wound-checked"
    healthy: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosuresRemoved(Event):
    """Staples or stitches are out."""

    kind: ClassVar[str] = "closures-removed"
