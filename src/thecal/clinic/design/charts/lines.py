"""Lines through time: doses, scores, concentrations; steps where a value holds until the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from thecal.clinic.design.charts.axes import Scale, Tick, nice_ticks, x_axis, y_axis
from thecal.clinic.design.charts.chart import Chart, Key, Words
from thecal.clinic.design.charts.numbers import Number, place_of, text_of
from thecal.clinic.design.charts.svg import element, line, picture, words

Point = tuple[Number, Number | None]
_LEFT, _RIGHT, _TOP, _BELOW = 58.0, 14.0, 28.0, 44.0


@dataclass(frozen=True, slots=True)
class Series:
    """A line.

    Attributes:
        title: what it is; the head of its column in the table.
        points: x and y; a y of None is not known, and the line has a gap there.
        kind: ``""``, ``"old"``, ``"new"``, ``"second"``, ``"third"``: how it is drawn.
        dots: whether each point has a dot, for measurements.
    """

    title: Words
    points: Sequence[Point]
    kind: str = ""
    dots: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """A line across the picture at a figure that should not be passed."""

    at: Number
    title: Words


def lines(
    title: Words,
    series: Sequence[Series],
    *,
    x_title: Words,
    y_title: Words,
    x_ticks: Sequence[Tick] | None = None,
    y_ticks: Sequence[Tick] | None = None,
    limits: Sequence[Limit] = (),
    is_step: bool = False,
    description: Words = "",
    x_text: Callable[[Number], str] = text_of,
    y_text: Callable[[Number | None], str] = text_of,
    width: float = 560,
    height: float = 260,
) -> Chart:
    """Lines over one pair of axes, the first below the others.

    Args:
        title: the caption.
        series: what to draw; those of kind ``old`` come first, so that the new lie on them.
        x_title: what x is, with its unit.
        y_title: the unit of y.
        x_ticks: where the axis has texts; None: round numbers.
        y_ticks: likewise; None: round numbers from 0.
        limits: figures not to be passed.
        is_step: whether a value holds until the next point.
        description: what the picture shows in a sentence, for who cannot see it.
        x_text: how the table writes an x.
        y_text: how the table writes a y, given None for what is not known.
        width: of the drawing; it scales with the page.
        height: likewise.

    Raises:
        ValueError: a number is infinite or not a number.
    """
    x_ticks = x_ticks or nice_ticks(*_reach([x for one in series for x, _y in one.points]))
    y_ticks = y_ticks or nice_ticks(*_reach([0, *_heights(series), *(one.at for one in limits)]))
    x = Scale(*_ends(x_ticks), _LEFT, width - _RIGHT)
    y = Scale(*_ends(y_ticks), height - _BELOW, _TOP)
    drawn = picture(
        width,
        height,
        title,
        description,
        *y_axis(y, y_ticks, _LEFT, width - _RIGHT),
        *x_axis(x, x_ticks, _TOP, height - _BELOW),
        *_limits(limits, y, width),
        *(part for one in _old_first(series) for part in _drawn(one, x, y, is_step)),
        words(_LEFT - 8, 16, y_title, "label label--strong end"),
        words(width - _RIGHT, height - 6, x_title, "label end"),
        kind="chart",
    )
    columns, rows = _table(series, x_title, y_title, x_text, y_text)
    legend = [Key(one.title, one.kind) for one in series] if len(series) > 1 else []
    return Chart(title, drawn, columns, rows, legend)


def _heights(series: Sequence[Series]) -> list[Number]:
    return [y for one in series for _x, y in one.points if y is not None]


def _reach(numbers: Sequence[Number]) -> tuple[float, float]:
    places = [place_of(one) for one in numbers] or [0.0, 1.0]
    return min(places), max(places)


def _ends(ticks: Sequence[Tick]) -> tuple[float, float]:
    return _reach([one.at for one in ticks])


def _old_first(series: Sequence[Series]) -> list[Series]:
    return sorted(series, key=lambda one: one.kind != "old")


def _limits(limits: Sequence[Limit], y: Scale, width: float) -> Iterator[SafeString]:
    for one in limits:
        at = y(one.at)
        yield line(_LEFT, at, width - _RIGHT, at, "line line--limit")
        yield words(width - _RIGHT - 4, at - 5, one.title, "label end")


def _drawn(one: Series, x: Scale, y: Scale, is_step: bool) -> Iterator[SafeString]:
    kind = f"line line--{one.kind}" if one.kind else "line"
    for run in _runs(one.points, is_step):
        yield element("path", d=_path(run, x, y, is_step), class_=kind)
    if one.dots:
        for at, value in one.points:
            if value is not None:
                yield element("circle", cx=x(at), cy=y(value), r=3.5, class_="dot")


def _runs(points: Sequence[Point], is_step: bool) -> Iterator[list[tuple[Number, Number]]]:
    """The stretches without a gap; a step holds until the x at which nothing is known."""
    run: list[tuple[Number, Number]] = []
    for at, value in points:
        if value is not None:
            run.append((at, value))
        elif run:
            yield [*run, (at, run[-1][1])] if is_step else run
            run = []
    if run:
        yield run


def _path(run: Sequence[tuple[Number, Number]], x: Scale, y: Scale, is_step: bool) -> str:
    places = [(f"{x(at):.1f}", f"{y(value):.1f}") for at, value in run]
    start = f"M{places[0][0]} {places[0][1]}"
    if is_step:
        return start + "".join(f"H{at}V{height}" for at, height in places[1:])
    return start + "".join(f"L{at} {height}" for at, height in places[1:])


def _table(
    series: Sequence[Series],
    x_title: Words,
    y_title: Words,
    x_text: Callable[[Number], str],
    y_text: Callable[[Number | None], str],
) -> tuple[list[Words], list[list[Words]]]:
    """A row for each x at which any line says something; a dash for what a line does not say."""
    columns = [x_title, *(f"{one.title} ({y_title})" for one in series)]
    known = [dict(one.points) for one in series]
    places = sorted({at for one in known for at in one}, key=place_of)
    rows: list[list[Words]] = [
        [x_text(at), *(_cell(one, at, y_text) for one in known)]
        for at in places
        if any(one.get(at) is not None for one in known)
    ]
    return columns, rows


def _cell(
    known: dict[Number, Number | None], at: Number, y_text: Callable[[Number | None], str]
) -> str:
    if at not in known:
        return "—"
    return y_text(known[at]) or _("not known")
