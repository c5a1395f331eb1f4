"""Patients who run on their pumps: refills, dose changes, and what benefit they have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from thecal.clinic.demo.scribe import NURSE, PHYSICIAN, Scribe, Story
from thecal.clinic.demo.stories.implant import (
    StoryError,
    filled,
    home,
    implanted,
    prescribed,
    pump_entered,
    sent,
)
from thecal.clinic.demo.stories.selection import treated
from thecal.clinic.demo.stories.trial import score
from thecal.clinic.demo.therapies import Therapy
from thecal.clinic.prescriptions.checking import check
from thecal.clinic.pumps.models import Status
from thecal.units import VOLUME, exact_text

_DAY = timedelta(days=1)
_AGE_YEARS = 50
"""Of nobody: a fill lasts as long at any age."""
_SOONER = 0.85
"""Of the days that a fill lasts, when the next one was given."""


def lasts_days(therapy: Therapy, before: Therapy | None, on: datetime) -> int:
    """Days from a fill to its latest safe day; to the day it is due, where that is not known.

    Raises:
        StoryError: it has neither.
    """
    day, refill = on.date(), check(therapy.text(_AGE_YEARS, before), on.date()).case.refill
    last = (refill.latest_safe(day) or refill.due(day)) if refill else None
    if last is None:
        raise StoryError(f"{therapy.dose} of {therapy.drugs} has no day for its refill")
    return (last - day).days


def fills_at(s: Scribe, steps: Sequence[Therapy], left_days: float) -> list[datetime]:
    """When each step was filled, so that the last one's latest safe day is so far ahead."""
    before = [None, *steps[:-1]]
    days = [lasts_days(*pair, s.house.today) for pair in zip(steps, before, strict=True)]
    instants = [s.house.before(days=days[-1] - left_days)]
    for lasted in reversed(days[:-1]):
        instants.insert(0, instants[0] - round(lasted * _SOONER) * _DAY)
    return instants


def stable(s: Scribe, steps: Sequence[Therapy], left_days: float, *scores: str) -> Story:
    """Implanted here, then refilled as often as there are steps, each with its score."""
    first, *later = fills_at(s, steps, left_days)
    yield from implanted(s, first, steps[0])
    yield from home(s, first)
    for instant, therapy, value in zip(later, steps[1:], scores, strict=True):
        yield instant
        outcomes(s, therapy, value)
        yield from filled(s, therapy)


def outcomes(s: Scribe, therapy: Therapy, value: str) -> None:
    """What is asked at a visit: benefit against before treatment, and signs of harm."""
    score(s, therapy, value)
    if therapy.indication == "pain":
        medicines = [{"drug": "morphine", "daily_dose": "20 mg/day"}]
    else:
        s.do("followup.record-score", NURSE, instrument="penn-spasm-frequency", score="1")
        medicines = [{"drug": "baclofen", "daily_dose": "10 mg/day"}]
    s.do("followup.record-oral-medicines", NURSE, medicines=medicines)
    s.do(
        "followup.record-side-effects",
        NURSE,
        nausea="none",
        vomiting="none",
        sedation="mild",
        constipation="mild",
    )
    s.do("followup.record-activity", NURSE, change="better")
    s.do("followup.record-surveillance", NURSE, answers=answers())


def answers(**changed: str) -> dict[str, str]:
    """An answer to each question about infection, granuloma and paralysis."""
    asked = (
        "fever",
        "wound",
        "meningism",
        "effect-lost",
        "band-pain",
        "feeling",
        "weakness",
        "bladder-bowel",
    )
    return {
        **dict.fromkeys(asked, "no"),
        **{key.replace("_", "-"): one for key, one in changed.items()},
    }


def left_by_the_pump(s: Scribe) -> str:
    """What the pump says is left in its reservoir.

    Raises:
        StoryError: it believes nothing.
    """
    s.do("pumps.interrogate", NURSE, device=s.device.pk)
    told = Status.objects.filter(patient=s.patient).latest("recorded_at")
    if told.remaining_ml is None:
        raise StoryError("the pump believes nothing of its reservoir")
    return exact_text(told.remaining_ml, VOLUME)


def dose_changed(s: Scribe, therapy: Therapy) -> None:
    """Another dose of what is in the reservoir; the volume stays what the pump believes.

    Raises:
        StoryError: the pump believes nothing, or does not hold it in the end.
    """
    prescribed(s, therapy.holding(left_by_the_pump(s)))
    sent(s, therapy)


def taken_over(s: Scribe, at: datetime, therapy: Therapy, implanted_days: float) -> Story:
    """Brought a pump from another clinic, which came stopped and empty; filled here."""
    yield at
    since = s.house.before(days=implanted_days)
    s.do(
        "implants.take-over",
        PHYSICIAN,
        **treated(therapy),
        pump=therapy.model,
        pump_serial=s.serial,
        catheter=therapy.catheter,
        implanted=since,
        from_whom="Another clinic, as invented as this one.",
    )
    pump_entered(s, therapy, since)
    score(s, therapy, "7" if therapy.indication == "pain" else "3")
    yield from filled(s, therapy)


def service_ends(s: Scribe, therapy: Therapy, implanted_days: float) -> Story:
    """Its pump must be replaced within its maker's time."""
    yield from taken_over(s, s.house.before(days=20), therapy, implanted_days)
    yield s.house.before(days=2)
    s.do("pumps.interrogate", NURSE, device=s.device.pk)
    outcomes(s, therapy, "3")
