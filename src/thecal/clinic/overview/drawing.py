"""Where things stand in the pictures: plain coordinates; the templates draw them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from thecal.clinic.overview.body import Body
from thecal.clinic.overview.doses import Course, Span
from thecal.clinic.overview.outcomes import Series
from thecal.clinic.overview.reservoir import Reservoir
from thecal.therapy.file.prescription import VERTEBRAE

WIDTH, HEIGHT = 360, 130
LEFT, RIGHT, TOP, BOTTOM = 84, 10, 10, 22
_SPINE_TOP, _SPINE_BOTTOM = 62.0, 262.0
_REGION_MM = {"C": 13.0, "T": 21.0, "L": 34.0, "S": 15.0}
"""How tall a level of each region is drawn, against the others; a drawing, no measurement."""
_HALF_WIDTH = {"C": 4.5, "T": 5.5, "L": 7.0, "S": 5.0}
_MIDDLE, _PUMP_OUT, _PUMP_Y = 120.0, 34.0, 226.0
_USUAL_ENTRY = "L3"
"""Where the course is sketched to while nobody has recorded where the catheter enters."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The time that a picture spans."""

    start: datetime
    end: datetime

    def x(self, at: datetime) -> float:
        """Where an instant stands."""
        whole = (self.end - self.start).total_seconds() or 1.0
        share = (at - self.start).total_seconds() / whole
        return round(LEFT + min(max(share, 0.0), 1.0) * (WIDTH - LEFT - RIGHT), 1)


def y(value: Fraction, low: Fraction, high: Fraction) -> float:
    """Where a value stands, the high one on top."""
    share = float((value - low) / (high - low)) if high != low else 0.0
    return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)


def frame(instants: Sequence[datetime], now: datetime) -> Frame:
    """From the first of them until now."""
    return Frame(min(instants, default=now), now)


@dataclass(frozen=True, slots=True)
class Steps:
    """A course of doses, drawn: the known spans as one path each, the unknown ones as bands."""

    known: tuple[str, ...]
    bridges: tuple[str, ...]
    unknown: tuple[tuple[float, float], ...]
    top: Fraction


def dose_steps(course: Course, time: Frame) -> Steps:
    """The step line of a drug."""
    top = course.most or Fraction(1)
    known: list[str] = []
    at: float | None = None
    for span in course.spans:
        if span.ug_per_day is None:
            at = None
            continue
        height = y(span.ug_per_day, Fraction(0), top)
        left, right = time.x(span.since), time.x(span.until)
        if at is None:
            known.append(f"M{left} {height}")
        known[-1] += f"L{left} {height}L{right} {height}"
        at = height
    return Steps(
        tuple(known),
        tuple(_flat(one, time, top) for one in course.spans if one.is_bridge),
        tuple(
            (time.x(one.since), max(time.x(one.until) - time.x(one.since), 3.0))
            for one in course.spans
            if one.ug_per_day is None
        ),
        top,
    )


def _flat(span: Span, time: Frame, top: Fraction) -> str:
    height = y(span.ug_per_day or Fraction(0), Fraction(0), top)
    return f"M{time.x(span.since)} {height}L{time.x(span.until)} {height}"


@dataclass(frozen=True, slots=True)
class Dots:
    """An outcome, drawn.

    Attributes:
        line: joins numbers; empty for an order, between whose ranks there is nothing to join.
        levels: a name and a height for each line of the grid.
        baseline: the height of the baseline, None without one.
        since: where treatment begins, None if it has not.
    """

    dots: tuple[tuple[float, float, bool, str], ...]
    line: str
    levels: tuple[tuple[str, float], ...]
    baseline: float | None
    since: float | None


def outcome_dots(series: Series, time: Frame, since: datetime | None) -> Dots:
    """The dots of an outcome."""
    placed = [
        (time.x(one.at), y(one.height, series.low, series.high), one.is_before, one.text)
        for one in series.points
        if one.height is not None
    ]
    before = series.before
    has_baseline = before is not None and before.height is not None
    return Dots(
        tuple(placed),
        "" if series.levels else "M" + "L".join(f"{x} {h}" for x, h, *_ in placed),
        _levels(series),
        y(before.height, series.low, series.high)
        if has_baseline and before and before.height is not None
        else None,
        time.x(since) if since else None,
    )


