"""The programmer's third panel: what reaches the patient while the path clears, or is filled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from thecal import formulary
from thecal.devices import PumpKind
from thecal.programmer.pictures.style import (
    BLACK,
    GREY,
    LINES,
    PALE,
    TEXT_PT,
    VERMILION,
    DoseUnit,
    Key,
    dress,
    only_say,
)
from thecal.pump.language import (
    PL_PER_ML,
    SECONDS_PER_DAY,
    SECONDS_PER_HOUR,
    SECONDS_PER_MINUTE,
    Mode,
)
from thecal.therapy.case import Case
from thecal.therapy.changeover.bridge import (
    HOURS_PER_DAY,
    Changeover,
    Phase,
    Priming,
    Solution,
    TipDose,
    phases_of,
    tip_dose,
)
from thecal.therapy.plan import Plan
from thecal.therapy.thresholds import thresholds
from thecal.units import DOSE_RATE, FLOW, MASS, VOLUME, plain_number, show

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLE = "Change-over at the catheter tip"
_PERCENT = 100
_BEYOND_CLEAR = 1.25
_COLUMNS, _KEY_WIDTH = 2, 56
_LEAST_TOP = 200.0
_FIRST_HOURS, _NEARLY = 8.0, 0.95
_THIN: dict[str, Any] = {"linewidth": 0.8}
_DOTTED: dict[str, Any] = {"linewidth": 1.6, "linestyle": (0, (1, 1.5))}
_UP = "dose at the tip\n(% of intended)"
_PRIMED_PATHS = 1.6
"""How many path volumes a first fill is followed, as its weak stretch is."""
_FINE = 0.05
"""The first share of that, followed in steps as small as the rest in all: it begins steeply."""


def draw_changeover(plan: Plan, axes: Axes) -> None:
    """Draw the dose at the tip over hours since the visit.

    A change-over is drawn in percent of each drug's intended dose (of the dose before for a
    drug that leaves), with the primary drug's µg/day or mg/day on the right; a first fill as
    the primary drug's running total in µg or mg.
    """
    case = plan.case
    change = case.changeover
    if change is not None and change.tip is not None:
        _draw_change(case, change, change.tip, axes)
    elif case.primes and case.priming is not None:
        _draw_priming(case, case.priming, axes)
    else:
        only_say(axes, TITLE, [why_nothing(case)], 120)


def why_nothing(case: Case) -> str:
    """Why there is no dose at the tip to draw."""
    if case.doses is None:
        return "No program, so no change-over."
    if case.doses.program.mode is Mode.STOPPED:
        return "The pump is stopped: nothing reaches the tip, and the path keeps what it holds."
    change = case.changeover
    if change is not None and dict(change.old.strengths) == dict(change.new.strengths):
        return "No change-over: the path already holds the solution of this fill."
    if case.path.volume_ml is None or case.path.dead_volume_ml_per_cm is None:
        return (
            "Path volume not published (internal tubing or catheter): when the new solution "
            "reaches the tip cannot be computed."
        )
    if case.pump.kind is not PumpKind.PROGRAMMABLE:
        return f"{case.pump.name} runs no priming bolus or bridge of its own: nothing to draw."
    return "Nothing flows, so nothing reaches the tip."


def without_bridge(case: Case, change: Changeover) -> Changeover:
    """The same change-over with its bridge left out."""
    if case.doses is None or change.path_ml is None:
        return replace(change, bridge=None, phases=())
    phases = tuple(phases_of(None, case.doses.mean_ml, change.path_ml))
    return replace(change, bridge=None, phases=phases)


def moving_mean(tip: TipDose, drug: str, window_h: float) -> list[tuple[float, float]]:
    """(middle hour, mean µg/day) over every window, as the rule on the tip's dose judges it."""
    last = tip.hours[-1] - window_h
    edges = {hour for hour in tip.hours if hour <= last}
    edges |= {hour - window_h for hour in tip.hours if hour >= window_h}
    return [
        (
            start + window_h / 2,
            (tip.by(drug, start + window_h) - tip.by(drug, start)) * HOURS_PER_DAY / window_h,
        )
        for start in sorted(edges)
    ]


