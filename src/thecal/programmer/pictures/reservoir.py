"""The programmer's second panel: the reservoir over the days, its uncertainty and the dates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from thecal.programmer.pictures.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    PALE,
    PURPLE,
    TEXT_PT,
    VERMILION,
    Key,
    dress,
    only_say,
)
from thecal.pump.language import PL_PER_ML, SECONDS_PER_DAY
from thecal.therapy.case import Case
from thecal.therapy.plan import Plan
from thecal.therapy.refill.interval import Cap, LimitedBy, Refill
from thecal.units import INTERVAL, VOLUME, plain_number, show

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLE = "Reservoir"
_QUIET_DAYS = 60.0
"""How much is shown of a pump that delivers nothing."""
_BEYOND_REFILL = 1.3
_NO_ROOM = 0.06
"""Nearer to the left edge than this share of the width, a date is named in the legend only."""
_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Flow:
    """A constant flow for a time; ``days`` is None if it goes on."""

    ml_per_day: Fraction
    days: Fraction | None


def flows(case: Case, patient_doses: bool) -> Iterator[Flow]:
    """What the program takes from the reservoir: the bridge, then the mean day.

    The fill is what the reservoir holds after a priming bolus, so that is not counted.

    Args:
        case: with a program.
        patient_doses: whether every allotted dose is taken, or none.
    """
    assert case.doses is not None  # noqa: S101  (the caller asked)
    program = case.program
    if program is not None and program.bridge is not None:
        lasts = Fraction(program.bridge.duration_s, SECONDS_PER_DAY)
        yield Flow(Fraction(program.bridge.rate_pl_per_day, PL_PER_ML), lasts)
    taken = case.doses.patient_doses_ml if patient_doses else Fraction(0)
    yield Flow(case.doses.mean_ml + taken, None)


def course(
    case: Case, until_day: float, patient_doses: bool, share: Fraction = Fraction(1)
) -> tuple[list[float], list[float]]:
    """The reservoir as corners of straight lines, ending empty or at ``until_day``.

    Args:
        case: with a program.
        until_day: in days.
        patient_doses: whether every allotted dose is taken, or none.
        share: delivered over programmed, 1.145 for +14.5 %.

    Returns:
        (days, mL)
    """
    day, left = 0.0, float(case.prescription.fill.volume_ml)
    days, volumes = [day], [left]
    for flow in flows(case, patient_doses):
        rate = float(flow.ml_per_day * share)
        lasts = until_day - day if flow.days is None else min(float(flow.days), until_day - day)
        lasts = min(lasts, left / rate) if rate else lasts
        day, left = day + lasts, left - rate * lasts
        days.append(day)
        volumes.append(max(left, 0.0))
    return days, volumes


def shown_days(case: Case) -> float:
    """How many days to show: somewhat beyond the refill, or until empty, or two months."""
    refill = case.refill
    if refill is not None and refill.days:
        return float(refill.days) * _BEYOND_REFILL
    daily = case.doses.mean_ml + case.doses.patient_doses_ml if case.doses else Fraction(0)
    return float(case.prescription.fill.volume_ml / daily) * 1.05 if daily else _QUIET_DAYS


def draw_reservoir(plan: Plan, axes: Axes) -> None:
    """Draw the reservoir in mL over days since the visit, with the refill and latest safe dates."""
    case = plan.case
    if case.doses is None or case.refill is None:
        only_say(axes, TITLE, ["No program: nobody can say how long this fill lasts."])
        return
    until, key = shown_days(case), Key()
    dress(axes, TITLE, "time since the visit (day)", "in the reservoir (mL)")
    axes.set_xlim(0, until)
    axes.set_ylim(0, float(max(case.prescription.fill.volume_ml, case.alarm_volume_ml or 0)) * 1.06)
    _draw_courses(case, until, axes, key)
    _draw_alarm(case, axes, key)
    _draw_dates(case, case.refill, axes, key)
    _draw_caps(case.refill, until, axes, key)
    key.place(axes)


def _draw_courses(case: Case, until: float, axes: Axes, key: Key) -> None:
    assert case.doses is not None  # noqa: S101  (the caller asked)
    doses = bool(case.doses.patient_doses_ml)
    label = "programmed, all patient doses taken" if doses else "as programmed"
    (line,) = axes.plot(*course(case, until, True), color=BLUE, linewidth=2, label=label)
    key.add(line)
    if doses:
        (none,) = axes.plot(
            *course(case, until, False),
            color=GREEN,
            linewidth=1.6,
            linestyle=(0, (6, 2, 1, 2)),
            label="programmed, no patient dose taken",
        )
        key.add(none)
    if case.doses.worst_ml:
        _draw_band(case, until, axes, key)
    if case.primes:
        key.say("the fill is what is left after the priming bolus")


def _draw_band(case: Case, until: float, axes: Axes, key: Key) -> None:
    """The volume that may truly be left, between the pump's accuracy limits."""
    pump, upper = case.pump, case.upper_accuracy_percent
    lower = pump.accuracy_below_percent
    if upper is None or lower is None:
        tested = pump.accuracy_tested_at
        where = f" at this flow, only at {plain_number(tested.value / 24)} mL/h" if tested else ""
        key.say(f"accuracy not published for {pump.name}{where}")
        return
    fast = course(case, until, True, 1 + upper / _PERCENT)
    slow = course(case, until, True, 1 - lower.value / _PERCENT)
    ends = sorted({*fast[0], *slow[0], until})
    band = axes.fill_between(
        ends,
        _at(ends, fast),
        _at(ends, slow),
        color=PALE,
        linewidth=0,
        label=f"accuracy of the pump, −{_percent(lower.value)} to +{_percent(upper)}{_mark(case)}",
    )
    key.add(band)