def _levels(series: Series) -> tuple[tuple[str, float], ...]:
    if series.levels:
        ranks = [(name, Fraction(rank)) for rank, name in enumerate(series.levels)]
    else:
        ranks = list(zip(series.ends, (series.low, series.high), strict=True))
    return tuple((name, y(value, series.low, series.high)) for name, value in ranks)


@dataclass(frozen=True, slots=True)
class Gauge:
    """The reservoir, drawn in a vessel of ``VESSEL`` units; heights from its top, None: unknown.

    Attributes:
        left: how tall the column is that is expected.
        doubt: how tall the band between the least and the most that can be in it.
    """

    believed: float | None
    expected: float | None
    left: float
    most: float | None
    doubt: float
    alarm: float | None


VESSEL = 200


def gauge(one: Reservoir) -> Gauge | None:
    """None where nobody published how much the reservoir holds."""
    size = one.capacity_ml
    if not size:
        return None

    def down(volume: Fraction | None) -> float | None:
        if volume is None:
            return None
        return round(VESSEL * (1 - float(min(volume / size, Fraction(1)))), 1)

    expected = down(one.expected.ml) if one.expected else None
    most = down(one.expected.most_ml) if one.expected else None
    least = down(one.expected.least_ml) if one.expected else None
    return Gauge(
        down(one.believed_ml),
        expected,
        0.0 if expected is None else round(VESSEL - expected, 1),
        most,
        0.0 if most is None or least is None else round(least - most, 1),
        down(one.alarm_ml),
    )


@dataclass(frozen=True, slots=True)
class Vertebra:
    """One level of the spine, drawn; the first of each region is named beside it."""

    name: str
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """Its height."""
        return round(self.y + self.height / 2, 1)

    @property
    def is_named(self) -> bool:
        """Whether it begins a region."""
        return self.name[1:] == "1"


@dataclass(frozen=True, slots=True)
class Figure:
    """The body, drawn.

    Attributes:
        tip: the height of the tip; None if not known, and ``entry`` likewise.
        pump_x: where the pump lies, and ``pump_y``; in the middle where its side is not known.
        course: the catheter from the pump to where it enters; a guess is not drawn as a fact.
        inside: the catheter within the canal; empty if its tip is not known.
        is_guess: whether the course is only sketched, since side or entry are not known.
    """

    spine: tuple[Vertebra, ...]
    tip: float | None
    entry: float | None
    pump_x: float
    pump_y: float
    course: str
    inside: str
    is_guess: bool


def spine() -> dict[str, Vertebra]:
    """Every vertebra, from the neck down."""
    tall = [_REGION_MM[one[0]] for one in VERTEBRAE]
    scale, at, found = (_SPINE_BOTTOM - _SPINE_TOP) / sum(tall), _SPINE_TOP, {}
    for name, one in zip(VERTEBRAE, tall, strict=True):
        half = _HALF_WIDTH[name[0]]
        place = (_MIDDLE - half, round(at, 1), 2 * half, round(one * scale - 0.8, 1))
        found[name] = Vertebra(name, *place)
        at += one * scale
    return found


def figure(body: Body) -> Figure:
    """Pump and catheter as recorded, seen from the front: the patient's right is on the left."""
    levels = spine()
    tip, entry = levels.get(body.drawn_tip), levels.get(body.entry)
    outward = {"left": _PUMP_OUT, "right": -_PUMP_OUT}.get(body.side, 0.0)
    pump_x, flank = _MIDDLE + outward, _MIDDLE + outward * 1.4
    bottom = (entry or levels[_USUAL_ENTRY]).middle
    course = f"M{pump_x} {_PUMP_Y}C{flank} {_PUMP_Y - 30} {flank} {bottom} {_MIDDLE} {bottom}"
    return Figure(
        tuple(levels.values()),
        tip.middle if tip else None,
        entry.middle if entry else None,
        pump_x,
        _PUMP_Y,
        course,
        f"M{_MIDDLE} {bottom}L{_MIDDLE} {tip.middle}" if tip else "",
        not (body.side and entry),
    )