def _draw_change(case: Case, change: Changeover, tip: TipDose, axes: Axes) -> None:
    key = Key(_KEY_WIDTH)
    left_out = without_bridge(case, change) if change.bridge else None
    until = max(_clear_h(change), _clear_h(left_out)) * _BEYOND_CLEAR
    _draw_allowed(axes, key, ": allowed for the means")
    for group, (colour, dashes) in zip(alike(change), LINES, strict=False):
        whole = _whole(change, group[0])
        style: dict[str, Any] = {"color": colour, "linestyle": dashes, "linewidth": 2.2}
        axes.plot(*_percent(tip.rates(group[0]), whole, until), **style)
        key.sample(" and ".join(_hundred(change, drug) for drug in group), **style)
        means = moving_mean(tip, group[0], change.window_h)
        axes.plot(*_percent(means, whole, until), color=colour, **_THIN)
        if left_out is not None and left_out.tip is not None:
            rates = left_out.tip.rates(group[0])
            axes.plot(*_percent(rates, whole, until), color=colour, **_DOTTED)
    key.sample(f"means over {plain_number(change.window_h, 3)} h", color=BLACK, **_THIN)
    if left_out is not None:
        key.sample("if the bridge were left out", color=BLACK, **_DOTTED)
    _draw_clear(change, axes, key)
    dress(axes, f"{TITLE}{_bridge_title(change)}", "time since the visit (h)", _UP)
    axes.set_xlim(0, until)
    axes.set_ylim(bottom=0, top=max(_LEAST_TOP, axes.get_ylim()[1]))
    _draw_right_axis(change, axes)
    key.place(axes, _COLUMNS)


def alike(change: Changeover) -> list[list[str]]:
    """The drugs in groups that run through the change-over in step, so that one line shows them."""
    before = change.before_ug_per_day
    wholes = {drug: dose or before[drug] for drug, dose in change.intended_ug_per_day.items()}
    return alike_by(change.old, change.new, wholes)


def alike_by(old: Solution, new: Solution, wholes: Mapping[str, Fraction]) -> list[list[str]]:
    """The drugs grouped by their share of a whole dose in µg/day; without one they are left out."""
    groups: dict[tuple[Fraction, Fraction], list[str]] = {}
    for drug, whole in wholes.items():
        if whole:
            groups.setdefault((old.of(drug) / whole, new.of(drug) / whole), []).append(drug)
    return list(groups.values())


def _clear_h(change: Changeover | None) -> float:
    """When the path is clear by plug flow, in hours; 0 if nothing flows."""
    return (change.clearing_hours() if change else None) or 0.0


def _draw_clear(change: Changeover, axes: Axes, key: Key) -> None:
    style: dict[str, Any] = {"color": GREY, "linewidth": 1.2, "linestyle": (0, (1, 2))}
    axes.axvline(_clear_h(change), **style)
    key.sample(f"path clear by plug flow: {plain_number(_clear_h(change), 3)} h", **style)


def _bridge_title(change: Changeover) -> str:
    if change.bridge is None:
        return ", no bridge"
    rate = show(Fraction(change.bridge.rate_pl_per_day, PL_PER_ML), FLOW)
    return f", bridge {rate} for {plain_number(change.bridge.duration_s / SECONDS_PER_HOUR)} h"


def _draw_allowed(axes: Axes, key: Key, judged: str) -> None:
    low, high = thresholds().tip_dose_lowest, thresholds().tip_dose_highest
    label = f"{low} to {high} of intended{judged}"
    key.add(axes.axhspan(float(low.value), float(high.value), color=PALE, linewidth=0, label=label))
    line = axes.axhline(_PERCENT, color=BLACK, linestyle=(0, (5, 3)), linewidth=1.0, zorder=3)
    line.set_label("intended dose, 100 %")
    key.add(line)


def _whole(change: Changeover, drug: str) -> float:
    """The µg/day that are 100 % for a drug: the dose intended, or before if none is intended."""
    return float(change.intended_ug_per_day[drug] or change.before_ug_per_day[drug])


def _hundred(change: Changeover, drug: str) -> str:
    intended, before = change.intended_ug_per_day[drug], change.before_ug_per_day[drug]
    dose = formulary.drug(drug).show(intended or before, DOSE_RATE)
    whole = f"100 % = {dose}".replace(" ", "\N{NO-BREAK SPACE}")
    return f"{drug} ({whole}{'' if intended else ' before; none intended'})"


def _percent(
    points: list[tuple[float, float]], whole: float, until: float
) -> tuple[list[float], list[float]]:
    """Hours and percent; beyond the last point every front has passed, so the dose stays."""
    after = [(until, points[-1][1])] if points and points[-1][0] < until else []
    every = points + after
    return [hour for hour, _ in every], [rate / whole * _PERCENT for _, rate in every]


def _draw_right_axis(change: Changeover, axes: Axes) -> None:
    """The primary drug's dose in its own unit."""
    drug = change.drugs[0]
    intended = float(change.intended_ug_per_day[drug])
    if not intended:
        return
    unit = DoseUnit.of(formulary.drug(drug))
    share = intended / unit.factor / _PERCENT
    right = axes.secondary_yaxis("right", functions=(_times(share), _times(1 / share)))
    right.set_ylabel(f"{drug}\n({unit.name}/day)", fontsize=TEXT_PT)
    right.tick_params(labelsize=TEXT_PT)


def _times(share: float) -> Callable[[Any], Any]:
    """Multiplication of a number or an array."""
    return lambda values: values * share


