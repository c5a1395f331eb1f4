"""A history: the patient, the clinic's time zone, and what happened, in order.

Instants are aware, and are kept in UTC. A naive one is refused: nobody can say when it was.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import ClassVar, TypeVar
from zoneinfo import ZoneInfo

from pydantic import ConfigDict

from thecal.therapy.file.prescription import Indication, SpasticityOrigin

__all__ = ["Answer", "Event", "History", "Indication", "Patient", "Procedure"]


class Answer(StrEnum):
    """What is known of a question. Unknown is an answer, and never counts as yes."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, known: bool | None) -> Answer:
        """Yes or no, or unknown where nothing is known."""
        if known is None:
            return cls.UNKNOWN
        return cls.YES if known else cls.NO


class Procedure(StrEnum):
    """What is consented to, scheduled, cancelled."""

    TRIAL = "trial"
    IMPLANT = "implant"
    REPLACEMENT = "replacement"
    EXPLANT = "explant"
    REFILL = "refill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened.

    Attributes:
        at: when, aware; kept in UTC.

    Raises:
        ValueError: an instant has no time zone.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    kind: ClassVar[str] = ""
    at: datetime

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, datetime):
                object.__setattr__(self, field.name, in_utc(value))


def in_utc(instant: datetime) -> datetime:
    """The same instant in UTC.

    Raises:
        ValueError: it has no time zone, or is out of the calendar's range.
    """
    if instant.utcoffset() is None:
        raise ValueError(f"{instant.isoformat()} has no time zone; expected an aware instant")
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{instant.isoformat()} is out of range") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What of the patient is no event; None where it is not known.

    Attributes:
        child: whether the smaller first screening dose of baclofen is meant.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    indication: Indication
    spasticity_origin: SpasticityOrigin | None = None
    child: bool = False


E_co = TypeVar("E_co", bound=Event, covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All facts of one patient that stand; corrected ones are left out by whoever keeps them.

    Attributes:
        zone: the clinic's, in which days and nights are counted.
        events: in order of their instants; those of one instant keep the order given.
    """

    patient: Patient
    zone: ZoneInfo
    events: tuple[Event, ...] = ()

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.events, key=lambda event: event.at))
        object.__setattr__(self, "events", ordered)

    def until(self, now: datetime) -> History:
        """Without what has not happened yet at ``now``."""
        return replace(self, events=tuple(one for one in self.events if one.at <= now))

    def since(self, start: datetime) -> History:
        """From ``start`` on, that instant included."""
        return replace(self, events=tuple(one for one in self.events if one.at >= start))

    def only(self, kinds: tuple[type[Event], ...]) -> History:
        """Only events of these classes."""
        return replace(self, events=tuple(one for one in self.events if isinstance(one, kinds)))

    def having(self, event: Event) -> History:
        """With one more event."""
        return replace(self, events=(*self.events, event))

    def all(self, kind: type[E_co]) -> tuple[E_co, ...]:
        """Every event of a class, the earliest first."""
        return tuple(one for one in self.events if isinstance(one, kind))

    def last(self, kind: type[E_co]) -> E_co | None:
        """The latest event of a class, None if there is none."""
        return next((one for one in reversed(self.events) if isinstance(one, kind)), None)
