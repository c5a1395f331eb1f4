"""Doses through time: what each verified program gave of each drug on its mean day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from thecal.clinic.overview.running import Running, Sent, exact
from thecal.units import DOSE_RATE, show


@dataclass(frozen=True, slots=True)
class Span:
    """From ``since`` until ``until``; ``ug_per_day`` is None where nobody knows what ran.

    Attributes:
        is_bridge: whether old drug left the path at a rate of its own.
        is_running: whether it lasts.
        why: what came of the session, where it is not verified.
    """

    since: datetime
    until: datetime
    ug_per_day: Fraction | None
    is_bridge: bool = False
    is_running: bool = False
    why: str = ""

    @property
    def shown(self) -> str:
        """The dose with its unit; empty if unknown."""
        return "" if self.ug_per_day is None else show(self.ug_per_day, DOSE_RATE)


@dataclass(frozen=True, slots=True)
class Course:
    """One drug's doses, the earliest first."""

    drug: str
    spans: tuple[Span, ...]

    @property
    def most(self) -> Fraction:
        """The highest dose, in µg a day."""
        return max((one.ug_per_day or Fraction(0) for one in self.spans), default=Fraction(0))

    @property
    def top_shown(self) -> str:
        """The highest dose with its unit."""
        return show(self.most, DOSE_RATE)


def courses(running: Running, now: datetime) -> tuple[Course, ...]:
    """A course for each drug that a program of this patient ever gave."""
    names = dict.fromkeys(drug for one in running.sent for drug in one.ug_per_day)
    return tuple(Course(drug, tuple(_spans(running, drug, now))) for drug in names)


def _spans(running: Running, drug: str, now: datetime) -> Iterator[Span]:
    ends = [*(one.at for one in running.sent[1:]), now]
    for place, (one, end) in enumerate(zip(running.sent, ends, strict=True)):
        is_last = place == len(running.sent) - 1
        if not one.is_verified or (is_last and running.held is False):
            yield Span(one.at, end, None, is_running=is_last, why=one.certainty)
        else:
            yield from _of(one, drug, end, is_last)


def _of(one: Sent, drug: str, end: datetime, is_last: bool) -> Iterator[Span]:
    """A verified program's: its bridge, then its mean day."""
    after = one.at
    if one.bridge:
        hours = exact(one.bridge["hours"]) or Fraction(0)
        after = min(one.at + timedelta(hours=float(hours)), end)
        bridged = one.bridge["drugs"].get(drug)
        dose = exact(bridged["ug_per_day"]) if bridged else Fraction(0)
        yield Span(one.at, after, dose, is_bridge=True, is_running=is_last and after == end)
    if after < end or not one.bridge:
        given = one.ug_per_day.get(drug, Fraction(0))
        yield Span(after, end, given, is_running=is_last)
