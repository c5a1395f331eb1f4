"""Facts of a pump that runs: interrogations, scans, what the patient was asked, effect lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from thecal.care.facts.history import Answer, Event
from thecal.care.facts.refill import Ingredient, Volume
from thecal.therapy.file.prescription import StepRate


class StepResult(StrEnum):
    """What a step of the troubleshooting path came to."""

    NORMAL = "normal"
    ABNORMAL = "abnormal"
    FAILED = "failed"
    """It could not be done: nothing came out, nothing was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrogated(Event):
    """What an interrogation read; None where it did not.

    Attributes:
        digest: of the program held, by which it is compared.
        running: whether the pump delivers.
        stall_logged: whether the log has a motor stall since the scan.
        recovery_logged: whether the log has the recovery from it.
        replacement_indicated: whether the elective replacement indicator is up.
        replace_by: the date that the pump gives.
        reservoir_ml: what it believes is left.
        daily_dose_ug: the programmed dose of the primary drug.
        alarms: those that sounded, in the pump's own words; see ``silent`` where there are none.
        silent: whether none sounded; None if alarms were not read.
    """

    kind: ClassVar[str] = "interrogated"
    digest: str | None = None
    running: bool | None = None
    stall_logged: bool | None = None
    recovery_logged: bool | None = None
    replacement_indicated: bool | None = None
    replace_by: date | None = None
    reservoir_ml: Annotated[Volume | None, Field(alias="reservoir")] = None
    daily_dose_ug: Annotated[StepRate | None, Field(alias="daily_dose")] = None
    alarms: tuple[str, ...] = ()
    silent: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MriPlanned(Event):
    """A scan is planned.

    Attributes:
        tesla: the scanner's field, None if unknown.
    """

    kind: ClassVar[str] = "mri-planned"
    planned: datetime
    tesla: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MriScanned(Event):
    """A scan ended."""

    kind: ClassVar[str] = "mri-scanned"


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveillanceAnswered(Event):
    """The structured questions were asked; what is left out is unknown.

    Attributes:
        answers: question id to answer.
    """

    kind: ClassVar[str] = "surveillance"
    answers: Mapping[str, Answer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectLost(Event):
    """The effect was lost, whatever the volumes say: the troubleshooting path begins."""

    kind: ClassVar[str] = "effect-lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectStepDone(Event):
    """A step of the troubleshooting path was done.

    Attributes:
        step: its id.
    """

    kind: ClassVar[str] = "effect-step"
    step: str
    result: StepResult


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectPathEnded(Event):
    """The cause was found and dealt with, or the search was given up."""

    kind: ClassVar[str] = "effect-path-ended"
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PortInjectionPlanned(Event):
    """Something is to be injected into the catheter access port.

    Attributes:
        drugs: what it contains; empty for contrast or saline.
    """

    kind: ClassVar[str] = "port-injection-planned"
    drugs: tuple[Ingredient, ...] = ()
