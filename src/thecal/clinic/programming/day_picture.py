"""A day's dose as shapes: what runs now beneath, what is typed on top, with the steps' handles."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from thecal.clinic.programming.reading import Day
from thecal.clinic.programming.sheet import WEEK
from thecal.formulary import Drug
from thecal.programmer.wording import days_label
from thecal.pump.language import PL_PER_ML, DaySchedule
from thecal.therapy.rules.pump_at_hand import Found
from thecal.units import plain_number

WIDTH, HEIGHT = 720.0, 190.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 10.0, 12.0, 26.0
DAY_MIN, HOURS_PER_DAY = 1440, 24
_HEADROOM, _TICKS = 1.18, 4
_NICE = (1, 2, 5, 10)
Steps = Sequence[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Handle:
    """A step that can be taken hold of: its field, and where it is."""

    schedule: int
    step: int
    x: float
    y: float
    at: str
    rate: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class DayPicture:
    """Everything that the template draws; coordinates in the picture's own units.

    Attributes:
        top: the highest rate of the axis, in ``unit``, for the script that drags.
        snap: the smallest change of a rate by dragging.
    """

    title: str
    drug: str
    unit: str
    old: str
    old_area: str
    new: str
    handles: tuple[Handle, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    top: float
    snap: float
    per_day: bool


def pictures(
    days: Iterable[Day], runs: Found | None, drug: Drug, per: str, editable: bool
) -> list[DayPicture]:
    """A picture for each schedule; where what runs now differs among its days, for each kind."""
    made = []
    for day in days:
        for weekdays, old in _old_kinds(day, runs, drug):
            made.append(_picture(day, weekdays, old, drug, per, editable))
    return made


def _old_kinds(day: Day, runs: Found | None, drug: Drug) -> list[tuple[tuple[int, ...], Steps]]:
    program = runs.holding.program if runs else None
    worked_out: dict[DaySchedule | None, Steps] = {}
    kinds: dict[Steps, list[int]] = {}
    for name in day.days:
        weekday = WEEK.index(name)
        ran = program.day(weekday) if program else None
        if ran not in worked_out:
            worked_out[ran] = tuple(old_steps(runs, drug, weekday))
        kinds.setdefault(worked_out[ran], []).append(weekday)
    return [(tuple(weekdays), steps) for steps, weekdays in kinds.items()]


def old_steps(runs: Found | None, drug: Drug, weekday: int) -> list[tuple[int, float]]:
    """(minute, µg/h) of a drug that runs now on a weekday; empty where that is not known."""
    if runs is None or runs.doses is None or drug.name not in (runs.strengths or {}):
        return []
    strength = (runs.strengths or {})[drug.name]
    program = runs.holding.program
    day = program.day(weekday) if program else None
    if day is None:
        flow = runs.doses.constant_rate_ml_per_day
        return [(0, float(flow * strength / HOURS_PER_DAY))]
    return [
        (start, float(Fraction(rate, PL_PER_ML) * strength / HOURS_PER_DAY))
        for start, _, rate in day.spans()
    ]


def _picture(
    day: Day, weekdays: tuple[int, ...], old: Steps, drug: Drug, per: str, editable: bool
) -> DayPicture:
    factor = (1000 if drug.shown_in == "mg" else 1) / (HOURS_PER_DAY if per == "day" else 1)
    new = [(at, float(rate) / factor) for at, rate in day.steps]
    before = [(at, rate / factor) for at, rate in old]
    top = _nice(max([rate for _, rate in (*new, *before)], default=0) * _HEADROOM)
    unit = f"{'mg' if drug.shown_in == 'mg' else 'µg'}/{per}"
    return DayPicture(
        days_label(weekdays),
        drug.name,
        unit,
        _line(before, top),
        _area(before, top),
        _line(new, top),
        tuple(_handles(day, new, top)) if editable else (),
        _HOURS,
        tuple(
            Tick(_y(top * i / _TICKS, top), plain_number(top * i / _TICKS))
            for i in range(_TICKS + 1)
        ),
        top,
        top / 50,
        per == "day",
    )


def _nice(most: float) -> float:
    """The end of the axis: 1, 2 or 5 times a power of ten, at least the most."""
    if most <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(most))
    return next(step * power for step in _NICE if step * power >= most)


def _x(minute: float) -> float:
    return round(LEFT + minute / DAY_MIN * (WIDTH - LEFT - RIGHT), 1)


_HOURS = tuple(Tick(_x(hour * 60), f"{hour:02d}") for hour in range(0, 25, 3))


def _y(rate: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - rate / top * (HEIGHT - TOP - BOTTOM), 1)


def _line(steps: Steps, top: float) -> str:
    """A path of stairs; empty without steps."""
    if not steps:
        return ""
    parts = [f"M{_x(0)} {_y(steps[0][1], top)}"]
    for at, rate in steps[1:]:
        parts.append(f"H{_x(at)}V{_y(rate, top)}")
    return "".join([*parts, f"H{_x(DAY_MIN)}"])


def _area(steps: Steps, top: float) -> str:
    line = _line(steps, top)
    return f"{line}V{_y(0, top)}H{_x(0)}Z" if line else ""


def _handles(day: Day, new: Steps, top: float) -> Iterable[Handle]:
    for i, (at, rate) in enumerate(new):
        clock = f"{at // 60:02d}:{at % 60:02d}"
        yield Handle(day.schedule, i, _x(at), _y(rate, top), clock, plain_number(rate))
