"""The last trial of the course: when it began, when it ended, which drugs it gave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from thecal.care.facts import (
    BolusGiven,
    Event,
    History,
    InfusionStarted,
    TrialCatheterRemoved,
    TrialStarted,
    TrialStopped,
)

TRIAL_FACTS: tuple[type[Event], ...] = (
    TrialStarted,
    BolusGiven,
    InfusionStarted,
    TrialStopped,
    TrialCatheterRemoved,
)


@dataclass(frozen=True, slots=True)
class Trial:
    """One trial.

    Attributes:
        ended: when its drug stopped or its catheter came out, whichever was first; None if it runs.
        catheter_out: when the catheter came out, None if it has not.
        facts: of this trial only.
    """

    started: TrialStarted
    ended: datetime | None
    catheter_out: datetime | None
    facts: History


def last_trial(facts: History) -> Trial | None:
    """The trial that began last, None if none has."""
    started = facts.last(TrialStarted)
    if started is None:
        return None
    own = facts.since(started.at)
    ends = [
        one.at
        for one in own.events
        if isinstance(one, TrialStopped | TrialCatheterRemoved) and one.at >= started.at
    ]
    out = own.last(TrialCatheterRemoved)
    return Trial(started, min(ends, default=None), out.at if out else None, own)


def first_doses(facts: History) -> dict[str, datetime]:
    """When each drug was given first, by drug, among these facts."""
    first: dict[str, datetime] = {}
    for one in facts.events:
        names = one.drugs if isinstance(one, InfusionStarted) else ()
        for name in (one.drug,) if isinstance(one, BolusGiven) else names:
            first.setdefault(name, one.at)
    return first
