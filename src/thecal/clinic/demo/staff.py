"""The demo's accounts: one for each role, their password known to everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import SecretStr

from thecal.clinic.people.models import Clinic, User
from thecal.clinic.people.orders import Enrolling
from thecal.clinic.people.roles import Role
from thecal.clinic.people.services import enrol, found

CLINIC = "Demo clinic (invented)"
PASSWORD = "invented patients only"  # noqa: S105  (printed for everybody: it protects nothing)
ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can sign in.

    Attributes:
        username: short enough to be typed.
        name: marked as invented.
    """

    username: str
    name: str
    role: Role

    @property
    def does(self) -> str:
        """For the list of accounts."""
        return str(self.role.label)


ACCOUNTS = (
    Account("physician", "Dr Larch (invented)", Role.PHYSICIAN),
    Account("physician2", "Dr Rowan (invented)", Role.PHYSICIAN),
    Account("nurse", "Nurse Alder (invented)", Role.NURSE),
    Account("pharmacist", "Pharmacist Maple (invented)", Role.PHARMACIST),
    Account("neuropsychologist", "Dr Willow (invented)", Role.NEUROPSYCHOLOGIST),
    Account("reader", "Auditor Hazel (invented)", Role.READER),
    Account(ADMINISTRATOR, "Administrator Elder (invented)", Role.ADMINISTRATOR),
    Account("patient", "Amber Wren (invented)", Role.PATIENT),
)


def engage() -> tuple[Clinic, Mapping[str, User]]:
    """Found the demo's clinic and enrol everybody; people by their user names."""
    first = next(one for one in ACCOUNTS if one.role is Role.ADMINISTRATOR)
    clinic, administrator = found(CLINIC, first.username, first.name, PASSWORD)
    people = {first.username: administrator}
    for one in ACCOUNTS:
        if one is not first:
            people[one.username] = enrol(administrator, clinic, _order(one))
    return clinic, people


def _order(one: Account) -> Enrolling:
    return Enrolling(
        username=one.username, name=one.name, role=one.role, password=SecretStr(PASSWORD)
    )
