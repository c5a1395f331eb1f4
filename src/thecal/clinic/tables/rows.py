"""The rows of each table of a clinic, as they stood at a moment.

Each table has its columns beside the function that reads its rows; a column of a quantity has
its unit in its name, and instants are in UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db.models import Model, QuerySet

from thecal.clinic.audit.models import Event
from thecal.clinic.fills.models import Aspirate, Fill
from thecal.clinic.followup.models import Activity, Measurement, OralMedicines, SideEffects
from thecal.clinic.pathway.models import OpenTask
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import Clinic
from thecal.clinic.prescriptions.models import Prescription
from thecal.clinic.record.entry import Entry
from thecal.clinic.tables.cells import Cell
from thecal.units import CONCENTRATION, DOSE_RATE, VOLUME, parse
from thecal.units import Kind as Quantity

Rows = Iterator[tuple[Cell, ...]]
_AT_ONCE = 500
_SIDE_EFFECTS = ("nausea", "vomiting", "sedation", "constipation")


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        columns: their names.
        rows: what they hold, for a clinic at a moment.
    """

    columns: tuple[str, ...]
    rows: Callable[[Clinic, datetime], Rows]


def _patients(clinic: Clinic, at: datetime) -> Rows:
    rows = Patient.objects.filter(clinic=clinic, registered_at__lte=at)
    for one in _each(rows.order_by("number")):
        yield (
            one.number,
            one.family_name,
            one.given_name,
            one.birth_date,
            one.sex,
            one.stage,
            one.next_due,
            one.registered_at,
        )


def _fills(clinic: Clinic, at: datetime) -> Rows:
    rows = _standing(Fill, clinic, at).select_related("patient", "recorded_by", "visit")
    for fill in _each(rows):
        drawn = Aspirate.objects.current().filter(visit=fill.visit_id, recorded_at__lte=at).last()
        for place, part in enumerate(fill.drugs, start=1):
            yield (
                fill.patient.number,
                fill.happened_at,
                str(fill.pk),
                _in(fill.volume, VOLUME),
                place,
                part["drug"],
                _in(part["concentration"], CONCENTRATION),
                _in(drawn.volume, VOLUME) if drawn else None,
                _in(drawn.expected, VOLUME) if drawn else None,
                fill.refill_due,
                fill.latest_safe,
                fill.recorded_by.name,
                fill.recorded_role,
            )


def _outcomes(clinic: Clinic, at: datetime) -> Rows:
    for score in _each(_told(Measurement, clinic, at)):
        yield *_whose(score), "score", score.instrument, score.site, score.score, None, None
    for oral in _each(_told(OralMedicines, clinic, at)):
        for one in oral.medicines:
            dose = _in(one["daily_dose"], DOSE_RATE)
            yield *_whose(oral), "medicine by mouth", one["drug"], "", "", None, dose
    for effects in _each(_told(SideEffects, clinic, at)):
        for name in _SIDE_EFFECTS:
            if grade := getattr(effects, name):
                yield *_whose(effects), "side effect", name, "", "", grade, None
    for activity in _each(_told(Activity, clinic, at)):
        yield *_whose(activity), "activity", "against before", "", "", activity.change, None


def _whose(entry: Entry) -> tuple[Cell, ...]:
    return entry.patient.number, entry.happened_at


def _prescriptions(clinic: Clinic, at: datetime) -> Rows:
    rows = Prescription.objects.filter(patient__clinic=clinic, recorded_at__lte=at)
    rows = rows.filter(withdrawn=False).select_related("patient", "recorded_by", "corrected_by")
    last: dict[Any, Any] = {}
    current = Prescription.objects.current().filter(patient__clinic=clinic, is_draft=False)
    for patient, key in current.order_by("recorded_at").values_list("patient", "pk"):
        last[patient] = key
    for one in _each(rows.order_by("patient__number", "recorded_at")):
        mean, worst = one.plan["daily"]["drugs"], one.plan["daily_worst"]["drugs"]
        severities = [finding["severity"] for finding in one.plan["findings"]]
        for drug in mean:
            yield (
                one.patient.number,
                one.recorded_at,
                str(one.pk),
                _state(one, last.get(one.patient_id)),
                drug,
                _decimal(mean[drug]),
                _decimal(worst[drug]),
                one.refill_due,
                one.latest_safe,
                severities.count("stop"),
                severities.count("confirm"),
                one.digest,
                one.version,
                one.recorded_by.name,
                one.recorded_role,
            )


