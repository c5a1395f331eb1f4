"""Scales and axes: from numbers to places in a picture, and the ticks beside it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.safestring import SafeString

from thecal.clinic.design.charts.chart import Words
from thecal.clinic.design.charts.numbers import Number, place_of, text_of
from thecal.clinic.design.charts.svg import line, words

_STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis, with its text."""

    at: Number
    text: Words


@dataclass(frozen=True, slots=True)
class Scale:
    """From ``low..high`` in the figure's unit to ``start..end`` in the picture's."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: Number) -> float:
        """Where a number is drawn."""
        part = (place_of(value) - self.low) / (self.high - self.low)
        return self.start + part * (self.end - self.start)


def nice_ticks(low: Number, high: Number, about: int = 5) -> list[Tick]:
    """Round numbers that hold ``low..high`` between the first and the last."""
    first, last = place_of(low), place_of(high)
    if first == last:
        first, last = min(first, 0.0), max(last, 0.0) or 1.0
    step = _nice_step((last - first) / max(about, 1))
    start, end = math.floor(first / step + 1e-9), math.ceil(last / step - 1e-9)
    return [_tick(number, step) for number in range(start, end + 1)]


def _tick(number: int, step: float) -> Tick:
    at = float(f"{number * step:.12g}")
    return Tick(at, text_of(at))


def _nice_step(rough: float) -> float:
    size = 10.0 ** math.floor(math.log10(rough))
    return next(size * one for one in _STEPS if size * one >= rough * (1 - 1e-9))


def day_ticks(every_h: int = 3) -> list[Tick]:
    """The hours of a day, 0 to 24."""
    return [Tick(hour, f"{hour % 24:02}:00") for hour in range(0, 25, every_h)]


def weekday_ticks() -> list[Tick]:
    """The days of a week on an axis in hours, each at its midnight."""
    return [Tick(24 * day, name) for day, name in sorted(WEEKDAYS_ABBR.items())]


def x_axis(scale: Scale, ticks: Sequence[Tick], top: float, bottom: float) -> Iterator[SafeString]:
    """The axis below, its lines up through the picture."""
    for tick in ticks:
        x = scale(tick.at)
        yield line(x, top, x, bottom, "grid-line")
        yield words(x, bottom + 18, tick.text, "label middle")
    yield line(scale.start, bottom, scale.end, bottom, "axis")


def y_axis(scale: Scale, ticks: Sequence[Tick], left: float, right: float) -> Iterator[SafeString]:
    """The axis at the left, its lines across the picture."""
    for tick in ticks:
        y = scale(tick.at)
        yield line(left, y, right, y, "grid-line")
        yield words(left - 8, y + 4, tick.text, "label end")
    yield line(left, scale.start, left, scale.end, "axis")
