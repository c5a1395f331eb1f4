"""The figures: a step line for each drug, dots for each outcome, all over the same time.

Lengths are pixels. Bokeh takes colours alone, so each here stands for one of the design's
tokens; the page's script puts in what that is in its light or dark.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bokeh.embed import json_item
from bokeh.layouts import column
from bokeh.models import (
    ColumnDataSource,
    DatetimeTicker,
    DatetimeTickFormatter,
    FixedTicker,
    HoverTool,
    Range1d,
)
from bokeh.models.annotations import BoxAnnotation, Span, Title
from bokeh.plotting import figure
from django.utils import timezone
from django.utils.translation import gettext as _

from thecal.clinic.overview.doses import Course
from thecal.clinic.overview.outcomes import Series
from thecal.clinic.overview.services import Overview

_HEIGHT, _LEFT = 150, 90
_MARGIN = 0.02
"""Of the time's length, kept free at either end."""
_HEADROOM = 1.1
_FAINT = 0.25
_TICKS = 3  # as many as a phone has room for
_MG = 1000
_DAY, _MINUTE = "%Y-%m-%d", "%m-%d %H:%M"
_INK, _SOFT, _LINE, _ACCENT = "#fe0001", "#fe0002", "#fe0003", "#fe0004"
_SURFACE, _UNKNOWN, _NOTE = "#fe0005", "#fe0006", "#fe0007"
TOKENS = {
    _INK: "ink",
    _SOFT: "ink-soft",
    _LINE: "line",
    _ACCENT: "accent",
    _SURFACE: "surface",
    _UNKNOWN: "unknown",
    _NOTE: "note",
}
"""The colours of the figures, each in place of one of the design's, by its name."""


def drawn(seen: Overview) -> dict[str, Any] | None:
    """What Bokeh's script draws, as plain data; None where nothing was ever recorded."""
    series = [one for one in seen.outcomes if one.points]
    if not seen.courses and not series:
        return None
    time = _time(seen)
    figures = [
        *(_doses(one, time) for one in seen.courses),
        *(_outcome(one, time) for one in series),
    ]
    for one in figures:
        if seen.since is not None:
            _upright(one, seen.since)
    return {**json_item(column(*figures, sizing_mode="stretch_width"))}


def _ms(at: datetime) -> float:
    """An instant as the axis counts: what the clinic's clock shows, in ms."""
    shown = timezone.localtime(at).replace(tzinfo=None)
    return (shown - datetime(1970, 1, 1)).total_seconds() * 1000  # noqa: DTZ001  (the axis has none)


def _time(seen: Overview) -> Range1d:
    spans = [span.since for course in seen.courses for span in course.spans]
    answered = [point.at for series in seen.outcomes for point in series.points]
    start, end = _ms(min([*spans, *answered])), _ms(seen.at)
    free = (end - start) * _MARGIN or 1.0
    first, last = start - free, end + free
    return Range1d(start=first, end=last, bounds=(first, last), name="time")


def _empty(title: str, time: Range1d, heights: tuple[float, float], top: str = "") -> figure:
    one = figure(
        height=_HEIGHT,
        sizing_mode="stretch_width",
        x_axis_type="datetime",
        x_range=time,
        y_range=Range1d(start=heights[0], end=heights[1]),
        tools="xpan",
        active_drag="xpan",
        toolbar_location=None,
        output_backend="svg",
        min_border_left=_LEFT,
        background_fill_color=_SURFACE,
        border_fill_color=_SURFACE,
        outline_line_color=_LINE,
    )
    one.title = Title(text=f"{title} ({top})" if top else title, text_color=_INK)
    one.grid.grid_line_color = _LINE
    one.axis.major_label_text_color = _SOFT
    one.axis.axis_line_color = _LINE
    one.axis.major_tick_line_color = _LINE
    one.axis.minor_tick_line_color = None
    one.xaxis.ticker = DatetimeTicker(desired_num_ticks=_TICKS)
    one.xaxis.formatter = DatetimeTickFormatter(
        minutes=_MINUTE, hourmin=_MINUTE, hours=_MINUTE, days=_DAY, months=_DAY, years=_DAY
    )
    return one


