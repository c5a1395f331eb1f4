"""What can be asked about people and clinics."""

from __future__ import annotations

from uuid import UUID

from pydantic import SecretStr

from thecal.clinic.people.roles import Role
from thecal.clinic.record.orders import Brief, Line, Order


class Enrolling(Order):
    """A new person, with their first role and password; they change it when they sign in."""

    username: Line
    name: Line
    email: Brief = ""
    role: Role
    password: SecretStr


class Granting(Order):
    """A role for a person, given or taken."""

    user: UUID
    role: Role


class Person(Order):
    """A person."""

    user: UUID
