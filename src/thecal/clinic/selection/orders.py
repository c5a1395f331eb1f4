"""What can be asked of selection."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from thecal.clinic.pathway.orders import Lines, Treating
from thecal.clinic.pathway.recording import Happened
from thecal.clinic.pathway.words import AgentClass, Answer, Procedure, Risk
from thecal.clinic.record.orders import Brief, Line, Note, Text


class ReferralOrder(Treating):
    """A referral, and what is to be treated."""

    referred_by: Line
    question: Text


class CandidacyOrder(Happened):
    """The indications, as the leaflet has them."""

    conservative_therapy_failed: Answer = Field(title="More conservative therapies have failed")
    no_further_surgery: Answer = Field(title="Further surgery is not indicated or not possible")
    no_untreated_habituation: Answer = Field(title="No serious untreated drug habituation")
    no_contraindication: Answer = Field(title="No contraindication to implantation")
    contraindications: Note = ""

    @model_validator(mode="after")
    def _contraindications_are_named(self) -> Self:
        if (self.no_contraindication is Answer.NO) is not bool(self.contraindications):
            raise ValueError("contraindications are named where there are any, and only there")
        return self


class ConsentOrder(Happened):
    """A consent."""

    procedure: Procedure
    risks: list[Risk] = Field(default=[], title="Risks that were discussed")
    discussed_by: Line
    notes: Note = ""


class ConsentWithdrawalOrder(Happened):
    """A consent taken back."""

    procedure: Procedure


class BloodReviewOrder(Happened):
    """Everything that thins the blood, an agent a line; nothing, if none is taken."""

    taken: Lines = Field(default=[], title="Agents taken, one a line")


class AnticoagulantOrder(Happened):
    """An agent; Thecal has no half-lives of its own."""

    agent: Line
    agent_class: AgentClass
    half_life: Brief = Field(default="", description="of a direct agent, for example 12 h")


class AnticoagulantStopOrder(Happened):
    """The last dose."""

    agent: Line


class InrOrder(Happened):
    """An INR; whoever enters it says whether it is normal."""

    value: Line
    normal: bool


class CareEndOrder(Happened):
    """The end of care."""

    reason: Text