def _state(one: Prescription, last: Any) -> str:
    """What a prescription is now."""
    if one.is_draft:
        return "draft"
    if not one.is_current:
        return "withdrawn"
    return "stands" if one.pk == last else "replaced"


def _tasks(clinic: Clinic, at: datetime) -> Rows:
    rows = OpenTask.objects.filter(clinic=clinic).select_related("patient")
    for one in _each(rows.order_by("due", "pk")):
        yield (
            one.patient.number,
            one.code,
            one.title,
            one.urgency,
            one.raised,
            one.due,
            one.latest,
            one.undated,
            one.limit is not None and at > one.limit,
            one.reason,
        )


def _trail(clinic: Clinic, at: datetime) -> Rows:
    for one in _each(Event.objects.filter(clinic=clinic.pk, at__lte=at).order_by("seq")):
        yield (
            one.seq,
            one.at,
            one.who_name,
            one.role,
            one.action,
            one.outcome,
            str(one.patient or ""),
            one.detail,
            one.hash,
        )


TABLES: Mapping[str, Table] = {
    "patients": Table(
        (
            "record_number",
            "family_name",
            "given_name",
            "birth_date",
            "sex",
            "stage",
            "next_due_utc",
            "registered_utc",
        ),
        _patients,
    ),
    "fills": Table(
        (
            "record_number",
            "filled_utc",
            "fill",
            "volume_mL",
            "place_in_mixture",
            "drug",
            "concentration_ug_per_mL",
            "aspirated_mL",
            "expected_mL",
            "refill_due",
            "latest_safe",
            "recorded_by",
            "recorded_as",
        ),
        _fills,
    ),
    "outcomes": Table(
        (
            "record_number",
            "happened_utc",
            "kind",
            "item",
            "site",
            "score",
            "grade",
            "dose_ug_per_day",
        ),
        _outcomes,
    ),
    "prescriptions": Table(
        (
            "record_number",
            "written_utc",
            "prescription",
            "state",
            "drug",
            "mean_dose_ug_per_day",
            "heaviest_day_ug_per_day",
            "refill_due",
            "latest_safe",
            "stops",
            "confirms",
            "program_digest",
            "checked_by_version",
            "written_by",
            "written_as",
        ),
        _prescriptions,
    ),
    "tasks": Table(
        (
            "record_number",
            "code",
            "task",
            "urgency",
            "raised_utc",
            "due_utc",
            "latest_utc",
            "undated_because",
            "overdue",
            "reason",
        ),
        _tasks,
    ),
}
"""What whoever reads records may take out."""
TRAIL = Table(
    ("number", "at_utc", "who", "role", "action", "outcome", "patient", "detail", "hash"), _trail
)
"""What an administrator may."""


def _each(rows: QuerySet[Any]) -> Iterator[Any]:
    return iter(rows.iterator(chunk_size=_AT_ONCE))


def _standing(kind: type[Any], clinic: Clinic, at: datetime) -> QuerySet[Any]:
    rows: QuerySet[Any] = kind.objects.current()
    rows = rows.filter(patient__clinic=clinic, recorded_at__lte=at)
    return rows.order_by("patient__number", "happened_at", "recorded_at")


def _told(kind: type[Model], clinic: Clinic, at: datetime) -> QuerySet[Any]:
    return _standing(kind, clinic, at).select_related("patient")


def _in(text: str, kind: Quantity) -> Fraction | None:
    """A stored quantity as a number of the unit that its column names; empty is unknown."""
    return parse(text, kind) if text else None


def _decimal(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)
