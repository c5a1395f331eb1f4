"""Outcomes against before treatment: a small picture's worth of each; an order stays an order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from django.utils.translation import gettext as _

from thecal import care
from thecal.care.benefits import SIDE_EFFECTS
from thecal.care.facts import Grade, Measured, OralMedicinesTaken, SideEffectsAnswered
from thecal.care.facts.outcomes import ActivityAnswered
from thecal.clinic.pathway.words import Change
from thecal.clinic.pathway.words import Grade as GradeWords
from thecal.units import DOSE_RATE, show

_WORST_FIRST = ("better", "same", "worse")


@dataclass(frozen=True, slots=True)
class Point:
    """One answer.

    Attributes:
        text: as it was answered.
        height: where it stands: the number of a numeric scale, the rank of an ordinal one; None
            where it is not known.
        is_before: whether it was before treatment.
    """

    at: datetime
    text: str
    height: Fraction | None
    is_before: bool


@dataclass(frozen=True, slots=True)
class Series:
    """One outcome through time.

    Attributes:
        levels: the ranks' names from the lowest, where it is an order and no number.
        low: of a numeric scale, and ``high``; ``ends`` are the two as people read them.
        better: which way is better: ``lower`` or ``higher``.
        change: of the newest against before: ``better``, ``same``, ``worse`` or empty if unknown.
    """

    key: str
    title: str
    points: tuple[Point, ...]
    levels: tuple[str, ...]
    low: Fraction
    high: Fraction
    better: str
    change: str
    ends: tuple[str, str] = ("", "")

    @property
    def before(self) -> Point | None:
        """The last answer before treatment: the baseline."""
        found = [one for one in self.points if one.is_before]
        return found[-1] if found else None

    @property
    def now(self) -> Point | None:
        """The newest answer since."""
        found = [one for one in self.points if not one.is_before]
        return found[-1] if found else None


def outcomes(history: care.History, now: datetime) -> tuple[Series, ...]:
    """Every outcome that was ever recorded, the four side effects even if they were not."""
    facts, benefits = history.until(now), care.benefits(history, now)
    since = benefits.since
    return (
        *_scores(facts, benefits),
        _oral(facts, since),
        *_side_effects(facts, benefits),
        _activity(facts, since, benefits),
    )


def _is_before(at: datetime, since: datetime | None) -> bool:
    return since is None or at < since


def _scores(facts: care.History, benefits: care.Benefits) -> Iterator[Series]:
    measured = facts.all(Measured)
    changes = {(one.instrument.key, one.site): str(one.direction) for one in benefits.trends}
    for key, site in dict.fromkeys((one.instrument, one.site) for one in measured):
        kind = care.instrument(key)
        own = [one for one in measured if (one.instrument, one.site) == (key, site)]
        read = [(one, care.score(one)) for one in own]
        points = tuple(
            Point(
                one.at,
                one.score,
                found.value if found.value is not None else Fraction(found.rank or 0),
                _is_before(one.at, benefits.since),
            )
            for one, found in read
        )
        top = Fraction(len(kind.levels) - 1 if kind.levels else kind.high or 1)
        yield Series(
            f"{key}-{site}" if site else key,
            f"{_(kind.name)}, {site}" if site else _(kind.name),
            points,
            kind.levels,
            Fraction(0 if kind.levels else kind.low or 0),
            top,
            kind.better,
            changes.get((key, site), ""),
            ("", "") if kind.levels else (str(kind.low), str(kind.high)),
        )


def _oral(facts: care.History, since: datetime | None) -> Series:
    """Oral medicines in morphine equivalents; not known where one of them has no conversion."""
    points = []
    for one in facts.all(OralMedicinesTaken):
        dose = care.oral_morphine(one.medicines)
        if dose.ug_per_day is not None:
            text = show(dose.ug_per_day, DOSE_RATE)
        else:
            names = ", ".join(dose.unknown)
            text = _("not known; no published conversion of: %s") % names
        points.append(Point(one.at, text, dose.ug_per_day, _is_before(one.at, since)))
    heights = [one.height for one in points if one.height is not None]
    top = max(heights, default=Fraction(1)) or Fraction(1)
    title = _("Medicines by mouth, in oral morphine a day")
    ends = ("0", show(top, DOSE_RATE) if heights else "")
    return _with_change(
        Series("oral", title, tuple(points), (), Fraction(0), top, "lower", "", ends)
    )


def _with_change(series: Series) -> Series:
    before, now = series.before, series.now
    if before is None or now is None or before.height is None or now.height is None:
        return series
    step = now.height - before.height
    change = "same" if step == 0 else ("better" if step < 0 else "worse")
    return replace(series, change=change)


def _side_effects(facts: care.History, benefits: care.Benefits) -> Iterator[Series]:
    names = {
        "nausea": _("Nausea"),
        "vomiting": _("Vomiting"),
        "sedation": _("Sedation"),
        "constipation": _("Constipation"),
    }
    grades, words = list(Grade), [str(GradeWords(one.value).label) for one in Grade]
    compared = {one.name: one for one in benefits.side_effects}
    for name in SIDE_EFFECTS:
        told = [(one.at, getattr(one, name)) for one in facts.all(SideEffectsAnswered)]
        points = tuple(
            Point(
                at,
                words[grades.index(grade)],
                Fraction(grades.index(grade)),
                _is_before(at, benefits.since),
            )
            for at, grade in told
            if grade is not None
        )
        change = compared[name].change
        yield Series(
            name,
            names[name],
            points,
            tuple(words),
            Fraction(0),
            Fraction(len(words) - 1),
            "lower",
            str(change) if change else "",
        )


def _activity(facts: care.History, since: datetime | None, benefits: care.Benefits) -> Series:
    """Against before, as it was asked: no baseline of its own."""
    points = tuple(
        Point(
            one.at,
            str(Change(one.change.value).label),
            Fraction(_WORST_FIRST.index(one.change.value)),
            _is_before(one.at, since),
        )
        for one in facts.all(ActivityAnswered)
    )
    levels = tuple(str(Change(one).label) for one in _WORST_FIRST)
    change = str(benefits.activity) if benefits.activity else ""
    title = _("Activities of daily living, against before")
    return Series(
        "activity", title, points, levels, Fraction(0), Fraction(len(levels) - 1), "lower", change
    )
