"""The programmer's picture of a rehearsal: doses at pump and tip, the reservoir, the alarms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from thecal import formulary
from thecal.programmer.pictures.changeover import alike_by
from thecal.programmer.pictures.style import (
    BLACK,
    BLUE,
    GREY,
    LINES,
    PURPLE,
    VERMILION,
    Key,
    dress,
    only_say,
)
from thecal.programmer.rehearsal.run import Rehearsal
from thecal.pump.language import SECONDS_PER_DAY
from thecal.units import DOSE_RATE, VOLUME, plain_number, show

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HOURS_PER_DAY = 24
_PERCENT = 100
_BY_HOUR_DAYS = 3
"""How many days are drawn hour by hour; after that each day is one step."""
_LEAST_TOP = 150.0


@dataclass(frozen=True, slots=True)
class Bins:
    """Equal steps of ``hours``, and where they begin and end in the ``unit`` of the axis."""

    hours: int
    edges: tuple[float, ...]
    unit: str

    def mean_ug_per_day(self, hourly_ug: Sequence[float]) -> list[float]:
        """The mean dose in each step, from the dose of each hour."""
        return [
            sum(hourly_ug[start : start + self.hours]) / self.hours * HOURS_PER_DAY
            for start in range(0, (len(self.edges) - 1) * self.hours, self.hours)
        ]


def hourly(hours: int) -> Bins:
    """A step for each hour."""
    return Bins(1, tuple(float(hour) for hour in range(hours + 1)), "h")


def daily(hours: int) -> Bins:
    """A step for each whole day."""
    days = hours // HOURS_PER_DAY
    return Bins(HOURS_PER_DAY, tuple(float(day) for day in range(days + 1)), "day")


def is_long(run: Rehearsal) -> bool:
    """Whether the run needs a picture of its first days and one of all its days."""
    return run.hours > _BY_HOUR_DAYS * HOURS_PER_DAY


def draw_first_hours(run: Rehearsal, axes: Axes) -> None:
    """Draw the dose of each hour at pump and tip, in percent of each drug's planned mean."""
    hours = min(run.hours, _BY_HOUR_DAYS * HOURS_PER_DAY)
    _draw_doses(run, hourly(hours), "Dose hour by hour", axes)


def draw_all_days(run: Rehearsal, axes: Axes) -> None:
    """Draw the mean dose of each day at pump and tip, in percent of each drug's planned mean."""
    _draw_doses(run, daily(run.hours), "Dose day by day", axes)


def _draw_doses(run: Rehearsal, bins: Bins, title: str, axes: Axes) -> None:
    groups = [group for group in _groups(run) if len(bins.edges) > 1]
    if not groups:
        only_say(axes, title, ["Nothing is delivered, or the run is shorter than a step."], 50)
        return
    key = Key()
    planned = any(run.plan.case.mean_ug_per_day.values())
    whole = "planned" if planned else "before"
    hundred = axes.axhline(_PERCENT, color=BLACK, linestyle=(0, (5, 3)), linewidth=1.0)
    hundred.set_label("100 %: the planned mean" if planned else "100 %: the dose before")
    key.add(hundred)
    _draw_pump(run, bins, axes, key)
    for group, (colour, dashes) in zip(groups, LINES, strict=False):
        style: dict[str, Any] = {"color": colour, "linestyle": dashes, "linewidth": 2.0}
        names = " and ".join(_hundred(run, drug) for drug in group)
        if run.tip_ug is not None:
            _stairs(bins, run.tip_ug[group[0]], _whole(run, group[0]), axes, style)
            key.sample(f"at the tip: {names}", **style)
        else:
            key.say(f"at the tip: not known for {names}")
    dress(axes, title, f"time since the visit ({bins.unit})", f"dose (% of {whole})")
    axes.set_xlim(0, bins.edges[-1])
    if bins.unit == "h":
        axes.set_xticks(range(0, len(bins.edges), 6 if len(bins.edges) > HOURS_PER_DAY else 2))
    axes.set_ylim(0, max(_LEAST_TOP, axes.get_ylim()[1]))
    key.place(axes)


def _draw_pump(run: Rehearsal, bins: Bins, axes: Axes, key: Key) -> None:
    """What leaves the pump: one line, since in one solution all drugs run in step."""
    drug = next(iter(run.pump_ug))
    whole = _whole(run, drug)
    if whole:
        style: dict[str, Any] = {"color": GREY, "linestyle": "-", "linewidth": 1.2}
        _stairs(bins, run.pump_ug[drug], whole, axes, style)
        key.sample("at the pump: every drug of this fill", **style)


