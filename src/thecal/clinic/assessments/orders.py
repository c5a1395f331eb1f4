"""What can be asked about assessments."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from thecal.clinic.assessments.models import Clearance
from thecal.clinic.pathway.recording import Happened
from thecal.clinic.record.orders import Line, Note, Text


class PsychologicalFinding(Happened):
    """A psychological assessment as its neuropsychologist gives it."""

    clearance: Clearance
    conditions: Note = ""
    untreated_habituation: bool
    summary: Text

    @model_validator(mode="after")
    def _conditions_are_named(self) -> Self:
        if (self.clearance is Clearance.CONDITIONAL) is not bool(self.conditions):
            raise ValueError("conditions are named where the clearance is conditional, only there")
        return self


class PsychiatricFinding(Happened):
    """A psychiatric assessment as the psychiatrist's letter has it."""

    psychiatrist: Line
    finding: Text
    recommendation: Note = ""
