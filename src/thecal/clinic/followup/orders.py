"""What can be asked after the operation."""

from __future__ import annotations

from typing import Annotated, Any, cast

from pydantic import BeforeValidator, Field, create_model

from thecal.care import surveillance_questions
from thecal.clinic.pathway.recording import Happened, Planned
from thecal.clinic.pathway.words import Answer, Change, Grade, Harm, StepResult
from thecal.clinic.record.orders import Brief, Line, Note, Order, Text, measured
from thecal.units import CONCENTRATION, DOSE_RATE, VOLUME

_QUESTIONS = {
    one.id: cast("Any", (Answer, Field(default=Answer.UNKNOWN, title=one.text)))
    for one in surveillance_questions().values()
}
Answers = create_model("Answers", __base__=Order, **_QUESTIONS)
"""An answer to each question of the set; what was not asked is not known."""


class SurveillanceOrder(Happened):
    """A round of the questions."""

    answers: Answers  # type: ignore[valid-type]
    notes: Note = ""


class EffectLossOrder(Happened):
    """A lost effect begins the search, even where the residual volume is normal."""

    notes: Text = Field(title="What was noticed")


class EffectStepOrder(Happened):
    """A step, done."""

    step: Line
    result: StepResult
    notes: Note = ""


class EffectEndOrder(Happened):
    """The end of the search."""

    cause: Text


class ScanPlanOrder(Happened):
    """A plan."""

    planned: Planned
    tesla: Brief = Field(default="", title="The scanner's field in tesla, if known")


class ScanOrder(Happened):
    """A scan."""

    notes: Note = ""


class AdverseEventOrder(Happened):
    """Harm."""

    harm: Harm
    serious: bool | None = None
    what: Text = Field(title="What happened")


class MeasurementOrder(Happened):
    """A score as the instrument writes it."""

    instrument: Line
    score: Line
    site: Brief = Field(default="", title="Muscle, for the Ashworth")
    item_9: int | None = Field(default=None, title="Score of item 9, for the PHQ-9")


class Medicine(Order):
    """A medicine and its daily dose."""

    drug: Line
    daily_dose: Annotated[Line, measured(DOSE_RATE)]


def _medicines(given: Any) -> Any:
    """A page's lines, ``morphine: 60 mg/day``, as medicines."""
    if not isinstance(given, str):
        return given
    lines = [line.partition(":") for line in given.splitlines() if line.strip()]
    return [{"drug": drug, "daily_dose": dose} for drug, _, dose in lines]


class OralMedicinesOrder(Happened):
    """Everything by mouth against pain or spasm."""

    medicines: Annotated[list[Medicine], BeforeValidator(_medicines), Field(max_length=100)] = (
        Field(default=[], title="Medicines, one a line", description="as in: morphine: 60 mg/day")
    )


class SideEffectsOrder(Happened):
    """The four of the leaflet."""

    nausea: Grade | None = None
    vomiting: Grade | None = None
    sedation: Grade | None = None
    constipation: Grade | None = None


class ActivityOrder(Happened):
    """Activity."""

    change: Change = Field(title="Activity against before treatment")
    notes: Note = ""


class Part(Order):
    """One drug of a solution."""

    drug: Line
    concentration: Annotated[Line, measured(CONCENTRATION)]


def _parts(given: Any) -> Any:
    """A page's lines, ``morphine: 1 mg/mL``, as parts."""
    if not isinstance(given, str):
        return given
    lines = [line.partition(":") for line in given.splitlines() if line.strip()]
    return [{"drug": drug, "concentration": strength} for drug, _, strength in lines]


class PortPlanOrder(Happened):
    """What is to go into the catheter access port."""

    drugs: Annotated[list[Part], BeforeValidator(_parts), Field(max_length=100)] = Field(
        default=[],
        title="What it contains, a drug a line",
        description="as in: morphine: 1 mg/mL; empty for contrast or saline",
    )
    purpose: Text


class PortInjectionOrder(Happened):
    """What went into it."""

    volume: Annotated[Line, measured(VOLUME)]
    notes: Note = ""
