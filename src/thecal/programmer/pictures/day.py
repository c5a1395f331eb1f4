"""The programmer's first panel: the dose of the primary drug through the day, old and new."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.programmer.pictures.style import GREY, LINES, VERMILION, DoseUnit, Key, dress, only_say
from thecal.programmer.wording import days_label, lasts
from thecal.pump.language import (
    DAYS_PER_WEEK,
    MINUTES_PER_DAY,
    PL_PER_ML,
    SECONDS_PER_DAY,
    SECONDS_PER_HOUR,
    Mode,
    PatientDose,
    Program,
)
from thecal.therapy.case import Case
from thecal.therapy.plan import Plan
from thecal.units import DOSE_RATE, MASS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLE = "Dose through the day"
_HOURS = 24
_FIRST_EXAMPLE_DOSE_S = 8 * SECONDS_PER_HOUR


@dataclass(frozen=True, slots=True)
class DayDose:
    """What runs on some weekdays.

    Attributes:
        weekdays: Monday is 0.
        spans: (start minute, end minute, rate in mL/day).
    """

    weekdays: tuple[int, ...]
    spans: tuple[tuple[int, int, Fraction], ...]

    @property
    def ml(self) -> Fraction:
        """The day's volume, in mL."""
        volumes = (rate * (end - start) for start, end, rate in self.spans)
        return sum(volumes, Fraction(0)) / MINUTES_PER_DAY


def day_doses(program: Program, constant_ml_per_day: Fraction = Fraction(0)) -> list[DayDose]:
    """The different days of a program, in the week's order.

    Args:
        program: as the pump runs it.
        constant_ml_per_day: the rate of a mode without schedules.
    """
    if not program.week:
        every = tuple(range(DAYS_PER_WEEK))
        return [DayDose(every, ((0, MINUTES_PER_DAY, constant_ml_per_day),))]
    return [
        DayDose(
            tuple(day for day, held in enumerate(program.week) if held == index),
            tuple(
                (start, end, Fraction(rate, PL_PER_ML))
                for start, end, rate in program.schedules[index].spans()
            ),
        )
        for index in dict.fromkeys(program.week)
    ]


def draw_day(plan: Plan, axes: Axes) -> None:
    """Draw the dose of the primary drug through the day.

    The x axis is in hours, the y axis in µg/h or mg/h of the primary drug; the other drugs'
    24 h doses stand in the legend, since in one solution they run in a fixed ratio.
    """
    case = plan.case
    if case.doses is None:
        only_say(axes, TITLE, ["No program: there is no dose to show."])
        return
    days = day_doses(case.doses.program, case.doses.constant_rate_ml_per_day)
    unit = DoseUnit.of(case.primary.drug)
    key = Key()
    _draw_days(case, days, unit, axes, key)
    _draw_before(case, unit, axes, key)
    _say_special_modes(case, key)
    dress(
        axes,
        f"{TITLE}: {case.primary.name}",
        "time of day (h, the pump's clock)",
        f"dose ({unit.name}/h)",
    )
    axes.set_xlim(0, _HOURS)
    axes.set_xticks(range(0, _HOURS + 1, 3))
    axes.set_ylim(bottom=0, top=axes.get_ylim()[1] * 1.12 or 1)
    if case.doses.program.patient_dose is not None:
        _draw_patient_doses(case, case.doses.program.patient_dose, axes, key)
    for sentence in _other_drugs(case):
        key.say(sentence)
    key.place(axes)


def _draw_days(case: Case, days: list[DayDose], unit: DoseUnit, axes: Axes, key: Key) -> None:
    strength, shown = case.primary.strength, case.primary.drug.show
    for day, (colour, dashes) in zip(days, LINES, strict=False):
        edges = [start / 60 for start, _, _ in day.spans] + [float(_HOURS)]
        heights = [float(rate * strength / _HOURS) / unit.factor for _, _, rate in day.spans]
        label = f"new, {days_label(day.weekdays)}: {shown(day.ml * strength, MASS)} in 24 h"
        steps = axes.stairs(
            heights, edges, baseline=None, color=colour, linestyle=dashes, linewidth=2, label=label
        )
        key.add(steps)


