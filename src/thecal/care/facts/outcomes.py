"""Facts that show benefit: scores, oral medicines, side effects, activity."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from thecal.care.facts.history import Event
from thecal.therapy.file.prescription import StepRate


class Grade(StrEnum):
    """How bad a side effect is; an order, not a number."""

    NONE = "none"
    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"


class Change(StrEnum):
    """How something compares with before treatment."""

    WORSE = "worse"
    SAME = "same"
    BETTER = "better"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured(Event):
    """A score of an instrument. Scores only: the items belong to their owners.

    Attributes:
        instrument: its key.
        score: as the instrument writes it, for example ``7`` or ``1+``.
        site: which muscle, where the instrument is used on several; empty otherwise.
        item_9: the score of item 9, for the PHQ-9 only; None if not recorded.
    """

    kind: ClassVar[str] = "measured"
    instrument: str
    score: str
    site: str = ""
    item_9: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OralMedicine:
    """One medicine by mouth and its daily dose.

    Attributes:
        ug_per_day: in µg a day.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    drug: str
    ug_per_day: Annotated[StepRate, Field(alias="daily_dose")]


@dataclass(frozen=True, slots=True, kw_only=True)
class OralMedicinesTaken(Event):
    """Everything against pain or spasm that the patient takes by mouth; empty if nothing."""

    kind: ClassVar[str] = "oral-medicines"
    medicines: tuple[OralMedicine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SideEffectsAnswered(Event):
    """The four side effects that the leaflet names; None where not asked."""

    kind: ClassVar[str] = "side-effects"
    nausea: Grade | None = None
    vomiting: Grade | None = None
    sedation: Grade | None = None
    constipation: Grade | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityAnswered(Event):
    """Activities of daily living against before treatment."""

    kind: ClassVar[str] = "activity"
    change: Change
