"""The trial: those in it now, those who failed, and those who wait for their pump."""

from __future__ import annotations

from datetime import datetime, timedelta

from thecal.clinic.demo.scribe import NURSE, PHYSICIAN, Scribe, Story
from thecal.clinic.demo.stories.selection import consent, selected
from thecal.clinic.demo.therapies import Therapy

_HOUR = timedelta(hours=1)


def antibiotic(s: Scribe, *, last: bool = False) -> None:
    """A dose, before the incision or the last."""
    s.do(
        "implants.record-antibiotic",
        NURSE,
        agent="as the clinic's protocol has it",
        dose="once",
        before_incision=not last,
        is_last=last,
    )


def started(s: Scribe, at: datetime, therapy: Therapy, method: str = "catheter") -> Story:
    """Selected in time, scheduled, consented, and the trial started at an instant."""
    yield from selected(s, at - timedelta(days=30), therapy)
    yield at - timedelta(days=7)
    s.do("appointments.schedule-trial", NURSE, planned=at, method=method)
    consent(s, "trial")
    s.do("selection.review-anticoagulants", NURSE, taken=[])
    yield at - timedelta(minutes=30)
    score(s, therapy, "8" if therapy.indication == "pain" else "3")
    antibiotic(s)
    yield at
    tunnelled = {"tunnelled": True} if method == "catheter" else {}
    s.do("trials.start", PHYSICIAN, method=method, tip_level=therapy.tip, **tunnelled)


def score(s: Scribe, therapy: Therapy, value: str) -> None:
    """Pain, or spasm at one muscle."""
    pain = therapy.indication == "pain"
    where = {"instrument": "nrs"} if pain else {
        "instrument": "modified-ashworth", "site": "right quadriceps"
    }  # fmt: skip
    s.do("followup.record-score", NURSE, **where, score=value)


def infused(s: Scribe) -> None:
    """The external pump begins."""
    s.do(
        "trials.record-infusion",
        NURSE,
        drugs=["morphine"],
        pump="external pump",
        rate="0.1 mL/h",
        concentrations="morphine 1 mg/mL",
    )


def observed(s: Scribe, pain: str, poss: str = "1") -> None:
    """A row of the flow sheet."""
    s.do(
        "trials.record-observation",
        NURSE,
        pain=int(pain),
        poss=poss,
        respiratory_rate=14 if poss != "3" else 9,
        spo2=97 if poss != "3" else 92,
    )


def in_catheter_trial(s: Scribe, therapy: Therapy, hours: float, poss: str = "1") -> Story:
    """In a trial since so many hours, observed every hour; the next observation is near."""
    at = s.house.before(hours=hours)
    yield from started(s, at, therapy)
    yield at + timedelta(minutes=10)
    infused(s)
    observed(s, "7")
    for number in range(1, int(hours) + 1):
        yield at + number * _HOUR + timedelta(minutes=10)
        last = number == int(hours)
        observed(s, "6" if number < 3 else "3", poss if last else "1")  # noqa: PLR2004


def in_screening(s: Scribe, therapy: Therapy, hours: float) -> Story:
    """Screened by a first dose of baclofen so many hours ago."""
    at = s.house.before(hours=hours)
    yield from started(s, at, therapy, "bolus")
    yield at + timedelta(minutes=5)
    s.do("trials.record-bolus", NURSE, drug="baclofen", dose="50 ug")
    for number in range(1, int(hours) + 1):
        yield at + number * _HOUR
        row = {"spasticity": True, "ashworth": "2", "site": "right quadriceps"}
        s.do("trials.record-observation", NURSE, **row, respiratory_rate=15, spo2=98)


def tried(s: Scribe, at: datetime, therapy: Therapy, after: str = "3") -> Story:
    """A whole trial by catheter, over after a day; ``after`` is the pain in it."""
    yield from started(s, at, therapy)
    yield at + timedelta(minutes=10)
    if therapy.indication == "pain":
        infused(s)
    else:
        s.do("trials.record-bolus", NURSE, drug="baclofen", dose="50 ug")
    for number in range(1, 7):
        yield at + number * 3.8 * _HOUR
        if therapy.indication == "pain":
            observed(s, after)
        else:
            row = {"spasticity": True, "ashworth": "1", "site": "right quadriceps"}
            s.do("trials.record-observation", NURSE, **row, respiratory_rate=15, spo2=98)
        if number == 3:  # noqa: PLR2004  (half a day after the incision)
            antibiotic(s, last=True)
    s.do("trials.record-function", NURSE, answer="yes")
    yield at + 25 * _HOUR
    s.do("trials.end", PHYSICIAN, intact="yes")


def trial_failed(s: Scribe, therapy: Therapy, days: float) -> Story:
    """The pain stayed as it was."""
    yield from tried(s, s.house.before(days=days), therapy, "7")
    yield s.house.before(days=days - 2)
    s.do("trials.decide", PHYSICIAN, proceeds=False, reason="No relief worth a pump.")


def waits_for_decision(s: Scribe, therapy: Therapy, days: float) -> Story:
    """The trial succeeded; nobody has decided."""
    yield from tried(s, s.house.before(days=days), therapy)


def waits_for_implant(s: Scribe, therapy: Therapy, days: float) -> Story:
    """The trial succeeded, and the operation is in the calendar."""
    yield from tried(s, s.house.before(days=days), therapy)
    yield s.house.before(days=days - 3)
    s.do("trials.decide", PHYSICIAN, proceeds=True, reason="Half the pain, and she walks again.")
    s.do("appointments.schedule-implant", PHYSICIAN, planned=s.now + timedelta(days=days + 4))
    consent(s, "implant")
