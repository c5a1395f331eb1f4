"""Bars: counts and spans, and a single bar for a cell of a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from thecal.clinic.design.charts.axes import Scale, Tick, nice_ticks, x_axis
from thecal.clinic.design.charts.chart import Chart, Words
from thecal.clinic.design.charts.numbers import Number, place_of, text_of
from thecal.clinic.design.charts.svg import element, line, picture, words

_ROW, _LEFT, _RIGHT, _TOP, _BELOW = 30.0, 160.0, 70.0, 8.0, 40.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar.

    Attributes:
        title: what it is.
        value: how long; None is not known, and is drawn as such.
        kind: ``""``, ``"late"``, ``"due"``, ``"ok"``.
        text: what stands beside it; the value if empty.
        address: where its title leads.
    """

    title: Words
    value: Number | None
    kind: str = ""
    text: Words = ""
    address: str = ""


def bars(
    title: Words,
    rows: Sequence[Bar],
    *,
    x_title: Words,
    description: Words = "",
    x_ticks: Sequence[Tick] | None = None,
    width: float = 560,
) -> Chart:
    """Horizontal bars, one below the other, from 0.

    Raises:
        ValueError: a number is infinite or not a number.
    """
    values = [place_of(one.value) for one in rows if one.value is not None]
    ticks = x_ticks or nice_ticks(min([0.0, *values]), max([0.0, *values]) or 1.0)
    places = [place_of(one.at) for one in ticks]
    x = Scale(min(places), max(places), _LEFT, width - _RIGHT)
    bottom = _TOP + _ROW * len(rows)
    drawn = picture(
        width,
        bottom + _BELOW,
        title,
        description,
        *x_axis(x, ticks, _TOP, bottom),
        *(part for place, one in enumerate(rows) for part in _row(one, _TOP + place * _ROW, x)),
        line(x(0), _TOP, x(0), bottom, "axis"),
        words(width - _RIGHT, bottom + _BELOW - 4, x_title, "label end"),
        kind="chart",
        role="group" if any(one.address for one in rows) else "img",
    )
    table = [[one.title, _said(one)] for one in rows]
    return Chart(title, drawn, [title, x_title], table)


def _said(one: Bar) -> Words:
    return one.text or text_of(one.value) or "?"


def _row(one: Bar, top: float, x: Scale) -> Iterator[SafeString]:
    name = words(_LEFT - 10, top + _ROW / 2 + 4, one.title, "label end")
    yield element("a", name, href=one.address) if one.address else name
    end = x(0) + _ROW if one.value is None else x(one.value)
    left, right = sorted((x(0), end))
    kind = "bar bar--unknown" if one.value is None else _kind(one.kind)
    yield element(
        "rect",
        x=left,
        y=top + 5,
        width=max(right - left, 1.0),
        height=_ROW - 10,
        rx=2,
        class_=kind,
    )
    yield words(max(right, x(0)) + 6, top + _ROW / 2 + 4, _said(one), "label label--strong")


def _kind(kind: str) -> str:
    return f"bar bar--{kind}" if kind else "bar"


def bar(
    value: Number | None, low: Number, high: Number, *, kind: str = "", title: Words = ""
) -> SafeString:
    """One bar from 0 for a cell of a table, as wide as the cell, with a line at 0.

    Args:
        value: how long; None is not known.
        low: the least of all rows, 0 or below.
        high: the most of all rows.
        kind: as a ``Bar`` has it.
        title: what it says, for who cannot see it; empty if a cell beside it says the same.
    """
    ends = sorted((place_of(low), place_of(high), 0.0))
    x = Scale(ends[0], ends[2] if ends[2] > ends[0] else ends[0] + 1, 0.0, 100.0)
    end = x(0) if value is None else min(max(x(value), 0.0), 100.0)
    left, right = sorted((x(0), end))
    return element(
        "svg",
        element("title", title) if title else "",
        element("rect", x=0, y=3, width=100, height=14, class_="track"),
        element("rect", x=left, y=3, width=max(right - left, 0.6), height=14, class_=_kind(kind))
        if value is not None
        else "",
        line(x(0), 0, x(0), 20, "mark"),
        viewBox="0 0 100 20",
        preserveAspectRatio="none",
        class_="chart bar-cell",
        role="img" if title else None,
        aria_hidden=None if title else "true",
    )
