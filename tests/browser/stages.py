"""Patients along the pathway, for pages that look different at each stage."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import journey
import staff
from journey import Step

from thecal.clinic.patients.models import Patient
from thecal.clinic.patients.services import give_account
from thecal.clinic.people.orders import Enrolling
from thecal.clinic.people.roles import Role
from thecal.clinic.people.services import enrol

WAYS: dict[str, list[Step]] = {
    "Referred": journey.REFERRED,
    "Selected": journey.SELECTED,
    "Intrial": [*journey.SELECTED, *journey.BEFORE_TRIAL, *journey.trial()[:5]],
    "Tried": journey.TRIED,
    "Implanted": journey.IMPLANTED,
    "Athome": [*journey.IMPLANTED, *journey.HOME],
}
"""A patient's family name, and how far they came until a few minutes ago."""


def populate() -> None:
    """Let each of them come so far, and register one of whom nothing is known yet."""
    for name, steps in WAYS.items():
        with journey.running() as clock:
            took = sum((one.after for one in steps), timedelta())
            clock.now = datetime.now(UTC) - took - timedelta(minutes=20)
            journey.walk(staff.patient(family_name=name), steps, clock)
    staff.patient(family_name="Unknown")
    _with_an_account(Patient.objects.get(family_name="Athome"))


def _with_an_account(patient: Patient) -> None:
    """Let a patient see their own record, as the person that ``staff`` knows by the role."""
    order = {"name": str(patient), "role": Role.PATIENT, "password": staff.PASSWORD}
    account = Enrolling.model_validate({"username": "patient-one", **order})
    enrol(staff.member(Role.ADMINISTRATOR), staff.clinic(), account)
    give_account.ask(staff.member(Role.NURSE), patient, {"username": "patient-one"})
