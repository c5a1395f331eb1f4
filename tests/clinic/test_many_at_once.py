"""Many people on the same patients: no update is lost, the chain stays one chain."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import databases
import pytest
import staff
from browsing import Caller, served
from crowd import crowd
from programs import token

from thecal.clinic.assessments.models import PsychologicalAssessment
from thecal.clinic.assessments.services import correct_psychological, record_psychological
from thecal.clinic.audit.models import Event
from thecal.clinic.audit.verifying import verify
from thecal.clinic.patients.models import Details, Patient
from thecal.clinic.patients.orders import Amending, Opening
from thecal.clinic.patients.services import amend, open_patient
from thecal.clinic.people.roles import CLINICAL, Role
from thecal.clinic.record.refusals import ConflictError, DoneBeforeError, StaleError
from thecal.clinic.storage.whole import Kind, put_in, take_out

pytestmark = pytest.mark.usefixtures("own_record")
WORKERS, PATIENTS, ROUNDS = 32, 4, 3
FINDING: dict[str, Any] = {
    "happened_at": "2026-03-02T10:00:00+00:00",
    "clearance": "cleared",
    "untreated_habituation": False,
    "summary": "Fit.",
}


def test_thirty_two_workers_on_the_same_patients_lose_nothing() -> None:
    patients = [staff.patient() for _ in range(PATIENTS)]
    start = threading.Barrier(WORKERS)
    nurse, assessor = staff.member(Role.NURSE), staff.member(Role.NEUROPSYCHOLOGIST)

    def work(number: int) -> list[str]:
        start.wait()
        done = []
        for turn in range(ROUNDS):
            patient = patients[(number + turn) % PATIENTS]
            name = f"{number}-{turn}"
            record_psychological.ask(assessor, patient, {**FINDING, "summary": name})
            open_patient(nurse, patient, Opening())
            amended(patient, name)
            done.append(name)
        return done

    def amended(patient: Patient, name: str) -> None:
        while True:
            seen = Patient.objects.get(pk=patient.pk).version
            order = Amending(**staff.particulars(family_name=name).model_dump(), why="In turn")
            try:
                amend(nurse, patient, order, seen=seen)
            except StaleError:
                continue
            return

    acknowledged = {name for names in crowd(WORKERS, work) for name in names}
    writes = WORKERS * ROUNDS
    assert len(acknowledged) == writes
    summaries = PsychologicalAssessment.objects.values_list("summary", flat=True)
    assert set(summaries) == acknowledged
    assert len(summaries) == writes
    names = Details.objects.values_list("family_name", flat=True)
    assert acknowledged <= set(names)
    assert len(names) == writes + PATIENTS
    rows = Patient.objects.filter(pk__in=[one.pk for one in patients])
    assert sum(one.version for one in rows) == 2 * writes + PATIENTS
    for row in rows:
        assert Details.objects.current().get(patient=row).family_name == row.family_name
    proof = verify()
    assert proof.broken is None
    assert proof.events == Event.objects.count()


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_thirty_two_programs_at_the_served_clinic_lose_nothing(own_record: str) -> None:
    keys = [str(staff.patient().pk) for _ in range(PATIENTS)]
    people = [staff.member(role) for role in sorted(CLINICAL)]
    secrets = [token(people[number % len(people)])[1] for number in range(WORKERS)]
    databases.leave()

    def work(number: int) -> str:
        key, caller = keys[number % PATIENTS], Caller(clinic.address, secrets[number])
        start.wait()
        order = {**staff.particulars().model_dump(mode="json"), "why": "In turn"}
        order["family_name"] = str(number)
        while True:
            opened = caller.get(f"/patients/{key}")
            assert opened[0] == 200, opened
            seen = {"If_Match": opened[2]["etag"], "Idempotency_Key": str(uuid4())}
            amended = caller.post(f"/patients/{key}/do/patients.amend", {"order": order}, **seen)
            if amended[0] == 200:
                return str(number)
            assert amended[1]["code"] == "stale", amended

    start = threading.Barrier(WORKERS)
    with served(own_record) as clinic:
        acknowledged = crowd(WORKERS, work)
    databases.use(databases.described(own_record))
    rows = Patient.objects.filter(pk__in=keys)
    names = Details.objects.filter(corrects__isnull=False).values_list("family_name", flat=True)
    assert sorted(names) == sorted(acknowledged)
    assert sum(one.version for one in rows) == WORKERS + PATIENTS
    for row in rows:
        assert Details.objects.current().get(patient=row).family_name == row.family_name
    assert verify().holds


def test_of_many_corrections_of_one_entry_one_counts() -> None:
    patient, assessor = staff.patient(), staff.member(Role.NEUROPSYCHOLOGIST)
    old = record_psychological.ask(assessor, patient, FINDING)

    def work(number: int) -> bool:
        order = {**FINDING, "summary": str(number), "corrects": old.pk, "why": "Wrong"}
        try:
            correct_psychological.ask(assessor, patient, order)
        except ConflictError:
            return False
        return True

    assert sum(crowd(WORKERS, work)) == 1
    assert PsychologicalAssessment.objects.current().count() == 1
    assert verify().holds


def test_the_same_request_sent_by_many_is_done_once() -> None:
    patient, assessor, once = staff.patient(), staff.member(Role.NEUROPSYCHOLOGIST), uuid4()

    def work(number: int) -> bool:  # noqa: ARG001
        try:
            record_psychological.ask(assessor, patient, FINDING, once=once)
        except DoneBeforeError:
            return False
        return True

    assert sum(crowd(WORKERS, work)) == 1
    assert PsychologicalAssessment.objects.count() == 1
    assert verify().holds


@contextmanager
def writing() -> Iterator[list[str]]:
    """Others who go on writing; each number in the list was acknowledged."""
    acknowledged: list[str] = []
    stop = threading.Event()
    nurse, clinic = staff.member(Role.NURSE), staff.clinic()

    def work(number: int) -> None:
        from thecal.clinic.patients.services import register  # noqa: PLC0415

        for turn in range(10_000):
            if stop.is_set():
                return
            name = f"{number}-{turn}"
            register(nurse, clinic, staff.particulars(number=name))
            acknowledged.append(name)

    crowding = threading.Thread(target=crowd, args=(4, work))
    crowding.start()
    try:
        yield acknowledged
    finally:
        stop.set()
        crowding.join()


def until(is_so: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(3000):
        if is_so():
            return
        waiting.wait(0.01)
    pytest.fail("it did not come about in half a minute")


def test_a_backup_under_load_restores_to_a_whole_record(
    another: Callable[[], None], tmp_path: Path
) -> None:
    file = tmp_path / "backup"
    with writing() as acknowledged:
        until(lambda: len(acknowledged) >= 20)
        before = set(acknowledged)
        _, number = take_out(file, Kind.BACKUP)
        after = len(acknowledged)
        until(lambda: len(acknowledged) >= after + 5)  # nobody was held up for good
    hashes = dict(Event.objects.filter(seq__lte=number).values_list("seq", "hash"))
    assert verify().holds
    another()
    assert put_in(file, Kind.BACKUP) == number
    assert dict(Event.objects.values_list("seq", "hash")) == hashes
    assert before <= set(Patient.objects.values_list("number", flat=True))
    assert verify().holds