def _percent(value: Fraction) -> str:
    return f"{plain_number(value)} %"


def _mark(case: Case) -> str:
    """How the accuracy is known, where that is not by reading it."""
    above = case.pump.accuracy_above_percent
    return "" if above is None or above.provenance == "found" else f" ({above.provenance})"


def _at(days: list[float], corners: tuple[list[float], list[float]]) -> list[float]:
    """The volume at each day, between the corners of a course."""
    import numpy  # noqa: PLC0415  (comes with matplotlib)

    return [float(value) for value in numpy.interp(days, corners[0], corners[1])]


def _draw_alarm(case: Case, axes: Axes, key: Key) -> None:
    if case.alarm_volume_ml is None:
        key.say("alarm volume: not published and not ordered, so no refill date")
        return
    ordered = case.prescription.fill.alarm_volume_ml is not None
    label = f"alarm volume {show(case.alarm_volume_ml, VOLUME)}"
    line = axes.axhline(
        float(case.alarm_volume_ml),
        color=VERMILION,
        linestyle=(0, (1, 1.5)),
        linewidth=1.6,
        label=label if ordered else f"{label}, from the catalogue",
    )
    key.add(line)


def _draw_dates(case: Case, refill: Refill, axes: Axes, key: Key) -> None:
    if refill.days is None:
        key.say("refill: not known")
    else:
        label = f"refill: {_when(refill.days, case.visit)}, set by {refill.limited_by}"
        _upright(axes, refill.days, label, "left", color=BLACK, linestyle="-")
        key.sample(label, color=BLACK, linewidth=1.4)
    if refill.latest_safe_days is None:
        key.say("latest safe day: not known")
    else:
        label = f"latest safe: {_when(refill.latest_safe_days, case.visit)}"
        style = {"color": PURPLE, "linestyle": (0, (4, 2))}
        _upright(axes, refill.latest_safe_days, label, "right", **style)
        key.sample(label, linewidth=1.4, **style)
    if refill.reservoir_days is not None and refill.reservoir_days != refill.days:
        key.say(f"the alarm volume would come at {show(refill.reservoir_days, INTERVAL)}")


def _when(days: Fraction, visit: date | None) -> str:
    """A number of days, and the last whole day of it in the calendar."""
    day = show(days, INTERVAL)
    return day if visit is None else f"{day} ({visit + timedelta(days=int(days))})"


def _upright(axes: Axes, days: Fraction, label: str, side: str, **style: Any) -> None:
    """A date as a vertical line, named above the panel."""
    axes.axvline(float(days), linewidth=1.4, **style)
    if float(days) < axes.get_xlim()[1] * _NO_ROOM:
        return
    axes.annotate(
        label.partition(":")[0],
        (float(days), 1.0),
        xycoords=axes.get_xaxis_transform(),
        xytext=(2 if side == "left" else -2, 3),
        textcoords="offset points",
        ha=side,
        va="bottom",
        color=style["color"],
        fontsize=TEXT_PT,
    )


def _draw_caps(refill: Refill, until: float, axes: Axes, key: Key) -> None:
    """Every limit by stability: in words where it sets the date, else a line, else its days."""
    beyond = []
    for cap in refill.caps:
        if cap.days in {refill.days, refill.latest_safe_days}:
            key.say(_cap(cap))
        elif float(cap.days) <= until:
            axes.axvline(float(cap.days), color=GREY, linewidth=1.4, linestyle=(0, (1, 2)))
            key.sample(_cap(cap), color=GREY, linewidth=1.4, linestyle=(0, (1, 2)))
        else:
            beyond.append(cap)
    if len(beyond) > 1:
        days = ", ".join(show(cap.days, INTERVAL) for cap in beyond)
        key.say(f"later limits of the interval: {days}")
    elif beyond:
        key.say(_cap(beyond[0]))


def _cap(cap: Cap) -> str:
    """A limit in words, with its days where its own words have none."""
    clinic = cap.by is LimitedBy.CLINIC
    return f"{cap.why}: {show(cap.days, INTERVAL)}" if clinic else cap.why
