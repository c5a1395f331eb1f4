"""Facts of selection: referral, candidacy, psychology, consent, what thins the blood."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, ClassVar

from pydantic import Field, PlainValidator

from thecal.care.facts.history import Answer, Event, Procedure
from thecal.units import DURATION, parse

_A_YEAR_S = Fraction(31_557_600)


def _half_life(text: object) -> Fraction:
    seconds = parse(text, DURATION)
    if not 0 < seconds <= _A_YEAR_S:
        raise ValueError(f"{text!r} is no half-life; expected above zero and at most a year")
    return seconds


Seconds = Annotated[Fraction, PlainValidator(_half_life)]


class Criterion(StrEnum):
    """The indications that a person answers; psychology has facts of its own."""

    CONSERVATIVE_THERAPY_FAILED = "conservative-therapy-failed"
    NO_FURTHER_SURGERY = "no-further-surgery"
    """Further surgery is not indicated, or not possible."""
    NO_UNTREATED_HABITUATION = "no-untreated-habituation"
    NO_CONTRAINDICATION = "no-contraindication"


class Assessment(StrEnum):
    """What the psychological assessment came to."""

    CLEARED = "cleared"
    NOT_CLEARED = "not-cleared"
    UNDECIDED = "undecided"


class Risk(StrEnum):
    """The three risks that the leaflet wants discussed."""

    INFECTION = "infection"
    GRANULOMA = "granuloma"
    PARALYSIS = "paralysis"


class AgentClass(StrEnum):
    """How an agent's pause is counted."""

    DIRECT = "direct"
    """A direct oral anticoagulant: by its half-life."""
    WARFARIN = "warfarin"
    CLOPIDOGREL = "clopidogrel"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Referred(Event):
    """The patient was referred."""

    kind: ClassVar[str] = "referred"


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidacyAnswered(Event):
    """One indication was answered; the latest answer counts."""

    kind: ClassVar[str] = "candidacy"
    criterion: Criterion
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class PsychologicalAssessment(Event):
    """A psychological assessment; the latest counts.

    Attributes:
        by_neuropsychologist: whether a neuropsychologist made it; no other counts.
    """

    kind: ClassVar[str] = "psychological-assessment"
    by_neuropsychologist: bool
    outcome: Assessment


@dataclass(frozen=True, slots=True, kw_only=True)
class Consented(Event):
    """The patient consented.

    Attributes:
        risks: those discussed beforehand.
    """

    kind: ClassVar[str] = "consented"
    procedure: Procedure
    risks: frozenset[Risk]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWithdrawn(Event):
    """The patient withdrew a consent."""

    kind: ClassVar[str] = "consent-withdrawn"
    procedure: Procedure


@dataclass(frozen=True, slots=True, kw_only=True)
class AnticoagulantsReviewed(Event):
    """Somebody asked what thins the blood; ``taken`` lists every agent that the patient takes.

    Attributes:
        taken: their names, as later facts name them; empty if none.
    """

    kind: ClassVar[str] = "anticoagulants-reviewed"
    taken: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnticoagulantTaken(Event):
    """The patient takes an agent.

    Attributes:
        half_life_s: in seconds, from whoever knows it; None if unknown. Thecal has no figure.
    """

    kind: ClassVar[str] = "anticoagulant-taken"
    agent: str
    agent_class: AgentClass
    half_life_s: Annotated[Seconds | None, Field(alias="half_life")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnticoagulantStopped(Event):
    """The last dose of an agent was taken at this instant."""

    kind: ClassVar[str] = "anticoagulant-stopped"
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InrMeasured(Event):
    """The INR was measured, and a person judged whether it is normal."""

    kind: ClassVar[str] = "inr-measured"
    normal: bool
