"""Counts that are kept: of any history what the rows say, whoever writes at the same time."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
import staff
from counting import counts_hold
from crowd import crowd
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from journey import IMPLANTED, REFERRED, TRIED, running, walk
from refilling import filled_patient

from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.record import tallies
from thecal.clinic.record.models import Counted, Tally
from thecal.clinic.record.orders import Nothing
from thecal.clinic.record.projections import put_off, renew, renew_all
from thecal.clinic.record.services import services
from thecal.clinic.today.services import Today, show

WORKERS, SHARED = 32, 4


def today() -> Today:
    return show(staff.member(Role.NURSE), staff.clinic(), Nothing())


@pytest.mark.usefixtures("record")
def test_each_clinic_is_counted_for_itself() -> None:
    with running() as clock:
        walk(staff.patient(), TRIED, clock)
        staff.patient(staff.ELSEWHERE)
        for name in (staff.HERE, staff.ELSEWHERE):
            counts_hold(staff.clinic(name), clock.now)
        assert tallies.of(staff.clinic(staff.ELSEWHERE)) == {"stage": {"": 1}}


@pytest.mark.usefixtures("record")
def test_what_time_alone_makes_overdue_is_counted_before_and_after_it_is_renewed() -> None:
    with running() as clock:
        patient = staff.patient()
        walk(patient, IMPLANTED, clock)
        for days in (1, 20, 300, -250):
            clock.wait(days=days)
            counts_hold(staff.clinic(), clock.now)
            renew(patient.pk, clock.now)
            counts_hold(staff.clinic(), clock.now)


@pytest.mark.usefixtures("record")
def test_a_pump_that_was_taken_out_runs_on_no_fill_from_that_write_on() -> None:
    patient = filled_patient(5).patient
    assert today().running == 1
    explant = {"happened_at": timezone.now(), "reason": "no more need"}
    services()["implants.record-explant"].ask(staff.member(Role.PHYSICIAN), patient, explant)
    found = today()
    assert (found.running, found.refills) == (0, [])
    counts_hold(staff.clinic(), timezone.now())


@pytest.mark.usefixtures("record")
def test_a_refill_is_overdue_from_the_day_after_its_latest_safe_one() -> None:
    filled_patient(0, 1)
    filled_patient(-1, 2)
    found = today()
    assert (found.running, found.run_over) == (2, 1)


@pytest.mark.usefixtures("record")
def test_counts_that_were_lost_or_altered_are_made_again() -> None:
    filled_patient(5)
    with put_off():
        staff.patient()
    Tally.objects.update(count=F("count") + 7)
    Counted.objects.all().delete()
    renew_all(timezone.now())
    counts_hold(staff.clinic(), timezone.now())
    assert Patient.objects.count() == sum(tallies.of(staff.clinic())["stage"].values()) == 2


@pytest.mark.usefixtures("own_record")
def test_thirty_two_workers_lose_no_count() -> None:
    shared = [staff.patient() for _ in range(SHARED)]
    start = threading.Barrier(WORKERS)
    now = timezone.now()

    def refer(patient: Patient) -> None:
        order = {**REFERRED[0].data, "happened_at": timezone.now()}
        services()["selection.refer"].ask(staff.member(Role.NURSE), patient, order)

    def work(number: int) -> None:
        start.wait()
        refer(staff.patient())
        refer(shared[number % SHARED])
        for other in shared:
            renew(other.pk, now + timedelta(days=60 * (number % 3)))
        if number % 8 == 0:
            tallies.recount()

    crowd(WORKERS, work)
    counts_hold(staff.clinic(), now)
    assert sum(tallies.of(staff.clinic())["stage"].values()) == WORKERS + SHARED


def somebody_waits(seconds: float = 10) -> bool:
    """Whether within that time a connection waits for what another one holds."""
    for _ in range(int(seconds * 50)):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return True
        time.sleep(0.02)
    return False


@pytest.mark.usefixtures("own_record")
@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_who_counts_the_first_of_its_kind_waits_for_another_who_does() -> None:
    with put_off():
        patients = [staff.patient() for _ in range(2)]
    counted = threading.Event()

    def work(number: int) -> None:
        if number == 1:
            counted.wait(10)
            renew(patients[1].pk, timezone.now())
            return
        with transaction.atomic():
            renew(patients[0].pk, timezone.now())
            counted.set()
            assert somebody_waits()

    crowd(2, work)
    assert tallies.of(staff.clinic()) == {"stage": {"": 2}}
