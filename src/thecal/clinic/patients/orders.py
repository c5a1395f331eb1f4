"""What can be asked about patients."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from pydantic import AfterValidator, Field

from thecal.clinic.patients.models import Sex
from thecal.clinic.record.orders import Brief, Line, Note, Order, Text

FIRST_BIRTH = date(1900, 1, 1)


def _born(day: date) -> date:
    if not FIRST_BIRTH <= day <= timezone.localdate():
        raise ValueError("nobody who is treated today was born then")
    return day


class Particulars(Order):
    """Who a patient is."""

    number: Line = Field(title="Record number")
    family_name: Line
    given_name: Line
    birth_date: Annotated[date, AfterValidator(_born)]
    sex: Sex
    phone: Brief = ""
    email: Brief = ""
    language: Literal["", "en", "es"] = ""


class Amending(Particulars):
    """Who a patient is, after all."""

    why: Text


NO_STAGE = "none"
"""As a stage in a list: nothing is recorded of the pathway yet."""


class Due(TextChoices):
    """When something is next due for a patient; what ``Listing.due`` may be, in words."""

    OVERDUE = "overdue", _("Now or before")
    DAY = "day", _("Within a day")
    WEEK = "week", _("Within a week")
    MONTH = "month", _("Within 30 days")


class Listing(Order):
    """A page of the list of patients.

    Attributes:
        stage: only those at a stage; ``NO_STAGE`` for those at none.
        due: only those for whom something is due, the soonest first.
    """

    search: Note = ""
    stage: Brief = ""
    due: Literal["", "overdue", "day", "week", "month"] = ""
    page: int = Field(default=1, ge=1, le=1_000_000)


class Opening(Order):
    """Opening a record; ``page`` says on which page."""

    page: Line = "patient"


class Account(Order):
    """Giving a patient the account of a person whom an administrator has enrolled."""

    username: Line
