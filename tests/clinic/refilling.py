"""Patients who run on a fill, given at any day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from unittest.mock import patch

import programming
import staff
from django.utils import timezone

from thecal.clinic.fills.models import Fill
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import User
from thecal.clinic.people.roles import Role
from thecal.clinic.prescriptions.checking import check
from thecal.clinic.record.services import services


def filled_patient(days_left: int, number: int = 1) -> Fill:
    """A patient whose latest safe day is so many days from now."""
    now = timezone.now()
    filled = now - timedelta(days=lasts(timezone.localdate()) - days_left)
    with patch.object(timezone, "now", lambda: filled):
        return _fill(staff.patient(), filled, f"SERIAL-{number}")


def lasts(day: date) -> int:
    """Days from a fill to its latest safe day."""
    refill = check(programming.BACLOFEN.strip(), day).case.refill
    assert refill is not None
    latest = refill.latest_safe(day)
    assert latest is not None
    return (latest - day).days


def _fill(patient: Patient, now: datetime, serial: str) -> Fill:
    programming.written(patient, programming.BACLOFEN)
    device = programming.pump(patient, serial=serial)
    steps = (
        ("fills.begin", {"device": device.pk}),
        ("fills.aspirate", {"volume": "4 mL", "expected": "4 mL", "delivered": "16 mL"}),
        ("fills.read-label", {"drugs": "baclofen 500 ug/mL", "expires": now.date()}),
        ("fills.fill", {"volume": "20 mL"}),
    )
    for action, order in steps:
        services()[action].ask(staff.member(Role.NURSE), patient, order)
    return Fill.objects.get(patient=patient)


def with_addresses() -> None:
    """Everybody of the first clinic has an e-mail address."""
    for one in User.objects.filter(username__endswith="-one"):
        one.email = f"{one.username}@clinic.example"
        one.save()
