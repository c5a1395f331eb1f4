"""The trail: one chain, written with what it tells, and whose first broken place is found."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
import staff
from django.db import connection

from thecal.clinic.audit import triggers
from thecal.clinic.audit.chain import Deed, append, head
from thecal.clinic.audit.models import Event
from thecal.clinic.audit.verifying import verify
from thecal.clinic.patients.models import Details
from thecal.clinic.patients.orders import Listing, Opening
from thecal.clinic.patients.services import list_patients, open_patient
from thecal.clinic.people.roles import Role


def last_event() -> Event:
    return Event.objects.order_by("-seq")[0]


def without_triggers(*statements: str) -> None:
    """What somebody can do who owns the database."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        else:
            for name in [name for model in triggers.kept_models() for name in names(model)]:
                cursor.execute(f'DROP TRIGGER "{name}"')
        for statement in statements:
            cursor.execute(statement)
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = DEFAULT")
    triggers.install()


def names(model: type) -> list[str]:
    return [name for name, _ in triggers._named(model)]


@pytest.mark.usefixtures("record")
class TestChain:
    def test_every_read_and_write_of_a_patient_has_its_event(self) -> None:
        nurse, patient = staff.member(Role.NURSE), staff.patient()
        wrote = last_event()
        open_patient(nurse, patient, Opening())
        opened = last_event()
        list_patients(nurse, staff.clinic(), Listing())
        listed = last_event()
        assert [one.action for one in (wrote, opened, listed)] == [
            "patients.register",
            "patients.open",
            "patients.list",
        ]
        assert wrote.patient == opened.patient == patient.pk
        assert json.loads(listed.detail)["patients"] == [str(patient.pk)]
        assert (opened.who, opened.who_name, opened.role) == (nurse.pk, nurse.name, "nurse")

    def test_an_event_names_the_entries_it_wrote_with_their_digests(self) -> None:
        patient = staff.patient()
        (entry,) = json.loads(last_event().detail)["entries"]
        assert entry["kind"] == "patients.Details"
        assert entry["id"] == str(Details.objects.get(patient=patient).pk)
        assert len(entry["digest"]) == 64

    def test_a_whole_record_is_proven(self) -> None:
        for _ in range(3):
            staff.patient()
        proof = verify()
        assert proof.broken is None
        assert (proof.events, proof.head) == head()
        assert proof.entries == 3

    def test_an_empty_trail_is_whole(self) -> None:
        assert verify(None).holds

    def test_a_trail_cut_off_is_seen_by_whoever_noted_its_head(self) -> None:
        staff.patient()
        noted = head()
        assert verify(noted).holds
        without_triggers(f"DELETE FROM audit_event WHERE seq = {noted[0]}")
        broken = verify(noted).broken
        assert broken is not None
        assert "ends here" in broken.what

    def test_another_trail_is_not_taken_for_the_noted_one(self) -> None:
        staff.patient()
        assert not verify((head()[0], "f" * 64)).holds


ALTERATIONS: dict[str, tuple[str, str]] = {
    "a name": ("UPDATE audit_event SET who_name = 'Nobody' WHERE seq = 9", "altered"),
    "a time": ("UPDATE audit_event SET at = '2001-01-01 00:00:00+00:00' WHERE seq = 9", "altered"),
    "a detail": ("UPDATE audit_event SET detail = '{}' WHERE seq = 9", "altered"),
    "a hash": (f"UPDATE audit_event SET hash = '{'a' * 64}' WHERE seq = 9", "altered"),
    "a link": (f"UPDATE audit_event SET previous = '{'a' * 64}' WHERE seq = 9", "follow"),
    "a gap": ("DELETE FROM audit_event WHERE seq = 9", "missing"),
}


@pytest.mark.usefixtures("record")
@pytest.mark.parametrize("alteration", ALTERATIONS)
def test_the_first_broken_place_is_found(alteration: str) -> None:
    for _ in range(4):
        staff.patient()
    statement, said = ALTERATIONS[alteration]
    without_triggers(statement)
    broken = verify().broken
    assert broken is not None
    assert broken.seq == 9
    assert said in broken.what


@pytest.mark.usefixtures("record")
@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE patients_details SET family_name = 'Other'", "was altered"),
        ("DELETE FROM patients_details", "is gone"),
    ],
)
def test_an_altered_entry_is_found_by_its_event(statement: str, said: str) -> None:
    staff.patient()
    wrote = last_event()
    without_triggers(statement)
    broken = verify().broken
    assert broken is not None
    assert broken.seq == wrote.seq
    assert said in broken.what


@pytest.mark.usefixtures("record")
def test_an_entry_that_no_event_tells_of_is_found() -> None:
    staff.patient()
    details = Details.objects.get()
    details.pk, details._state.adding = uuid4(), True
    details.save()
    broken = verify().broken
    assert broken is not None
    assert "2 rows, the trail tells 1" in broken.what


@pytest.mark.usefixtures("record")
def test_a_missing_trigger_is_found() -> None:
    name = names(Event)[0]
    on = " ON audit_event" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "{name}"{on}')
    broken = verify().broken
    assert broken is not None
    assert name in broken.what


@pytest.mark.usefixtures("own_record")
def test_an_event_cannot_be_written_apart_from_what_it_tells() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        append(Deed("patients.open"), {})
