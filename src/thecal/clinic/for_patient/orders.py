"""What can be asked for patients."""

from __future__ import annotations

from datetime import date

from pydantic import Field, SecretStr

from thecal.clinic.record.orders import Brief, Line, Order


class Contacts(Order):
    """How the clinic is reached; what is empty is said to be missing, and never made up."""

    phone: Brief = Field(default="", title="Phone by day")
    hours: Brief = Field(default="", title="Hours of that phone")
    at_night: Brief = Field(default="", title="Phone at night and at weekends")
    emergency: Brief = Field(default="", title="Emergency number where the clinic is")


class Inviting(Order):
    """Inviting a patient to an account of their own."""


class Accepting(Order):
    """What an invited patient types."""

    birth_date: date
    username: Line
    password: SecretStr