def _doses(course: Course, time: Range1d) -> figure:
    """Mean days, as steps: a bridge dashed, and a band where nobody knows what ran."""
    unit, scale = ("mg/day", _MG) if course.most >= _MG else ("µg/day", 1)
    top = float(course.most / scale) or 1.0
    one = _empty(_(course.drug), time, (0, top * _HEADROOM), unit)
    for is_bridge, dash in ((False, "solid"), (True, "dashed")):
        spans = [
            span
            for span in course.spans
            if span.ug_per_day is not None and span.is_bridge is is_bridge
        ]
        source = ColumnDataSource(
            {
                "since": [_ms(span.since) for span in spans],
                "until": [_ms(span.until) for span in spans],
                "height": [float(span.ug_per_day or 0) / scale for span in spans],
                "dose": [span.shown for span in spans],
                "shown": [_day(span.since) for span in spans],
            }
        )
        line = one.segment(
            "since",
            "height",
            "until",
            "height",
            source=source,
            line_color=_ACCENT,
            line_width=3,
            line_dash=dash,
        )
        _told(one, [line], "dose")
    _risers(one, course, scale)
    for span in course.spans:
        if span.ug_per_day is None:
            band = BoxAnnotation(
                left=_ms(span.since),
                right=_ms(span.until),
                fill_color=_UNKNOWN,
                fill_alpha=_FAINT,
                line_color=_UNKNOWN,
            )
            one.add_layout(band)
    return one


def _risers(one: figure, course: Course, scale: int) -> None:
    """Where one known dose follows another."""
    pairs = [
        (_ms(after.since), before.ug_per_day, after.ug_per_day)
        for before, after in zip(course.spans, course.spans[1:], strict=False)
        if before.ug_per_day is not None and after.ug_per_day is not None
    ]
    at = [when for when, _old, _new in pairs]
    old, new = ([float(pair[place]) / scale for pair in pairs] for place in (1, 2))
    one.segment(at, old, at, new, line_color=_ACCENT, line_width=1)


def _outcome(series: Series, time: Range1d) -> figure:
    """Dots, hollow before treatment; numbers are joined, the ranks of an order are not."""
    low, high = float(series.low), float(series.high)
    free = (high - low) * (_HEADROOM - 1) or 1.0
    one = _empty(series.title, time, (low - free, high + free))
    _levels(one, series)
    known = [point for point in series.points if point.height is not None]
    source = ColumnDataSource(
        {
            "at": [_ms(point.at) for point in known],
            "height": [float(point.height or 0) for point in known],
            "answer": [point.text for point in known],
            "shown": [_day(point.at) for point in known],
            "fill": [_SURFACE if point.is_before else _NOTE for point in known],
        }
    )
    if not series.levels:
        one.line("at", "height", source=source, line_color=_NOTE, line_width=1)
    dots = one.scatter(
        "at", "height", source=source, size=10, line_color=_NOTE, fill_color="fill", line_width=2
    )
    before = series.before
    if before is not None and before.height is not None:
        level = float(before.height)
        one.add_layout(
            Span(location=level, dimension="width", line_color=_SOFT, line_dash="dashed")
        )
    _told(one, [dots], "answer")
    return one


def _levels(one: figure, series: Series) -> None:
    ranks = [float(rank) for rank in range(len(series.levels))]
    at = ranks or [float(series.low), float(series.high)]
    names = series.levels or series.ends
    one.yaxis.ticker = FixedTicker(ticks=at)
    one.yaxis.major_label_overrides = {**dict(zip(at, names, strict=True))}


def _told(one: figure, renderers: Sequence[Any], column: str) -> None:
    hover = HoverTool(renderers=list(renderers), tooltips=[("@shown", f"@{column}")])
    one.add_tools(hover)


def _upright(one: figure, since: datetime) -> None:
    """Where treatment begins."""
    one.add_layout(Span(location=_ms(since), dimension="height", line_color=_INK))


def _day(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
