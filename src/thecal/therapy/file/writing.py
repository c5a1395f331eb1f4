"""Write a prescription as the file that reads back as the same prescription."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction

from thecal.therapy.file.prescription import (
    Flex,
    Ingredient,
    PatientDoseOrder,
    Prescription,
    ScheduleOrder,
    Simple,
    StepOrder,
    clock,
)
from thecal.units import (
    CONCENTRATION,
    DOSE_RATE,
    DURATION,
    LENGTH,
    MASS,
    VOLUME,
    exact_text,
    plain_number,
)

_AGE_DIGITS = 12


def write(prescription: Prescription) -> str:
    """The text of the file; ``reading.read_text`` gives the prescription back."""
    return "\n".join(_lines(prescription)) + "\n"


def _lines(prescription: Prescription) -> Iterator[str]:
    yield "schema = 1"
    yield from _patient(prescription)
    yield from _hardware(prescription)
    fill = prescription.fill
    yield from ("", "[fill]", _pair("volume", exact_text(fill.volume_ml, VOLUME)))
    if fill.alarm_volume_ml is not None:
        yield _pair("alarm_volume", exact_text(fill.alarm_volume_ml, VOLUME))
    yield from _drugs("fill", fill.drugs)
    if prescription.before is not None:
        dose = exact_text(prescription.before.daily_dose_ug, DOSE_RATE)
        yield from ("", "[before]", _pair("daily_dose", dose))
        yield from _drugs("before", prescription.before.drugs)
    yield from _therapy(prescription)
    for one in prescription.signed:
        yield from ("", "[[signed]]", _pair("rule", one.rule))
        yield from (_pair("by", one.by), _pair("reason", one.reason))


def _pair(key: str, text: str) -> str:
    # A JSON string is a TOML basic string, but for DEL, which TOML wants escaped.
    quoted = json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
    return f"{key} = {quoted}"


def _patient(prescription: Prescription) -> Iterator[str]:
    patient = prescription.patient
    yield from ("", "[patient]", _pair("indication", patient.indication))
    if patient.spasticity_origin is not None:
        yield _pair("spasticity_origin", patient.spasticity_origin)
    for key in ("opioid_tolerant", "psychosis_history"):
        value = getattr(patient, key)
        if value is not None:
            yield f"{key} = {str(value).lower()}"
    if patient.age_years is not None:
        yield f"age_years = {plain_number(patient.age_years, _AGE_DIGITS)}"


def _hardware(prescription: Prescription) -> Iterator[str]:
    pump, catheter = prescription.pump, prescription.catheter
    yield from ("", "[pump]", _pair("model", pump.model))
    if pump.internal_tubing_ml is not None:
        yield _pair("internal_tubing", exact_text(pump.internal_tubing_ml, VOLUME))
    yield from ("", "[catheter]", _pair("model", catheter.model))
    if catheter.length_cm is not None:
        yield _pair("length", exact_text(catheter.length_cm, LENGTH))
    yield _pair("tip", catheter.tip)


def _drugs(group: str, drugs: tuple[Ingredient, ...]) -> Iterator[str]:
    for one in drugs:
        yield from ("", f"[[{group}.drugs]]", _pair("drug", one.drug))
        yield _pair("concentration", exact_text(one.concentration_ug_per_ml, CONCENTRATION))


def _therapy(prescription: Prescription) -> Iterator[str]:
    therapy = prescription.therapy
    yield from ("", "[therapy]", _pair("mode", therapy.mode))
    if isinstance(therapy, Simple):
        yield _pair("daily_dose", exact_text(therapy.daily_dose_ug, DOSE_RATE))
    if isinstance(therapy, Flex):
        for schedule in therapy.schedule:
            yield from _schedule(schedule)
    if prescription.patient_dose is not None:
        yield from _patient_dose(prescription.patient_dose)


def _schedule(schedule: ScheduleOrder) -> Iterator[str]:
    yield from ("", "[[therapy.schedule]]")
    if schedule.days is not None:
        yield f"days = {json.dumps(list(schedule.days))}"
    yield from ("steps = [", *(f"  {_step(step)}," for step in schedule.steps), "]")


def _step(step: StepOrder) -> str:
    rate = exact_text(step.rate_ug_per_day, DOSE_RATE)
    return f'{{ at = "{clock(step.at_min)}", rate = "{rate}" }}'


def _patient_dose(dose: PatientDoseOrder) -> Iterator[str]:
    yield from ("", "[therapy.patient_dose]", _pair("dose", exact_text(dose.dose_ug, MASS)))
    yield _pair("duration", exact_text(Fraction(dose.duration_s), DURATION))
    yield _pair("lockout", exact_text(Fraction(dose.lockout_s), DURATION))
    yield f"max_per_day = {dose.max_per_day}"
