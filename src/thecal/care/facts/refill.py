"""Facts of filling and programming a pump."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from thecal.care.facts.history import Answer, Event
from thecal.therapy.file.prescription import AlarmVolume, Concentration
from thecal.therapy.file.prescription import Volume as PositiveVolume

Volume = AlarmVolume
"""A volume that may be zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingredient:
    """One drug of a solution.

    Attributes:
        concentration_ug_per_ml: in µg/mL.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    drug: str
    concentration_ug_per_ml: Annotated[Concentration, Field(alias="concentration")]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefillBegun(Event):
    """A refill visit began; what belongs to it follows."""

    kind: ClassVar[str] = "refill-begun"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aspirated(Event):
    """The reservoir was drawn empty.

    Attributes:
        volume_ml: what came out.
        expected_ml: what the pump believed was left and the needle should find; None if unknown.
        delivered_ml: what it believed it had delivered since the fill before; None if unknown.
    """

    kind: ClassVar[str] = "aspirated"
    volume_ml: Annotated[Volume, Field(alias="volume")]
    expected_ml: Annotated[Volume | None, Field(alias="expected")] = None
    delivered_ml: Annotated[Volume | None, Field(alias="delivered")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceInvestigated(Event):
    """A difference between aspirated and expected was looked into.

    Attributes:
        finding: what it came to.
        may_fill: whether whoever looked into it lets the fill go on.
    """

    kind: ClassVar[str] = "difference-investigated"
    finding: str
    may_fill: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelRead(Event):
    """The pharmacy's label, entered apart from the prescription.

    Attributes:
        label: what the syringe says.
        ordered: what the prescription says.
    """

    kind: ClassVar[str] = "label-read"
    label: tuple[Ingredient, ...]
    ordered: tuple[Ingredient, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rinsed(Event):
    """The reservoir was rinsed.

    Attributes:
        times: how often.
        volume_ml: each time.
    """

    kind: ClassVar[str] = "rinsed"
    times: int
    volume_ml: Annotated[PositiveVolume, Field(alias="volume")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled(Event):
    """The reservoir was filled.

    Attributes:
        refill_due: by the plan at nominal accuracy; None if unknown.
        latest_safe: by the plan at the pump's upper accuracy; None if unknown.
    """

    kind: ClassVar[str] = "filled"
    volume_ml: Annotated[PositiveVolume, Field(alias="volume")]
    drugs: tuple[Ingredient, ...]
    refill_due: date | None = None
    latest_safe: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchEnded(Event):
    """The patient was watched after a fill until this instant.

    Attributes:
        overdose_signs: whether there were any: the sign of a fill beside the reservoir.
    """

    kind: ClassVar[str] = "watch-ended"
    overdose_signs: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChecked(Event):
    """A plan was checked and is about to be sent.

    Attributes:
        digest: of its program.
        accepted: no stop, and every confirm signed.
        second_person: whether one of its findings asks for a second person.
        who: who means to send it.
    """

    kind: ClassVar[str] = "plan-checked"
    digest: str
    accepted: bool
    second_person: Answer
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondPersonConfirmed(Event):
    """A second person checked the program of this digest."""

    kind: ClassVar[str] = "second-person-confirmed"
    digest: str
    who: str


class Came(StrEnum):
    """What came of sending a program."""

    VERIFIED = "verified"
    """It was read back, and is exactly what was sent."""
    UNKNOWN = "unknown"
    """Nobody knows whether the pump acted on it."""
    MISMATCH = "mismatch"
    """The pump holds something else."""
    NOT_DONE = "not-done"
    """The pump did not act on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramSent(Event):
    """A program was sent, or what came of it was found out.

    Attributes:
        session: whatever tells this sending apart from others; the same for what is found later.
        digest: of the program.
    """

    kind: ClassVar[str] = "program-sent"
    session: str
    digest: str
    came: Came
