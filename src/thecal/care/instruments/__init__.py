"""Instruments: their scores, ordinal ones kept ordinal, and how scores move over time."""

from thecal.care.instruments.catalogue import (
    Code,
    Instrument,
    ScoreError,
    Sign,
    instrument,
    instruments,
    signs,
)
from thecal.care.instruments.scoring import Score, acts_at, points_less, score
from thecal.care.instruments.trends import Trend, trend

__all__ = [
    "Code",
    "Instrument",
    "Score",
    "ScoreError",
    "Sign",
    "Trend",
    "acts_at",
    "instrument",
    "instruments",
    "points_less",
    "score",
    "signs",
    "trend",
]
