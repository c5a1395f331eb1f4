"""Read one score: a number of a numeric instrument, or a rank of an ordinal one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from thecal.care.facts import Measured
from thecal.care.instruments.catalogue import Instrument, ScoreError, instrument

_NUMBER = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3})?")
_HIGHEST_ITEM = 3


@dataclass(frozen=True, slots=True)
class Score:
    """One score, read.

    Attributes:
        text: as written.
        value: of a numeric instrument; None of an ordinal one.
        rank: of an ordinal instrument, from 0; None of a numeric one. Ranks are compared, never
            added or averaged.
        acts: whether it is at or past the published score to act from.
        item_9: whether item 9 is above zero; None if not recorded, or if there is none.
    """

    instrument: Instrument
    text: str
    value: Fraction | None
    rank: int | None
    acts: bool
    item_9: bool | None = None

    @property
    def order(self) -> Fraction:
        """What sorts it among scores of the same instrument, the worst last."""
        plain = self.value if self.value is not None else Fraction(self.rank or 0)
        return plain if self.instrument.better == "lower" else -plain


def score(measured: Measured) -> Score:
    """Read a score.

    Raises:
        ScoreError: no such instrument, or not one of its scores.
    """
    kind = instrument(measured.instrument)
    if measured.item_9 is not None and not kind.has_item_9:
        raise ScoreError(f"{kind.key} has no item 9")
    if measured.item_9 is not None and not 0 <= measured.item_9 <= _HIGHEST_ITEM:
        raise ScoreError(f"item 9 is {measured.item_9}; expected 0 to {_HIGHEST_ITEM}")
    item_9 = None if measured.item_9 is None else measured.item_9 > 0
    if kind.is_ordinal:
        rank = _rank(kind, measured.score)
        return Score(kind, measured.score, None, rank, acts_at(kind, measured.score), item_9)
    value = _value(kind, measured.score)
    acts = bool(kind.act_from) and value >= Fraction(kind.act_from)
    return Score(kind, measured.score, value, None, acts, item_9)


def acts_at(kind: Instrument, level: str) -> bool:
    """Whether a level of an ordinal instrument is at or past the published one to act from.

    Raises:
        ScoreError: not one of its levels.
    """
    return bool(kind.act_from) and _rank(kind, level) >= _rank(kind, kind.act_from)


def points_less(before: Score, after: Score) -> int:
    """How many points less a score is than one before, at the least (negative if more).

    A level that stands between two counts against the difference, at either end.

    Raises:
        ScoreError: two instruments, or one whose levels have no points.
    """
    kind = before.instrument
    if kind is not after.instrument or not kind.points:
        raise ScoreError(f"{kind.key} and {after.instrument.key} have no points to compare")
    return kind.points[before.text][0] - kind.points[after.text][1]


def _rank(kind: Instrument, text: str) -> int:
    if text not in kind.levels:
        raise ScoreError(f"'{text}' is not a score of {kind.key}; expected one of: {kind.written}")
    return kind.levels.index(text)


def _value(kind: Instrument, text: str) -> Fraction:
    wrong = f"'{text}' is not a score of {kind.key}; expected {kind.written}"
    if not _NUMBER.fullmatch(text):
        raise ScoreError(wrong)
    value = Fraction(text)
    if not (kind.low or 0) <= value <= (kind.high or 0) or (kind.whole and value.denominator != 1):
        raise ScoreError(wrong)
    return value
