"""What can be asked of a trial."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from thecal.clinic.pathway.orders import Lines
from thecal.clinic.pathway.recording import Happened
from thecal.clinic.pathway.words import Answer, Method, Sedation
from thecal.clinic.record.orders import Brief, Line, Note, Text, measured
from thecal.units import MASS

MOST_BREATHS, MOST_BEATS = 99, 400
"""Beyond these a sign is a slip of the pen."""


class TrialStartOrder(Happened):
    """The start, and where the catheter lies."""

    method: Method
    entry_level: Brief = ""
    tip_level: Brief = ""
    tunnelled: bool | None = Field(default=None, title="Tunnelled under the skin")
    notes: Note = ""


class BolusOrder(Happened):
    """A single dose, for example 50 µg."""

    drug: Line
    dose: Annotated[Line, measured(MASS)]


class InfusionOrder(Happened):
    """What the external pump gives, as it is set there."""

    drugs: Lines = Field(title="Drugs, one a line", min_length=1)
    pump: Line = Field(title="External pump")
    rate: Line = Field(title="Rate, as set on the pump")
    concentrations: Text


class FlowRowOrder(Happened):
    """A row of the flow sheet."""

    poss: Sedation | None = Field(default=None, title="Sedation (POSS)")
    respiratory_rate: int | None = Field(
        default=None, ge=0, le=MOST_BREATHS, title="Breaths a minute"
    )
    spo2: int | None = Field(default=None, ge=0, le=100, title="SpO2 in percent")
    heart_rate: int | None = Field(default=None, ge=0, le=MOST_BEATS)
    spasticity: bool = Field(default=False, title="Spasticity was assessed")
    pain: int | None = Field(default=None, title="Pain, 0 to 10")
    ashworth: Brief = Field(default="", title="Modified Ashworth: 0, 1, 1+, 2, 3, 4")
    site: Brief = Field(default="", title="Muscle, for the Ashworth")
    notes: Note = ""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        asked = (self.poss, self.respiratory_rate, self.spo2, self.heart_rate, self.pain)
        if all(one is None for one in asked) and not (self.spasticity or self.ashworth):
            raise ValueError("a row says at least one thing that was observed")
        return self


class FunctionOrder(Happened):
    """Function in the trial."""

    answer: Answer
    notes: Note = ""


class TrialStopOrder(Happened):
    """An early end."""

    reason: Text


class TrialEndOrder(Happened):
    """The end."""

    intact: Answer = Field(title="The catheter came out whole")
    notes: Note = ""


class DecisionOrder(Happened):
    """The decision."""

    proceeds: bool = Field(title="A permanent pump is wanted")
    reason: Text
