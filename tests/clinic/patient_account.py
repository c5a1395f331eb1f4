"""The patient's own account."""

from __future__ import annotations

import staff

from thecal.clinic.patients.models import Patient
from thecal.clinic.patients.orders import Account
from thecal.clinic.patients.services import give_account
from thecal.clinic.people.models import User
from thecal.clinic.people.orders import Enrolling
from thecal.clinic.people.roles import Role
from thecal.clinic.people.services import enrol


def with_account(patient: Patient) -> User:
    """Enrol a person who is this patient."""
    user = enrol(
        staff.member(Role.ADMINISTRATOR),
        staff.clinic(),
        Enrolling.model_validate(
            {
                "username": "the-patient",
                "name": "The Patient",
                "role": Role.PATIENT,
                "password": staff.PASSWORD,
            }
        ),
    )
    give_account(staff.member(Role.NURSE), patient, Account(username=user.username))
    return user
