"""Whether a trial has succeeded: how much less, for how long, measured often enough to say so."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from thecal.care.facts import (
    Answer,
    FunctionAnswered,
    History,
    Indication,
    Measured,
)
from thecal.care.instruments import Score, instruments, points_less, score
from thecal.care.instruments.trends import percent_less
from thecal.care.settings import CareFigure, Settings
from thecal.care.trial.period import TRIAL_FACTS, Trial, last_trial
from thecal.care.trial.screening import next_screening_dose

SUCCESS_FACTS = (*TRIAL_FACTS, Measured, FunctionAnswered)

Enough = Callable[[Score, Score], bool]
_Series = list[tuple[datetime, bool]]


@dataclass(frozen=True, slots=True)
class Success:
    """Whether the trial has succeeded, why, and by which figures."""

    answer: Answer
    reason: str
    figures: tuple[CareFigure, ...] = ()


@dataclass(frozen=True, slots=True)
class _Course:
    """How one instrument went at one site: its longest proven and longest possible effect."""

    site: str
    measured: bool
    proven: timedelta | None
    possible: timedelta | None

    def lasted(self, needed: timedelta) -> Answer:
        if not self.measured:
            return Answer.UNKNOWN
        if self.proven is not None and self.proven >= needed:
            return Answer.YES
        longer = self.possible is not None and self.possible >= needed
        return Answer.UNKNOWN if longer else Answer.NO


def judge_trial(facts: History, settings: Settings) -> Success:
    """The last trial of the course.

    A trial that still runs has not failed; one that was not measured, or too seldom, is unknown.
    """
    trial = last_trial(facts)
    if trial is None:
        return Success(Answer.NO, "there was no trial")
    judged = (
        _pain(trial, facts, settings)
        if facts.patient.indication is Indication.PAIN
        else _spasm(trial, facts, settings)
    )
    if judged.answer is Answer.NO and trial.ended is None:
        return Success(Answer.UNKNOWN, f"the trial runs; so far {judged.reason}", judged.figures)
    return judged


def _pain(trial: Trial, facts: History, settings: Settings) -> Success:
    relief, time, gap, function = (
        settings.figure(key)
        for key in ("trial-pain-relief", "trial-pain-time", "trial-measuring-gap",
                    "trial-pain-function")
    )  # fmt: skip
    used = (relief, time)

    def enough(before: Score, after: Score) -> bool:
        less = percent_less(before, after)
        return less is not None and less > 0 and less >= relief.known

    course = _first(_courses(trial, facts, "pain", enough, gap))
    if course is None:
        return Success(Answer.UNKNOWN, "pain was not measured before and during it", used)
    lasted = course.lasted(time.delta)
    if lasted is not Answer.YES:
        return Success(lasted, _too_little(lasted, f"{relief} less pain", time), used)
    answered = trial.facts.last(FunctionAnswered)
    kept = answered.answer if answered else Answer.UNKNOWN
    if function.known and kept is not Answer.YES:
        return Success(kept, f"pain fell by {relief} for {time}; function kept: {kept}", used)
    return Success(Answer.YES, f"at least {relief} less pain for {time}", used)


def _spasm(trial: Trial, facts: History, settings: Settings) -> Success:
    points, time, gap = (
        settings.figure(key)
        for key in ("trial-spasm-points", "trial-spasm-time", "trial-measuring-gap")
    )

    def enough(before: Score, after: Score) -> bool:
        return points_less(before, after) >= points.known

    courses = list(_courses(trial, facts, "spasm", enough, gap))
    answers = [_by_sites(own, time.delta) for own in _by_instrument(courses)]
    used = (points, time)
    if Answer.YES in answers:
        return Success(Answer.YES, f"at least {points} points less for {time}", used)
    if Answer.UNKNOWN in answers or not answers:
        reason = "spasm was not measured before and during it often enough to say"
        return Success(Answer.UNKNOWN, reason, used)
    spent = next_screening_dose(trial.facts, settings) is None
    last = "; no response to the largest screening dose: not a candidate" if spent else ""
    return Success(Answer.NO, _too_little(Answer.NO, f"{points} points", time) + last, used)


def _too_little(lasted: Answer, what: str, time: CareFigure) -> str:
    if lasted is Answer.NO:
        return f"{what} for {time} was not reached"
    return f"{what} for {time} was not measured often enough to say"


def _courses(
    trial: Trial, facts: History, measures: str, enough: Enough, gap: CareFigure
) -> Iterable[tuple[str, _Course]]:
    """Each instrument and site that has a score before the trial, in the instruments' order."""
    for key, kind in instruments().items():
        if kind.measures != measures:
            continue
        own = [one for one in facts.all(Measured) if one.instrument == key]
        for site in dict.fromkeys(one.site for one in own):
            course = _course(trial, [one for one in own if one.site == site], enough, gap)
            if course is not None:
                yield key, course


def _course(trial: Trial, own: list[Measured], enough: Enough, gap: CareFigure) -> _Course | None:
    before = [one for one in own if one.at < trial.started.at]
    if not before:
        return None
    baseline = score(before[-1])
    during = [
        one
        for one in own
        if one.at >= trial.started.at and (trial.ended is None or one.at <= trial.ended)
    ]
    series = [(one.at, enough(baseline, score(one))) for one in during]
    end = trial.ended or (during[-1].at if during else trial.started.at)
    return _Course(
        before[-1].site,
        bool(series),
        _proven(series, gap.delta),
        _possible(series, trial.started.at, end, gap.delta),
    )


def _proven(series: _Series, gap: timedelta) -> timedelta | None:
    """The longest run of enough, from its first measurement to its last; None if never.

    Two measurements further apart than ``gap`` prove nothing of the time between them.
    """
    longest: timedelta | None = None
    start = last = None
    for at, good in series:
        start = (start if start and last and at - last <= gap else at) if good else None
        if start is not None:
            longest = max(longest or timedelta(0), at - start)
        last = at
    return longest


def _possible(series: _Series, begin: datetime, end: datetime, gap: timedelta) -> timedelta | None:
    """The longest that enough may have lasted, where nobody measured for longer than ``gap``."""
    longest: timedelta | None = None
    times = [begin, *(at for at, _ in series), end]
    start: datetime | None = None
    for index, (at, good) in enumerate(series, start=1):
        before, after = times[index - 1], times[index + 1]
        if not good:
            start = None
            continue
        start = start or (before if at - before > gap else at)
        longest = max(longest or timedelta(0), (after if after - at > gap else at) - start)
    return longest


def _first(courses: Iterable[tuple[str, _Course]]) -> _Course | None:
    """The first instrument that was measured in the trial, else the first with a baseline."""
    listed = [course for _, course in courses]
    return next((one for one in listed if one.measured), listed[0] if listed else None)


def _by_instrument(courses: list[tuple[str, _Course]]) -> list[list[_Course]]:
    keys = dict.fromkeys(key for key, _ in courses)
    return [[course for own, course in courses if own == key] for key in keys]


def _by_sites(courses: list[_Course], needed: timedelta) -> Answer:
    """Yes if more than half of the sites have it: an ordinal scale has a median and no mean."""
    answers = [course.lasted(needed) for course in courses]
    half = len(answers) / 2
    if answers.count(Answer.YES) > half:
        return Answer.YES
    open_ = answers.count(Answer.YES) + answers.count(Answer.UNKNOWN)
    return Answer.UNKNOWN if open_ > half else Answer.NO