def _draw_before(case: Case, unit: DoseUnit, axes: Axes, key: Key) -> None:
    """The dose until now is known as one daily figure, so it is drawn flat."""
    old = case.before_ug_per_day.get(case.primary.name)
    if old is None:
        first = case.prescription.before is None
        nothing = "no dose before (first fill)" if first else f"no {case.primary.name}"
        key.say(nothing if first else f"before: {nothing}")
        return
    line = axes.axhline(
        float(old / _HOURS) / unit.factor,
        color=GREY,
        linestyle=(0, (1.5, 1.5)),
        linewidth=1.6,
        label=f"before: {case.primary.drug.show(old, DOSE_RATE)}, drawn as its mean",
    )
    key.add(line)


def _say_special_modes(case: Case, key: Key) -> None:
    mode = case.doses.program.mode if case.doses else None
    if mode is Mode.STOPPED:
        key.say("stopped: nothing is delivered")
    if mode is Mode.MINIMUM_RATE:
        key.say("minimum rate: it keeps the rotor turning and is not therapy")


def _other_drugs(case: Case) -> Iterator[str]:
    """The 24 h dose of each drug besides the primary, and of those that leave."""
    others = case.parts[1:]
    if others and not any(part.name in case.before_ug_per_day for part in others):
        doses = (
            f"{one.name} {one.drug.show(case.mean_ug_per_day[one.name], DOSE_RATE)}"
            for one in others
        )
        yield f"with it {', '.join(doses)}; none before"
    else:
        for part in others:
            old = part.drug.show(case.before_ug_per_day.get(part.name, 0), DOSE_RATE)
            new = part.drug.show(case.mean_ug_per_day[part.name], DOSE_RATE)
            yield f"with it {part.name}: {new}, before {old}"
    staying = {part.name for part in case.parts}
    for part in case.old_parts:
        if part.name not in staying:
            dose = case.before_ug_per_day[part.name]
            yield f"no more {part.name}: before {part.drug.show(dose, DOSE_RATE)}"


def _draw_patient_doses(case: Case, dose: PatientDose, axes: Axes, key: Key) -> None:
    """An example day: the doses in the closest succession, each with its lockout as a bar."""
    in_axes = axes.get_xaxis_transform()
    for start_s in example_doses_s(dose):
        hour = start_s / SECONDS_PER_HOUR
        end = min(hour + dose.lockout_s / SECONDS_PER_HOUR, float(_HOURS))
        axes.plot([hour, end], [0.96, 0.96], color=VERMILION, linewidth=1.2, transform=in_axes)
        axes.plot([hour], [0.96], marker="v", color=VERMILION, markersize=7, transform=in_axes)
    volume_ml = Fraction(dose.volume_pl, PL_PER_ML)
    amount = case.primary.drug.show(volume_ml * case.primary.strength, MASS)
    count = f"at most {dose.max_per_day} in 24 h"
    label = (
        f"patient dose {amount} in {lasts(dose.duration_s)}, {count}; "
        f"bar: lockout {lasts(dose.lockout_s)} (example times)"
    )
    key.sample(label, color=VERMILION, marker="v", linewidth=1.2)


def example_doses_s(dose: PatientDose) -> list[int]:
    """Start times in seconds of the day, as close as the lockout allows, from 08:00 if they fit."""
    last = (dose.max_per_day - 1) * dose.lockout_s
    first = max(0, min(_FIRST_EXAMPLE_DOSE_S, SECONDS_PER_DAY - last - dose.lockout_s))
    times = (first + count * dose.lockout_s for count in range(dose.max_per_day))
    return [time for time in times if time < SECONDS_PER_DAY]
