"""The steps of screening with baclofen, from the label's limits in the formulary."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from thecal.care.facts import BolusGiven, History, Patient
from thecal.care.settings import Settings
from thecal.care.trial.required import BACLOFEN
from thecal.formulary import Layer, Limit, LimitOf, Who, drug


def _limit(of: LimitOf, who: Who = Who.EVERYONE) -> Limit:
    return drug(BACLOFEN).limits_of(of, layer=Layer.LABEL, who=(who,))[0]


def screening_limit() -> Limit:
    """The label's smallest and largest screening dose."""
    return _limit(LimitOf.SCREENING_BOLUS)


def screening_interval() -> tuple[timedelta, Limit]:
    """The least time from one screening dose to the next, and its limit."""
    limit = _limit(LimitOf.SCREENING_INTERVAL)
    return timedelta(days=float(limit.low_value or 0)), limit


def screening_doses(patient: Patient, settings: Settings) -> tuple[Fraction, ...]:
    """Every step, in µg: from the label's first dose to its last."""
    limit = screening_limit()
    child = _limit(LimitOf.SCREENING_BOLUS, Who.CHILD)
    first = (child if patient.child else limit).low_value or Fraction(0)
    last, step = limit.high_value or Fraction(0), settings.figure("screening-step").known
    count = int((last - first) / step) + 1
    return tuple(first + step * index for index in range(count))


def next_screening_dose(facts: History, settings: Settings) -> Fraction | None:
    """The next step after the largest dose given, in µg; None after the last one."""
    given = [one.dose_ug for one in facts.all(BolusGiven) if one.drug == BACLOFEN]
    largest = max(given, default=Fraction(0))
    return next((dose for dose in screening_doses(facts.patient, settings) if dose > largest), None)
