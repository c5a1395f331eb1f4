"""A gauge: how full something is, with marks for what else should be seen on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from thecal.clinic.design.charts.axes import Scale
from thecal.clinic.design.charts.chart import Chart, Words
from thecal.clinic.design.charts.numbers import Number, text_of
from thecal.clinic.design.charts.svg import element, line, picture, words

_WIDTH, _LEFT, _RIGHT, _TOP, _HIGH = 360.0, 12.0, 12.0, 46.0, 30.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A line on the gauge: what was expected, the alarm's volume."""

    at: Number
    title: Words


def gauge(
    title: Words,
    value: Number | None,
    full: Number,
    unit: str,
    *,
    marks: Sequence[Mark] = (),
    kind: str = "",
    value_title: Words = "",
    description: Words = "",
) -> Chart:
    """How much of ``full`` there is.

    Args:
        title: the caption.
        value: how much; None is not known, and the gauge says so.
        full: how much it holds.
        unit: of all its numbers.
        marks: drawn across it, each with its text below.
        kind: ``""``, ``"late"``, ``"due"``, ``"ok"``.
        value_title: what the value is, e.g. "believed"; the caption if empty.
        description: in a sentence, for who cannot see it.

    Raises:
        ValueError: a number is infinite or not a number, or nothing fits in.
    """
    if full <= 0:
        raise ValueError("a gauge holds more than nothing")
    x = Scale(0.0, float(full), _LEFT, _WIDTH - _RIGHT)
    said = f"{text_of(value)} {unit}" if value is not None else _("not known")
    inside = [part for place, one in enumerate(marks) for part in _mark(one, x, unit, place)]
    drawn = picture(
        _WIDTH,
        _TOP + _HIGH + 12 + 17 * max(len(marks), 1),
        title,
        description or f"{said} / {text_of(full)} {unit}",
        words(_LEFT, 18, value_title or title, "label"),
        words(_LEFT, 38, said, "label label--strong gauge__value"),
        words(_WIDTH - _RIGHT, 38, f"{_('holds')} {text_of(full)} {unit}", "label end"),
        _track(x, value),
        _fill(x, value, kind),
        *inside,
        kind="chart gauge",
    )
    rows = [[value_title or title, said], *([one.title, _with(one.at, unit)] for one in marks)]
    return Chart(title, drawn, [title, unit], [*rows, [_("holds"), _with(full, unit)]])


def _with(value: Number, unit: str) -> str:
    return f"{text_of(value)} {unit}"


def _track(x: Scale, value: Number | None) -> SafeString:
    kind = "track" if value is not None else "bar bar--unknown"
    return element(
        "rect", x=x.start, y=_TOP, width=x.end - x.start, height=_HIGH, rx=4, class_=kind
    )


def _fill(x: Scale, value: Number | None, kind: str) -> SafeString | str:
    if value is None:
        return ""
    end = min(max(x(value), x.start), x.end)
    name = f"bar bar--{kind}" if kind else "bar"
    return element(
        "rect", x=x.start, y=_TOP, width=max(end - x.start, 0.0), height=_HIGH, rx=4, class_=name
    )


def _mark(one: Mark, x: Scale, unit: str, place: int) -> Iterator[SafeString]:
    at, below = min(max(x(one.at), x.start), x.end), _TOP + _HIGH + 16 + 17 * place
    yield line(at, _TOP - 4, at, below - 10, "mark")
    side, gap = ("start", 5) if at < _WIDTH / 2 else ("end", -5)
    yield words(at + gap, below, f"{one.title}: {_with(one.at, unit)}", f"label {side}")