def primed_tip(case: Case, priming: Priming) -> TipDose | None:
    """The dose at the tip at a first fill: the priming bolus, then the base mode's mean day."""
    path, per_cm = case.path.volume_ml, case.path.dead_volume_ml_per_cm
    if path is None or per_cm is None or case.doses is None or not case.doses.mean_ml:
        return None
    days = priming.bolus.duration_s / SECONDS_PER_DAY
    base = float(case.doses.mean_ml)
    after = float(path) * (_PRIMED_PATHS - 1) / base
    phases = (
        Phase(priming.bolus.volume_pl / PL_PER_ML / days, days),
        Phase(base, after * _FINE),
        Phase(base, after * (1 - _FINE)),
    )
    new = Solution({part.name: part.strength for part in case.parts})
    return tip_dose(Solution({}), new, phases, float(path), float(per_cm))


def _draw_priming(case: Case, priming: Priming, axes: Axes) -> None:
    """The dose at the tip once the bolus has ended, and on the right the running total from 0 h."""
    tip, drug, key = primed_tip(case, priming), case.primary.name, Key(_KEY_WIDTH)
    begins = priming.bolus.duration_s / SECONDS_PER_HOUR
    rates = [] if tip is None else [one for one in tip.rates(drug) if one[0] > begins]
    if tip is None or not rates:
        only_say(axes, TITLE, ["After priming too little or too much flows to follow it."], 120)
        return
    whole = float(case.mean_ug_per_day[drug])
    until = _primed_hours(rates, whole)
    _draw_allowed(axes, key, "")
    _shade_bolus(priming, axes, key)
    hours, percent = _percent(rates, whole, until)
    (line,) = axes.plot(hours, percent, color=LINES[0][0], linewidth=2.2)
    line.set_label(
        f"{drug} (100 % = {case.primary.drug.show(case.mean_ug_per_day[drug], DOSE_RATE)})"
    )
    key.add(line)
    weak = axes.fill_between(hours, percent, _PERCENT, color="#F6E3C5", linewidth=0)
    weak.set_label(f"weak stretch: less than intended{_below_half(rates, whole)}")
    key.add(weak)
    _draw_total(tip, drug, until, axes, key)
    dress(axes, _priming_title(priming), "time since the program began (h)", _UP)
    axes.set_xlim(0, until)
    axes.set_ylim(0, _LEAST_TOP)
    early = (
        f"{name} {formulary.drug(name).show(ug, MASS, 3)}" for name, ug in priming.early_ug.items()
    )
    key.say(f"early, before the bolus ends: {', '.join(early)}")
    key.place(axes, _COLUMNS)


def _primed_hours(rates: list[tuple[float, float]], whole: float) -> float:
    """Until the dose is nearly that intended; at least a working day."""
    full = (hour for hour, rate in rates if rate >= _NEARLY * whole)
    return min(rates[-1][0], max(next(full, rates[-1][0]), _FIRST_HOURS))


def _below_half(rates: list[tuple[float, float]], whole: float) -> str:
    """How long the dose is below half of that intended, in words, if it is."""
    below = [hour for hour, rate in rates if rate < whole / 2]
    return f", below half until {plain_number(below[-1], 2)} h" if below else ""


def _priming_title(priming: Priming) -> str:
    bolus = show(Fraction(priming.bolus.volume_pl, PL_PER_ML), VOLUME)
    minutes = plain_number(Fraction(priming.bolus.duration_s, SECONDS_PER_MINUTE), 3)
    return f"First fill at the catheter tip, priming {bolus} in {minutes} min"


def _shade_bolus(priming: Priming, axes: Axes, key: Key) -> None:
    """The bolus itself: while it runs the dose is far off this scale."""
    minutes = plain_number(Fraction(priming.bolus.duration_s, SECONDS_PER_MINUTE), 3)
    ends = priming.bolus.duration_s / SECONDS_PER_HOUR
    label = f"the bolus, {minutes} min: the dose is off this scale"
    key.add(axes.axvspan(0, ends, color="#BDBDBD", linewidth=0, label=label))


def _draw_total(tip: TipDose, drug: str, until: float, axes: Axes, key: Key) -> None:
    """How much has left the tip since the program began, on an axis of its own."""
    unit = DoseUnit.of(formulary.drug(drug))
    hours = [hour for hour in tip.hours if hour < until] + [until]
    right = axes.twinx()
    style: dict[str, Any] = {"color": VERMILION, "linewidth": 1.6, "linestyle": (0, (6, 2, 1, 2))}
    right.plot(hours, [tip.by(drug, hour) / unit.factor for hour in hours], **style)
    right.set_ylim(bottom=0)
    right.set_ylabel(f"{drug},\nrunning total ({unit.name})", fontsize=TEXT_PT)
    right.tick_params(labelsize=TEXT_PT)
    right.spines["top"].set_visible(False)
    key.sample(f"{drug}, running total (right axis)", **style)
