"""How scores move: against the score before treatment; a median for ordinal ones, no mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median_low
from typing import Literal

from thecal.care.facts import Measured
from thecal.care.instruments.catalogue import Instrument, ScoreError
from thecal.care.instruments.scoring import Score, score

Direction = Literal["better", "same", "worse"]


@dataclass(frozen=True, slots=True)
class Trend:
    """Scores of one instrument (and one site) over time.

    Attributes:
        baseline: the first.
        latest: the last.
        median: the low median of those after the first, as the instrument writes it.
        shift: latest less baseline: steps of the order for an ordinal instrument.
        percent_less: how much less the latest is than the first; None for an ordinal instrument,
            and where the first is zero.
        direction: of the latest against the first.
    """

    instrument: Instrument
    site: str
    baseline: Score
    latest: Score
    median: str
    shift: Fraction
    percent_less: Fraction | None
    direction: Direction


def trend(measured: Sequence[Measured]) -> Trend:
    """The trend of two or more scores, the earliest first.

    Raises:
        ScoreError: fewer than two, several instruments or sites, or a score that is none.
    """
    if len(measured) < 2 or len({(one.instrument, one.site) for one in measured}) != 1:  # noqa: PLR2004
        raise ScoreError("a trend has two or more scores of one instrument at one site")
    scores = [score(one) for one in sorted(measured, key=lambda one: one.at)]
    first, last = scores[0], scores[-1]
    middle = median_low([(one.order, one.text) for one in scores[1:]])[1]
    return Trend(
        first.instrument,
        measured[0].site,
        first,
        last,
        middle,
        _plain(last) - _plain(first),
        percent_less(first, last),
        _direction(first, last),
    )


def percent_less(before: Score, after: Score) -> Fraction | None:
    """How many percent less a numeric score is; None if ordinal or nothing to lessen."""
    if before.value is None or after.value is None or before.value == 0:
        return None
    return (before.value - after.value) / before.value * 100


def _plain(one: Score) -> Fraction:
    return one.value if one.value is not None else Fraction(one.rank or 0)


def _direction(first: Score, last: Score) -> Direction:
    if last.order == first.order:
        return "same"
    return "better" if last.order < first.order else "worse"
