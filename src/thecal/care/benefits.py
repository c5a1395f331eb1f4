"""Whether the pump does good: the leaflet's benefits, each against before treatment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import TypeVar

from thecal.care.facts import (
    Change,
    Event,
    Grade,
    Harm,
    HarmOccurred,
    History,
    Implanted,
    Measured,
    OralMedicine,
    OralMedicinesTaken,
    SideEffectsAnswered,
    TakenOver,
    TrialStarted,
)
from thecal.care.facts.outcomes import ActivityAnswered
from thecal.care.instruments import Trend, trend
from thecal.formulary import UnknownConversionError, conversion

E = TypeVar("E", bound=Event)

SIDE_EFFECTS = ("nausea", "vomiting", "sedation", "constipation")
_GRADES = tuple(Grade)


@dataclass(frozen=True, slots=True)
class OralMorphine:
    """Oral medicines in daily morphine equivalents.

    Attributes:
        ug_per_day: the sum, in µg of oral morphine a day; None where one of them is unknown.
        known_ug_per_day: the sum of those that are known.
        unknown: medicines for which no conversion to oral morphine is published here.
    """

    ug_per_day: Fraction | None
    known_ug_per_day: Fraction
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """One side effect, before and now; None where it was not asked.

    Attributes:
        change: of now against before, None if one of them is not known.
    """

    name: str
    before: Grade | None
    now: Grade | None
    change: Change | None


@dataclass(frozen=True, slots=True)
class Benefits:
    """The leaflet's benefits for one patient.

    Attributes:
        since: when treatment began: what lies before is the baseline; None if it has not.
        trends: of every instrument (and site) with a score before and after.
        side_effects: the four of the leaflet.
        oral_before: in morphine equivalents, None if not recorded.
        oral_now: likewise.
        activity: the latest answer, None if none.
        infections: how many are recorded since.
    """

    since: datetime | None
    trends: tuple[Trend, ...]
    side_effects: tuple[Compared, ...]
    oral_before: OralMorphine | None
    oral_now: OralMorphine | None
    activity: Change | None
    infections: int


def benefits(history: History, now: datetime) -> Benefits:
    """Everything since treatment began against the last of before.

    Raises:
        ScoreError: a score that is none of its instrument.
    """
    facts = history.until(now)
    begins = [
        one.at for one in facts.events if isinstance(one, TrialStarted | Implanted | TakenOver)
    ]
    since = begins[0] if begins else None
    activity = _after(facts.all(ActivityAnswered), since)
    return Benefits(
        since,
        tuple(_trends(facts, since)),
        tuple(_side_effects(facts, since)),
        _oral(_before(facts.all(OralMedicinesTaken), since)),
        _oral(_after(facts.all(OralMedicinesTaken), since)),
        activity[-1].change if activity else None,
        sum(one.harm is Harm.INFECTION for one in _after(facts.all(HarmOccurred), since)),
    )


def _before(events: Sequence[E], since: datetime | None) -> list[E]:
    return [one for one in events if since is None or one.at < since]


def _after(events: Sequence[E], since: datetime | None) -> list[E]:
    return [one for one in events if since is not None and one.at >= since]


def _trends(facts: History, since: datetime | None) -> list[Trend]:
    scores = facts.all(Measured)
    made = []
    for key in dict.fromkeys((one.instrument, one.site) for one in scores):
        own = [one for one in scores if (one.instrument, one.site) == key]
        before, after = _before(own, since), _after(own, since)
        if before and after:
            made.append(trend([before[-1], *after]))
    return made


def _side_effects(facts: History, since: datetime | None) -> list[Compared]:
    asked = facts.all(SideEffectsAnswered)
    return [
        _compared(name, _last(_before(asked, since), name), _last(_after(asked, since), name))
        for name in SIDE_EFFECTS
    ]


def _last(asked: Sequence[SideEffectsAnswered], name: str) -> Grade | None:
    told: list[Grade | None] = [getattr(one, name) for one in asked]
    return next((grade for grade in reversed(told) if grade is not None), None)


def _compared(name: str, before: Grade | None, now: Grade | None) -> Compared:
    if before is None or now is None:
        return Compared(name, before, now, None)
    step = _GRADES.index(now) - _GRADES.index(before)
    change = Change.SAME if step == 0 else (Change.BETTER if step < 0 else Change.WORSE)
    return Compared(name, before, now, change)


def _oral(taken: Sequence[OralMedicinesTaken]) -> OralMorphine | None:
    return oral_morphine(taken[-1].medicines) if taken else None


def oral_morphine(medicines: Sequence[OralMedicine]) -> OralMorphine:
    """Medicines in µg of oral morphine a day; only by conversions that the formulary has."""
    known, unknown = Fraction(0), []
    for one in medicines:
        dose = _as_morphine(one)
        if dose is None:
            unknown.append(one.drug)
        else:
            known += dose
    return OralMorphine(None if unknown else known, known, tuple(unknown))


def _as_morphine(medicine: OralMedicine) -> Fraction | None:
    if medicine.drug == "morphine":
        return medicine.ug_per_day
    try:
        one = conversion(medicine.drug, "morphine", from_route="oral", to_route="oral")
    except UnknownConversionError:
        return None
    return one.convert(medicine.ug_per_day)
