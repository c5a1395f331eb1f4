"""What can be asked of the operation and of what comes after it."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from thecal.clinic.pathway.orders import Treating
from thecal.clinic.pathway.recording import Happened, When
from thecal.clinic.pathway.words import Anaesthesia, Answer, Closure, Measure, Pocket, Side
from thecal.clinic.record.orders import Brief, Line, Note, Text
from thecal.units import LENGTH, UnitError, parse


def _length_or_nothing(text: str) -> str:
    if text:
        try:
            parse(text, LENGTH)
        except UnitError as error:
            raise ValueError(str(error)) from None
    return text


class PreparationOrder(Happened):
    """A preparation."""

    measure: Measure


class AntibioticOrder(Happened):
    """A dose."""

    agent: Line
    dose: Line
    before_incision: bool = Field(title="This is the dose before the incision")
    is_last: bool = Field(title="This is the last dose")


class ImplantOrder(Happened):
    """A permanent pump; models by their names in Thecal's catalogue."""

    pump: Line = Field(examples=["synchromed-ii-20"])
    pump_serial: Line
    catheter: Brief = Field(default="", examples=["ascenda-8780"])
    catheter_serial: Brief = ""
    catheter_length: Annotated[Brief, AfterValidator(_length_or_nothing)] = Field(
        default="", title="Catheter as implanted, after trimming", description="for example 89 cm"
    )
    entry_level: Brief = Field(default="", title="Level where the catheter enters")
    tip_level: Brief = ""
    anaesthesia: Anaesthesia | None = None
    pocket: Pocket | None = None
    pocket_side: Side | None = Field(default=None, title="Side of the pocket")
    closure: Closure | None = None
    notes: Note = ""


class TakeOverOrder(Treating):
    """A patient who brings a pump, and what is treated with it."""

    pump: Brief = ""
    pump_serial: Brief = ""
    catheter: Brief = ""
    implanted: When | None = None
    from_whom: Text = Field(title="Taken over from")


class DischargeOrder(Happened):
    """Going home."""

    adverse_reactions: Note = ""


class WoundCheckOrder(Happened):
    """A look at the wound."""

    healthy: Answer
    notes: Note = ""

    @model_validator(mode="after")
    def _what_is_wrong_is_said(self) -> Self:
        if self.healthy is Answer.NO and not self.notes:
            raise ValueError("what is wrong with the wound is said in the notes")
        return self


class ExplantOrder(Happened):
    """The pump out."""

    reason: Text
    infected: bool | None = Field(default=None, title="For an infection")
    closure: Closure | None = None
    notes: Note = ""
