"""The work of Today: it does not grow with the clinic, counted in steps and not by a clock."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import staff
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bench.clinic_rows import fill
from thecal.care import Urgency
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.today.models import Concern, Kind

pytestmark = pytest.mark.usefixtures("record")
FEW, MANY = 100, 1000
FACTOR = 1.1
"""Ten times as many patients may ask for so many times the work."""
KINDS = (
    ("observation.next", Urgency.URGENT),
    ("refill.overdose", Urgency.EMERGENCY),
    ("refill", Urgency.SOON),
    ("refill.unknown", Urgency.URGENT),
    ("pump.alarm", Urgency.EMERGENCY),
    ("program.mismatch", Urgency.URGENT),
    ("surveillance.ask", Urgency.ROUTINE),
)
"""Something for each list of the page."""
DAYS = 7
"""Dates so near that a hundred patients fill the lists that show what is due."""


def grow(count: int) -> None:
    """So many more patients, each of whom every list could show."""
    clinic, now = staff.clinic(), timezone.now()
    patients = fill(staff.member(Role.NURSE), clinic, count, KINDS, DAYS)
    Concern.objects.bulk_create(
        Concern(patient=one, clinic=clinic, kind=Kind.ALARM, since=now, text="low-reservoir")
        for one in patients
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # so that its plans are for a clinic of this size
            cursor.execute("ANALYZE")
            cursor.execute("SET LOCAL enable_seqscan = off")  # it reads a small table whole


def work(ask: Callable[[], object]) -> int:
    """Steps of SQLite's machine, or rows that PostgreSQL read, while something is asked."""
    return _steps(ask) if connection.vendor == "sqlite" else _rows(ask)


def _steps(ask: Callable[[], object]) -> int:
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection.connection.set_progress_handler(step, 1)
    ask()
    connection.connection.set_progress_handler(None, 1)
    return steps


def _rows(ask: Callable[[], object]) -> int:
    before = _rows_so_far()
    ask()
    return _rows_so_far() - before


def _rows_so_far() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables"
        )
        return int(cursor.fetchone()[0])


def test_the_work_of_today_does_not_grow_with_the_number_of_patients() -> None:
    client = Client()
    client.force_login(staff.member(Role.NURSE), staff.BACKEND)
    addresses = [
        reverse(name, kwargs={"clinic": staff.clinic().pk}) for name in ("today", "today.now")
    ]

    def pages() -> None:
        for address in addresses:
            assert client.get(address).status_code == 200

    def one_query_more() -> None:
        pages()
        list(Patient.objects.order_by().values("stage").annotate(Count("pk")))

    grow(FEW)
    few = work(pages)
    grow(MANY - FEW)
    assert work(pages) < FACTOR * few
    assert work(one_query_more) > FACTOR * few, "the measure notices what reads each patient"
