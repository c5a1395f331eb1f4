"""Two clinics with a person in every role, as every clinic test finds them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from thecal.clinic.patients.models import Patient
from thecal.clinic.patients.orders import Particulars
from thecal.clinic.patients.services import register
from thecal.clinic.people.models import Clinic, User
from thecal.clinic.people.orders import Enrolling
from thecal.clinic.people.roles import GRANTED, Role
from thecal.clinic.people.services import enrol, found

HERE, ELSEWHERE = "Clinic One", "Clinic Two"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PASSWORD = "a long enough passphrase"  # noqa: S105


def engage() -> None:
    """Found the clinics and enrol a person in every role, named by role and clinic."""
    for name, suffix in ((HERE, "one"), (ELSEWHERE, "two")):
        clinic, first = found(name, f"administrator-{suffix}", f"Administrator {suffix}", PASSWORD)
        for role in sorted(GRANTED - {Role.ADMINISTRATOR}):
            enrol(first, clinic, _enrolling(role, suffix))


def _enrolling(role: Role, suffix: str) -> Enrolling:
    return Enrolling.model_validate(
        {
            "username": f"{role.value}-{suffix}",
            "name": f"{role.label} {suffix}",
            "role": role,
            "password": PASSWORD,
        }
    )


def clinic(name: str = HERE) -> Clinic:
    """A clinic."""
    return Clinic.objects.get(name=name)


def member(role: Role, where: str = HERE) -> User:
    """The person of a role."""
    suffix = "one" if where == HERE else "two"
    return User.objects.get(username=f"{role.value}-{suffix}")


def particulars(**changed: Any) -> Particulars:
    """Who a patient is; the number differs each time."""
    who = {
        "number": uuid4().hex[:12],
        "family_name": "Family",
        "given_name": "Given",
        "birth_date": date(1970, 1, 2),
        "sex": "unknown",
    }
    return Particulars.model_validate({**who, **changed})


def patient(where: str = HERE, **changed: Any) -> Patient:
    """A registered patient."""
    return register(member(Role.NURSE, where), clinic(where), particulars(**changed))
