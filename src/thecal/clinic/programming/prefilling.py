"""What the editor begins with: what stands and what the pump holds; a blank where nobody knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from thecal.clinic.implants.models import Implant
from thecal.clinic.pathway.models import Indication
from thecal.clinic.programming.entry import Unit, rounded, written
from thecal.clinic.programming.sheet import (
    CM,
    HOURS,
    MINUTES,
    ML,
    WEEK,
    Sheet,
    dose_unit,
    rate_unit,
    strength_unit,
)
from thecal.clinic.programming.standing import Standing
from thecal.clinic.pumps.refilled import ROUNDED_ML
from thecal.therapy.file.prescription import (
    VERTEBRAE,
    Flex,
    PatientDoseOrder,
    Prescription,
    ScheduleOrder,
    Simple,
    clock,
)
from thecal.units import LENGTH, VOLUME, UnitError, parse

_HOURS_PER_DAY = 24


def begun(standing: Standing) -> Sheet:
    """The sheet of a new prescription."""
    sheet = Sheet({"mode": "simple", "per": "h"})
    _place(sheet, standing)
    if standing.plan is not None:
        put_prescription(sheet, standing.plan.case.prescription)
    _put_before(sheet, standing)
    _put_volume(sheet, standing)
    return _finished(sheet)


def _put_volume(sheet: Sheet, standing: Standing) -> None:
    """What a fill put in; without one what should be left, and a blank if nobody knows."""
    if (fill := standing.fill_not_sent) is not None:
        sheet["volume"] = _written(parse(fill.volume, VOLUME), ML)
    elif standing.verified is not None:
        left = standing.left_ml
        sheet["volume"] = "" if left is None else _written(left - left % ROUNDED_ML, ML)


def imported(prescription: Prescription) -> Sheet:
    """The sheet that a prescription file fills."""
    sheet = Sheet({"mode": "simple", "per": "h"})
    put_prescription(sheet, prescription)
    before = prescription.before
    sheet["runs"] = "runs" if before else "first"
    if before is not None:
        drugs = {one.drug: one.concentration_ug_per_ml for one in before.drugs}
        _put_drugs(sheet, ("old_drug", "old_strength"), drugs)
        unit = rate_unit(before.drugs[0].drug, "day")
        sheet["before_dose"] = written(before.daily_dose_ug, unit)
    return _finished(sheet)


def _finished(sheet: Sheet) -> Sheet:
    if not sheet.rows("drug"):
        sheet["drug.0"] = ""
    if not sheet.rows("s"):
        sheet.put_schedules([(WEEK, [("00:00", "")])])
    for group, mark in (("drug", "for"), ("old_drug", "old_for")):
        for row in sheet.rows(group):
            sheet[f"{mark}.{row}"] = sheet[f"{group}.{row}"]
    sheet["shown"], sheet["old_shown"] = sheet.shown, sheet["old_drug.0"]
    return sheet


def _place(sheet: Sheet, standing: Standing) -> None:
    """Pump and catheter as the record of the operation and of the pump has them."""
    device, placed = standing.device, Implant.objects.current().of(standing.patient).first()
    treated = Indication.objects.current().of(standing.patient).first()
    if treated is not None:
        sheet["indication"], sheet["spasticity_origin"] = (
            treated.indication,
            treated.spasticity_origin,
        )
    if device is not None:
        sheet["pump"] = device.model
    if placed is None:
        return
    sheet["catheter"] = placed.catheter
    if placed.tip_level in VERTEBRAE:
        sheet["tip"] = placed.tip_level
    try:
        sheet["length"] = written(parse(placed.catheter_length, LENGTH), CM)
    except UnitError:
        return  # it was not written down, or in words


def put_prescription(sheet: Sheet, told: Prescription) -> None:
    """Everything but what ran before it."""
    patient, pump, catheter, fill = told.patient, told.pump, told.catheter, told.fill
    sheet["indication"] = str(patient.indication)
    sheet["spasticity_origin"] = str(patient.spasticity_origin or "")
    sheet["opioid_tolerant"] = _answer(patient.opioid_tolerant)
    sheet["psychosis_history"] = _answer(patient.psychosis_history)
    sheet["pump"], sheet["catheter"], sheet["tip"] = pump.model, catheter.model, catheter.tip
    sheet["tubing"] = _written(pump.internal_tubing_ml, ML)
    sheet["length"] = _written(catheter.length_cm, CM)
    sheet["volume"], sheet["alarm"] = (
        _written(one, ML) for one in (fill.volume_ml, fill.alarm_volume_ml)
    )
    drugs = {one.drug: one.concentration_ug_per_ml for one in fill.drugs}
    _put_drugs(sheet, ("drug", "strength"), drugs)
    _put_therapy(sheet, told)


def _answer(value: bool | None) -> str:
    return "" if value is None else ("yes" if value else "no")


def _written(value: Fraction | None, unit: Unit) -> str:
    return "" if value is None else written(value, unit)


def _put_drugs(sheet: Sheet, names: tuple[str, str], drugs: Mapping[str, Fraction]) -> None:
    for row, (drug, strength) in enumerate(drugs.items()):
        sheet[f"{names[0]}.{row}"] = drug
        sheet[f"{names[1]}.{row}"] = written(strength, strength_unit(drug))


def _put_therapy(sheet: Sheet, told: Prescription) -> None:
    therapy, primary = told.therapy, told.primary.drug
    sheet["mode"] = therapy.mode
    if isinstance(therapy, Simple):
        sheet["daily"] = written(therapy.daily_dose_ug, rate_unit(primary, "day"))
        sheet["per"] = _per(primary, [therapy.daily_dose_ug])
        rate = written(therapy.daily_dose_ug, rate_unit(primary, sheet.per))
        sheet.put_schedules([(WEEK, [("00:00", rate)])])
    if isinstance(therapy, Flex):
        _put_schedules(sheet, primary, therapy.schedule)
    dose = told.patient_dose
    sheet["has_dose"] = "yes" if dose else "no"
    if dose is not None:
        _put_dose(sheet, primary, dose)


def _put_schedules(sheet: Sheet, primary: str, told: tuple[ScheduleOrder, ...]) -> None:
    sheet["per"] = _per(primary, [step.rate_ug_per_day for one in told for step in one.steps])
    unit = rate_unit(primary, sheet.per)
    sheet.put_schedules(
        (
            one.days or WEEK,
            [(clock(step.at_min), written(step.rate_ug_per_day, unit)) for step in one.steps],
        )
        for one in told
    )


def _per(drug: str, rates: Iterable[Fraction]) -> str:
    """Per hour where every rate is exact so, else per day."""
    hourly = rate_unit(drug, "h")
    return "h" if all(written(one, hourly) for one in rates) else "day"


def _put_dose(sheet: Sheet, primary: str, dose: PatientDoseOrder) -> None:
    sheet["dose"] = written(dose.dose_ug, dose_unit(primary))
    sheet["duration"] = written(Fraction(dose.duration_s), MINUTES)
    sheet["lockout"] = written(Fraction(dose.lockout_s), HOURS)
    sheet["max"] = str(dose.max_per_day)


def _put_before(sheet: Sheet, standing: Standing) -> None:
    """What the path holds is what ran until now; where nothing is known a person must say so."""
    runs = standing.runs
    if runs is None or not standing.strengths:
        return
    primary = next(iter(standing.strengths))
    _put_drugs(sheet, ("old_drug", "old_strength"), standing.strengths)
    dose = runs.mean_ug_per_day.get(primary)
    sheet["runs"] = "runs"
    sheet["before_dose"] = "" if dose is None else rounded(dose, rate_unit(primary, "day"))
