"""Clinical rows and the trail are never changed: not by models, not by SQL; entries correct."""

from __future__ import annotations

import pytest
import staff
from django.db import DatabaseError, connection, transaction

from thecal.clinic.assessments.models import Clearance, PsychologicalAssessment
from thecal.clinic.assessments.orders import PsychologicalFinding
from thecal.clinic.assessments.services import correct_psychological, record_psychological
from thecal.clinic.audit import triggers
from thecal.clinic.audit.kept import AppendOnlyModel, KeptError, KeptModel
from thecal.clinic.audit.models import Event
from thecal.clinic.audit.verifying import verify
from thecal.clinic.patients.models import IDENTITY, Details, Patient
from thecal.clinic.patients.orders import Amending
from thecal.clinic.patients.services import amend
from thecal.clinic.people.roles import Role
from thecal.clinic.record.refusals import ConflictError, InvalidError, StaleError

pytestmark = pytest.mark.usefixtures("record")


def finding(**changed: object) -> PsychologicalFinding:
    data = {
        "happened_at": "2026-03-02T10:00:00+00:00",
        "clearance": "cleared",
        "untreated_habituation": False,
        "summary": "Fit for a trial.",
    }
    return PsychologicalFinding.model_validate({**data, **changed})


def assessed(patient: Patient) -> PsychologicalAssessment:
    entry = record_psychological(staff.member(Role.NEUROPSYCHOLOGIST), patient, finding())
    assert isinstance(entry, PsychologicalAssessment)
    return entry


def corrected(patient: Patient, old: PsychologicalAssessment) -> PsychologicalAssessment:
    order = {**finding(clearance="not-cleared").model_dump(), "corrects": old.pk, "why": "Mixed up"}
    entry = correct_psychological.ask(staff.member(Role.NEUROPSYCHOLOGIST), patient, order)
    assert isinstance(entry, PsychologicalAssessment)
    return entry


def test_every_kept_table_has_its_triggers() -> None:
    assert triggers.missing() == []
    kept = {model._meta.label for model in triggers.kept_models()}
    assert {"audit.Event", "patients.Patient", "people.User", "patients.Details"} <= kept


@pytest.mark.parametrize("model", triggers.kept_models(), ids=lambda one: one._meta.label)
def test_the_database_refuses_to_change_what_stays(model: type[KeptModel]) -> None:
    assessed(staff.patient())
    table, key = model._meta.db_table, model._meta.pk.column
    has_rows = model._default_manager.exists()
    assert has_rows or model._meta.label not in HAVE_ROWS
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    statements = [f'DELETE FROM "{table}"']
    if issubclass(model, AppendOnlyModel):
        statements += [f'UPDATE "{table}" SET "{key}" = "{key}"']
        if connection.vendor == "sqlite":
            statements += [f'INSERT OR REPLACE INTO "{table}" SELECT * FROM "{table}"']
    if connection.vendor == "postgresql":
        statements += [f'TRUNCATE "{table}" CASCADE']
    for statement in statements:
        if not has_rows and "TRUNCATE" not in statement:
            continue
        with (
            pytest.raises(DatabaseError, match="stays as it is"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


HAVE_ROWS = {
    "audit.Event",
    "people.Clinic",
    "people.User",
    "people.Membership",
    "patients.Patient",
    "patients.Details",
    "assessments.PsychologicalAssessment",
}


def test_the_models_refuse_to_change_what_stays() -> None:
    entry = assessed(staff.patient())
    for change in (
        entry.save,
        entry.delete,
        PsychologicalAssessment.objects.all().delete,
        lambda: PsychologicalAssessment.objects.update(summary="other"),
        Event.objects.all().delete,
        staff.clinic().delete,
    ):
        with pytest.raises(KeptError):
            change()


def test_a_correction_is_a_new_entry_and_the_old_one_stays() -> None:
    patient = staff.patient()
    old = assessed(patient)
    new = corrected(patient, old)
    assert new.corrects == old
    assert (new.why, new.clearance) == ("Mixed up", Clearance.NOT_CLEARED)
    assert list(PsychologicalAssessment.objects.current().of(patient)) == [new]
    assert set(PsychologicalAssessment.objects.of(patient)) == {old, new}
    assert not old.is_current
    assert verify().holds


def test_an_entry_is_corrected_once() -> None:
    patient = staff.patient()
    old = assessed(patient)
    corrected(patient, old)
    with pytest.raises(ConflictError, match="corrected before"):
        corrected(patient, old)


def test_an_entry_of_another_patient_is_not_corrected() -> None:
    with pytest.raises(ConflictError, match="no such entry"):
        corrected(staff.patient(), assessed(staff.patient()))


def test_who_a_patient_is_repeats_the_newest_entry() -> None:
    patient = staff.patient()
    order = Amending(**staff.particulars(family_name="Newname").model_dump(), why="Married")
    amend(staff.member(Role.NURSE), patient, order)
    row, newest = Patient.objects.get(pk=patient.pk), Details.objects.current().get(patient=patient)
    assert row.family_name == "Newname"
    assert [getattr(row, name) for name in IDENTITY] == [getattr(newest, name) for name in IDENTITY]
    assert Details.objects.filter(patient=patient).count() == 2
    assert row.version == patient.version + 1


def test_a_stale_page_changes_nothing() -> None:
    patient, nurse = staff.patient(), staff.member(Role.NURSE)
    order = Amending(**staff.particulars().model_dump(), why="Typing slip")
    amend(nurse, patient, order, seen=patient.version)
    with pytest.raises(StaleError):
        amend(nurse, patient, order, seen=patient.version)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("happened_at", "2999-01-01T00:00:00+00:00"),
        ("happened_at", "2026-03-02T10:00:00"),
        ("summary", " "),
        ("summary", "a\x00b"),
        ("clearance", "perhaps"),
        ("conditions", "with no need"),
        ("no_such_part", "1"),
    ],
)
def test_an_order_that_cannot_be_read_leaves_nothing(part: str, value: str) -> None:
    data = {**finding().model_dump(mode="json"), part: value}
    with pytest.raises(InvalidError) as caught:
        record_psychological.ask(staff.member(Role.NEUROPSYCHOLOGIST), staff.patient(), data)
    assert set(caught.value.problems) <= {part, "order"}
    assert not PsychologicalAssessment.objects.exists()