def _stairs(
    bins: Bins, hourly_ug: Sequence[float], whole: float, axes: Axes, style: dict[str, Any]
) -> None:
    heights = [rate / whole * _PERCENT for rate in bins.mean_ug_per_day(hourly_ug)]
    axes.stairs(heights, bins.edges, baseline=None, **style)


def _groups(run: Rehearsal) -> list[list[str]]:
    drugs = tuple(dict.fromkeys((*run.solution.strengths, *run.old.strengths)))
    wholes = {drug: run.plan.case.mean_ug_per_day.get(drug) or _before(run, drug) for drug in drugs}
    return alike_by(run.old, run.solution, wholes)


def _before(run: Rehearsal, drug: str) -> Fraction:
    return run.plan.case.before_ug_per_day.get(drug, Fraction(0))


def _whole(run: Rehearsal, drug: str) -> float:
    """The µg/day that are 100 %: planned, or before for a drug that leaves."""
    return float(run.plan.case.mean_ug_per_day.get(drug) or _before(run, drug))


def _hundred(run: Rehearsal, drug: str) -> str:
    planned = run.plan.case.mean_ug_per_day.get(drug)
    whole = f"100 % = {formulary.drug(drug).show(planned or _before(run, drug), DOSE_RATE)}"
    return f"{drug} ({whole}{'' if planned else ' before'})"


def draw_believed_and_true(run: Rehearsal, axes: Axes) -> None:
    """Draw the reservoir in mL over days: what the pump believes and what is true."""
    key = Key()
    days = [sample.hour / HOURS_PER_DAY for sample in run.reservoir]
    (true,) = axes.plot(days, [sample.true_ml for sample in run.reservoir], color=BLUE, linewidth=2)
    true.set_label("true")
    key.add(true)
    believed = [
        float("nan") if sample.believed_ml is None else sample.believed_ml
        for sample in run.reservoir
    ]
    if any(sample.believed_ml is not None for sample in run.reservoir):
        (line,) = axes.plot(days, believed, color=VERMILION, linewidth=1.6, linestyle=(0, (5, 2)))
        line.set_label("believed by the pump, computed from its program")
        key.add(line)
    else:
        key.say("the pump computes no reservoir")
    alarm = run.plan.case.alarm_volume_ml
    if alarm is not None:
        dots = axes.axhline(float(alarm), color=PURPLE, linewidth=1.6, linestyle=(0, (1, 1.5)))
        dots.set_label(f"alarm volume {show(alarm, VOLUME)}")
        key.add(dots)
    last = run.reservoir[-1]
    key.say(f"at the end: true {plain_number(last.true_ml)} mL{_believed_end(last.believed_ml)}")
    dress(axes, "Reservoir", "time since the visit (day)", "in the reservoir (mL)")
    axes.set_xlim(0, run.days)
    axes.set_ylim(bottom=0)
    key.place(axes)


def _counts(run: Rehearsal) -> str:
    program = run.plan.case.program
    if program is None or program.patient_dose is None:
        return "No patient doses are ordered."
    return f"Patient doses: {run.granted} given, {len(run.refused)} refused."


def _believed_end(believed_ml: float | None) -> str:
    return "" if believed_ml is None else f", believed {plain_number(believed_ml)} mL"


def draw_events(run: Rehearsal, axes: Axes) -> None:
    """Draw each alarm as a bar over days and each refused request as a mark, by kind."""
    alarms = list(dict.fromkeys(str(span.alarm) for span in run.alarms))
    refusals = list(dict.fromkeys(one.code for one in run.refused))
    counts = _counts(run)
    if not alarms and not refusals:
        only_say(axes, "Alarms and refusals", ["No alarm and no refusal.", counts], 50)
        return
    for row, name in enumerate(alarms):
        for span in run.alarms:
            if str(span.alarm) == name:
                ends = run.days if span.until_s is None else span.until_s / SECONDS_PER_DAY
                since = span.since_s / SECONDS_PER_DAY
                axes.plot([since, ends], [row, row], color=VERMILION, linewidth=5)
                axes.plot([since], [row], color=VERMILION, marker="|", markersize=12)
    for row, code in enumerate(refusals, len(alarms)):
        days = [one.hour / HOURS_PER_DAY for one in run.refused if one.code == code]
        axes.plot(days, [row] * len(days), color=BLACK, marker="|", markersize=9, linestyle="none")
    key = Key()
    key.say(counts)
    dress(axes, "Alarms and refusals", "time since the visit (day)", "")
    names = [f"alarm:\n{name}" for name in alarms] + [f"refused:\n{code}" for code in refusals]
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlim(0, run.days)
    key.place(axes)
