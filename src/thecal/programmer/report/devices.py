"""The report's tables of what the prescription rests on: patient, pump, catheter, drugs."""

from __future__ import annotations

from collections.abc import Iterator

from thecal import formulary
from thecal.devices import Pump
from thecal.programmer.report.page import Table
from thecal.therapy.case import Case
from thecal.therapy.findings import UNKNOWN
from thecal.units import AGE, CONCENTRATION, LENGTH, VOLUME, Figure, show

NOT_STATED = "not stated"
FIGURES = ("figure", "value", "source", "how known")
FIGURE_WIDTHS = (48, 40, 66, 26)
PAIR_WIDTHS = (60, 120)
_PUMP_FIGURES = {
    "reservoir": "reservoir",
    "not_aspirable": "not aspirable",
    "lowest_rate": "lowest rate",
    "highest_rate": "highest rate",
    "minimum_rate_mode": "minimum-rate mode",
    "rate_step": "step between rates",
    "demand_dose_step": "step between demand doses",
    "highest_demand_dose": "highest demand dose",
    "accuracy_above_percent": "accuracy, above",
    "accuracy_below_percent": "accuracy, below",
    "accuracy_tested_at": "accuracy tested at",
    "internal_tubing": "internal tubing",
    "alarm_volume": "alarm volume, default",
    "refill_end_volume": "refill ends at",
}
_ALWAYS = (
    "reservoir",
    "lowest_rate",
    "highest_rate",
    "accuracy_above_percent",
    "accuracy_below_percent",
    "internal_tubing",
)
"""Figures that the plan needs of every pump: where they are missing, the report says so."""


def figure_row(name: str, figure: Figure | None) -> tuple[str, str, str, str]:
    """A figure with its source and how it is known; an unknown one says so."""
    if figure is None:
        return (name, UNKNOWN, "", "")
    return (name, str(figure), figure.source, str(figure.provenance))


def patient_table(case: Case) -> Table:
    """What the file says of the patient; it has no name and no number."""
    patient = case.prescription.patient
    rows = [("indication", str(patient.indication))]
    if patient.spasticity_origin is not None:
        rows.append(("origin of the spasticity", str(patient.spasticity_origin)))
    age = patient.age_years
    rows += [
        ("age", NOT_STATED if age is None else show(age, AGE)),
        ("opioid tolerant", _yes_no(patient.opioid_tolerant)),
        ("history of psychosis", _yes_no(patient.psychosis_history)),
    ]
    return Table("Patient, as the prescription states", (), tuple(rows), PAIR_WIDTHS)


def _yes_no(value: bool | None) -> str:
    return NOT_STATED if value is None else ("yes" if value else "no")


def pump_table(case: Case) -> Table:
    """The pump's figures from the catalogue."""
    return Table(
        f"Pump: {case.pump.name} ({case.pump.maker}), {case.pump.kind}",
        FIGURES,
        tuple(_pump_rows(case.pump)),
        FIGURE_WIDTHS,
    )


def _pump_rows(pump: Pump) -> Iterator[tuple[str, str, str, str]]:
    for attribute, name in _PUMP_FIGURES.items():
        figure = getattr(pump, attribute)
        if figure is not None or attribute in _ALWAYS:
            yield figure_row(name, figure)
    if pump.drive is not None:
        yield ("drive", pump.drive.text, pump.drive.source, str(pump.drive.provenance))


def path_table(case: Case) -> Table:
    """Catheter, tip and the volume between rotor and tip."""
    choice, path = case.prescription.catheter, case.path
    file = "the prescription"
    length = None if choice.length_cm is None else show(choice.length_cm, LENGTH)
    rows = [
        figure_row("dead volume", case.catheter.dead_volume),
        ("length as implanted", length or NOT_STATED, file, ""),
        ("tip", choice.tip, file, ""),
        _path_row("catheter volume", path.catheter_ml, "dead volume × length", path.provenance),
        _tubing_row(case),
        _path_row("path, rotor to tip", path.volume_ml, "tubing + catheter", path.provenance),
    ]
    title = f"Catheter: {case.catheter.name} ({case.catheter.maker})"
    return Table(title, FIGURES, tuple(rows), FIGURE_WIDTHS)


def _path_row(name: str, volume: object, how: str, known: object) -> tuple[str, str, str, str]:
    if volume is None:
        return (name, UNKNOWN, "", "")
    return (name, show(volume, VOLUME), how, str(known))  # type: ignore[arg-type]


def _tubing_row(case: Case) -> tuple[str, str, str, str]:
    if case.pump.internal_tubing is None and case.path.tubing_ml is not None:
        return ("internal tubing", show(case.path.tubing_ml, VOLUME), "the prescription", "")
    return figure_row("internal tubing", case.pump.internal_tubing)


def drug_table(case: Case) -> Table:
    """Every drug of the fill and of the solution before, with its concentrations."""
    now = {part.name: part.strength for part in case.parts}
    old = {part.name: part.strength for part in case.old_parts}
    rows = tuple(
        (
            name + (" (primary)" if name == case.primary.name else ""),
            formulary.drug(name).show(old[name], CONCENTRATION) if name in old else "not in it",
            formulary.drug(name).show(now[name], CONCENTRATION) if name in now else "not in it",
        )
        for name in dict.fromkeys((*now, *old))
    )
    if case.prescription.before is None:
        rows = tuple((name, "first fill", new) for name, _, new in rows)
    return Table("Drugs", ("drug", "concentration before", "concentration now"), rows, (60, 60, 60))
