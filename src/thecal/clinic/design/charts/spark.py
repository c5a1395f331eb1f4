"""A small line without axes, for a cell of a table or beside a figure."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.safestring import SafeString

from thecal.clinic.design.charts.axes import Scale
from thecal.clinic.design.charts.chart import Words
from thecal.clinic.design.charts.numbers import Number, place_of
from thecal.clinic.design.charts.svg import element, picture

_WIDTH, _HEIGHT, _EDGE = 128.0, 32.0, 4.0


def spark(values: Sequence[Number | None], title: Words) -> SafeString:
    """The values in their order, evenly apart; what is not known is a gap.

    Args:
        values: oldest first.
        title: what it says in words: the figure beside it is not read from the ink.

    Raises:
        ValueError: a number is infinite or not a number.
    """
    known = [place_of(one) for one in values if one is not None]
    if not known:
        return picture(_WIDTH, _HEIGHT, title, "", kind="chart spark")
    low, high = min(known), max(known)
    x = Scale(0.0, float(max(len(values) - 1, 1)), _EDGE, _WIDTH - _EDGE)
    y = Scale(low, high if high > low else low + 1, _HEIGHT - _EDGE, _EDGE)
    places = [(x(at), y(one)) if one is not None else None for at, one in enumerate(values)]
    drawn = [element("path", d=one, class_="line") for one in _paths(places)]
    last = next(one for one in reversed(places) if one is not None)
    dot = element("circle", cx=last[0], cy=last[1], r=3.0, class_="dot")
    return picture(_WIDTH, _HEIGHT, title, "", *drawn, dot, kind="chart spark")


def _paths(places: Sequence[tuple[float, float] | None]) -> list[str]:
    found: list[str] = []
    run = ""
    for one in places:
        if one is None:
            found, run = [*found, run], ""
        else:
            run += f"{'L' if run else 'M'}{one[0]:.1f} {one[1]:.1f}"
    return [one for one in [*found, run] if one]
