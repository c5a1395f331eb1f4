"""What can be asked about assessments."""

from __future__ import annotations

from typing import Self
from uuid import UUID

from pydantic import model_validator

from thecal.clinic.assessments.models import Clearance
from thecal.clinic.record.orders import Note, Order, Past, Text


class PsychologicalFinding(Order):
    """A psychological assessment as its neuropsychologist gives it."""

    happened_at: Past
    clearance: Clearance
    conditions: Note = ""
    untreated_habituation: bool
    summary: Text

    @model_validator(mode="after")
    def _conditions_are_named(self) -> Self:
        if (self.clearance is Clearance.CONDITIONAL) is not bool(self.conditions):
            raise ValueError("conditions are named where the clearance is conditional, only there")
        return self


class PsychologicalCorrection(PsychologicalFinding):
    """An assessment that replaces another."""

    corrects: UUID
    why: Text
