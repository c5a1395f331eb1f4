"""From referral to readiness for a trial, and those who do not come so far."""

from __future__ import annotations

from datetime import datetime, timedelta

from thecal.clinic.demo.scribe import NEUROPSYCHOLOGIST, NURSE, PHYSICIAN, Scribe, Story
from thecal.clinic.demo.therapies import Therapy

YES = dict.fromkeys(
    (
        "conservative_therapy_failed",
        "no_further_surgery",
        "no_untreated_habituation",
        "no_contraindication",
    ),
    "yes",
)
RISKS = ["infection", "granuloma", "paralysis"]


def treated(therapy: Therapy) -> dict[str, str]:
    """What is treated, as a referral says it."""
    origin = {"spasticity_origin": therapy.origin} if therapy.origin else {}
    return {"indication": therapy.indication, **origin}


def referred(s: Scribe, at: datetime, therapy: Therapy) -> Story:
    """Referred, and measured before treatment."""
    yield at
    pain = therapy.indication == "pain"
    question = "Pain after two operations on the spine." if pain else "Spasms that keep from sleep."
    s.do(
        "selection.refer",
        NURSE,
        **treated(therapy),
        referred_by="an invented family doctor",
        question=question,
    )


def baseline(s: Scribe, therapy: Therapy) -> None:
    """What benefit will be shown against."""
    if therapy.indication == "pain":
        s.do("followup.record-score", NURSE, instrument="nrs", score="8")
        medicines = [{"drug": "morphine", "daily_dose": "90 mg/day"}]
    else:
        s.do(
            "followup.record-score",
            NURSE,
            instrument="modified-ashworth",
            score="3",
            site="right quadriceps",
        )
        s.do("followup.record-score", NURSE, instrument="penn-spasm-frequency", score="4")
        medicines = [{"drug": "baclofen", "daily_dose": "80 mg/day"}]
    s.do("followup.record-oral-medicines", NURSE, medicines=medicines)
    s.do(
        "followup.record-side-effects",
        NURSE,
        nausea="moderate",
        vomiting="mild",
        sedation="severe",
        constipation="severe",
    )


def indicated(s: Scribe, **changed: str) -> None:
    """The indications, answered."""
    s.do("selection.answer-indications", PHYSICIAN, **{**YES, **changed})


def assessed(s: Scribe, clearance: str = "cleared", conditions: str = "") -> None:
    """The neuropsychologist's assessment."""
    s.do(
        "assessments.record-psychological",
        NEUROPSYCHOLOGIST,
        clearance=clearance,
        conditions=conditions,
        untreated_habituation=False,
        summary="Understands what a pump can do and what it cannot. Invented, as all here.",
    )


def selected(s: Scribe, at: datetime, therapy: Therapy) -> Story:
    """Referred, answered, cleared and measured: all within two weeks."""
    yield from referred(s, at, therapy)
    yield at + timedelta(days=6)
    indicated(s)
    baseline(s, therapy)
    yield at + timedelta(days=13)
    assessed(s)


def waits_for_everything(s: Scribe, therapy: Therapy, days: float) -> Story:
    """Referred, and nothing else yet."""
    yield from referred(s, s.house.before(days=days), therapy)


def waits_for_psychologist(s: Scribe, therapy: Therapy, days: float) -> Story:
    """Everything but the psychological assessment, which is pending."""
    yield from referred(s, s.house.before(days=days), therapy)
    yield s.house.before(days=days - 4)
    indicated(s)
    baseline(s, therapy)


def is_not_cleared(s: Scribe, therapy: Therapy, days: float) -> Story:
    """Refused by the psychological assessment."""
    yield from waits_for_psychologist(s, therapy, days)
    yield s.house.before(days=days - 12)
    assessed(s, "not-cleared")


def is_contraindicated(s: Scribe, therapy: Therapy, days: float) -> Story:
    """Refused by a contraindication."""
    yield from referred(s, s.house.before(days=days), therapy)
    yield s.house.before(days=days - 3)
    indicated(s, no_contraindication="no", contraindications="An infection of the skin.")


def is_ready(s: Scribe, therapy: Therapy, days: float) -> Story:
    """Nothing stands against a trial, and it is not scheduled yet."""
    yield from selected(s, s.house.before(days=days), therapy)


def trial_is_scheduled(s: Scribe, therapy: Therapy, days: float) -> Story:
    """A trial in three days; the consent is there, an anticoagulant has still to be stopped."""
    yield from selected(s, s.house.before(days=days), therapy)
    yield s.house.before(days=2)
    s.do(
        "appointments.schedule-trial",
        NURSE,
        planned=s.now + timedelta(days=9),
        method="catheter" if therapy.indication == "pain" else "bolus",
    )
    s.do("selection.review-anticoagulants", NURSE, taken=["warfarin"])
    s.do("selection.record-anticoagulant", NURSE, agent="warfarin", agent_class="warfarin")
    consent(s, "trial")


def consent(s: Scribe, procedure: str) -> None:
    """A consent with the three risks."""
    s.do(
        "selection.record-consent",
        PHYSICIAN,
        procedure=procedure,
        risks=RISKS,
        discussed_by="Dr Larch (invented)",
    )
