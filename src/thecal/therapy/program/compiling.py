"""Compile a prescription into the pump's language: integers, and what rounding to them cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from thecal.devices import Pump
from thecal.pump.language import (
    DAYS_PER_WEEK,
    PL_PER_ML,
    SECONDS_PER_DAY,
    Bolus,
    Bridge,
    DaySchedule,
    Mode,
    PatientDose,
    Program,
    Step,
)
from thecal.therapy.file.prescription import (
    WEEKDAYS,
    Flex,
    MinimumRate,
    Prescription,
    Simple,
    Stopped,
)


@dataclass(frozen=True, slots=True)
class Rounding:
    """One quantity that the pump holds as an integer.

    Attributes:
        what: which quantity.
        asked: exact, in ``unit``.
        runs: the integer that the pump runs, in ``unit``.
    """

    what: str
    asked: Fraction
    runs: int
    unit: str

    @property
    def difference(self) -> Fraction:
        """(runs - asked) / asked; zero if nothing was asked."""
        return (self.runs - self.asked) / self.asked if self.asked else Fraction(0)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A program, and every rounding on the way to it. No program if the week is not covered once.

    Attributes:
        days_missing: weekdays without a schedule.
        days_repeated: weekdays with more than one.
    """

    program: Program | None
    roundings: tuple[Rounding, ...] = ()
    days_missing: tuple[str, ...] = ()
    days_repeated: tuple[str, ...] = ()


def compile_program(prescription: Prescription, pump: Pump) -> Compiled:
    """The base mode and the patient's doses, without priming and bridge."""
    therapy = prescription.therapy
    roundings: list[Rounding] = []
    dose = _patient_dose(prescription, roundings)
    if isinstance(therapy, Stopped):
        return Compiled(Program(Mode.STOPPED))
    if isinstance(therapy, MinimumRate):
        known = pump.minimum_rate_mode is not None
        return Compiled(Program(Mode.MINIMUM_RATE, patient_dose=dose) if known else None)
    if isinstance(therapy, Simple):
        rate = _rate(prescription, therapy.daily_dose_ug, "daily dose", roundings)
        day = DaySchedule((Step(0, rate),))
        program = Program(Mode.SIMPLE, (day,), (0,) * DAYS_PER_WEEK, patient_dose=dose)
        return Compiled(program, tuple(roundings))
    return _compile_flex(prescription, therapy, dose, roundings)


def _compile_flex(
    prescription: Prescription,
    therapy: Flex,
    dose: PatientDose | None,
    roundings: list[Rounding],
) -> Compiled:
    holders: dict[str, list[int]] = {day: [] for day in WEEKDAYS}
    for index, order in enumerate(therapy.schedule):
        for day in order.days or WEEKDAYS:
            holders[day].append(index)
    missing = tuple(day for day, found in holders.items() if not found)
    repeated = tuple(day for day, found in holders.items() if len(found) > 1)
    if missing or repeated:
        return Compiled(None, (), missing, repeated)
    schedules = tuple(
        DaySchedule(
            tuple(
                Step(step.at_min, _rate(prescription, step.rate_ug_per_day, "step", roundings))
                for step in order.steps
            )
        )
        for order in therapy.schedule
    )
    week = tuple(holders[day][0] for day in WEEKDAYS)
    return Compiled(Program(Mode.FLEX, schedules, week, patient_dose=dose), tuple(roundings))


def _rate(
    prescription: Prescription, dose_ug_per_day: Fraction, what: str, roundings: list[Rounding]
) -> int:
    """A dose of the primary drug as a rate in pL/day."""
    asked = dose_ug_per_day / prescription.primary.concentration_ug_per_ml * PL_PER_ML
    roundings.append(Rounding(what, asked, round(asked), "pL/day"))
    return round(asked)


def _patient_dose(prescription: Prescription, roundings: list[Rounding]) -> PatientDose | None:
    order = prescription.patient_dose
    if order is None:
        return None
    asked = order.dose_ug / prescription.primary.concentration_ug_per_ml * PL_PER_ML
    roundings.append(Rounding("patient dose", asked, round(asked), "pL"))
    return PatientDose(round(asked), order.duration_s, order.lockout_s, order.max_per_day)


def priming_bolus(volume_ml: Fraction, highest_rate_ml_per_day: Fraction) -> Bolus:
    """The path's volume, as fast as the pump can: whole seconds, never faster than allowed."""
    volume_pl = round(volume_ml * PL_PER_ML)
    seconds = volume_ml / highest_rate_ml_per_day * SECONDS_PER_DAY
    return Bolus(volume_pl, -(-seconds.numerator // seconds.denominator))


def bridge_bolus(rate_ml_per_day: Fraction, volume_ml: Fraction) -> Bridge:
    """A rate held until ``volume_ml`` has left the pump, in whole seconds."""
    seconds = round(volume_ml / rate_ml_per_day * SECONDS_PER_DAY)
    return Bridge(round(rate_ml_per_day * PL_PER_ML), max(1, seconds))


def with_start(program: Program, priming: Bolus | None, bridge: Bridge | None) -> Program:
    """The program with what runs before its base mode."""
    return replace(program, priming=priming, bridge=bridge)
