"""Facts of a trial and of a patient's observation, the flow sheet's rows among them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from thecal.care.facts.history import Answer, Event
from thecal.therapy.file.prescription import Dose


class Method(StrEnum):
    """How a trial gives its drug."""

    CATHETER = "catheter"
    """A tunnelled catheter and an external pump: the leaflet's trial."""
    BOLUS = "bolus"
    """Single injections, as in screening with baclofen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialStarted(Event):
    """A trial began: the catheter is in, or the first injection is due; ``at`` is admission."""

    kind: ClassVar[str] = "trial-started"
    method: Method


@dataclass(frozen=True, slots=True, kw_only=True)
class BolusGiven(Event):
    """A single dose was given.

    Attributes:
        dose_ug: in µg.
    """

    kind: ClassVar[str] = "bolus-given"
    drug: str
    dose_ug: Annotated[Dose, Field(alias="dose")]


@dataclass(frozen=True, slots=True, kw_only=True)
class InfusionStarted(Event):
    """An infusion of these drugs began in a trial."""

    kind: ClassVar[str] = "infusion-started"
    drugs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed(Event):
    """A row of the flow sheet; None where it was not recorded.

    Attributes:
        poss: sedation on the POSS, 1 to 4, or ``S`` for asleep and easy to rouse.
        respiratory_rate: breaths per minute.
        spo2: oxygen saturation in percent.
        spasticity: whether spasticity was assessed at this time.
    """

    kind: ClassVar[str] = "observed"
    poss: str | None = None
    respiratory_rate: int | None = None
    spo2: int | None = None
    heart_rate: int | None = None
    spasticity: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionAnswered(Event):
    """Whether function was kept or better while the drug worked."""

    kind: ClassVar[str] = "function"
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialStopped(Event):
    """The trial's drug was stopped before the observation was over."""

    kind: ClassVar[str] = "trial-stopped"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialCatheterRemoved(Event):
    """The trial catheter is out; a trial by bolus ends with this fact too."""

    kind: ClassVar[str] = "trial-catheter-removed"
