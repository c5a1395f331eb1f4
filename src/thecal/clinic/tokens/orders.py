"""What can be asked about tokens."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from django.utils import timezone
from pydantic import AfterValidator, Field

from thecal.clinic.record.means import every_scope
from thecal.clinic.record.orders import Brief, Line, Order

LONGEST = timedelta(days=366)
"""A token that nobody renews ends after a year at the latest."""


def _ahead(day: date) -> date:
    today = timezone.localdate()
    if not today <= day <= today + LONGEST:
        raise ValueError("a token ends between today and a year from now")
    return day


def _known(scope: str) -> str:
    if scope not in every_scope():
        raise ValueError("there is no such scope")
    return scope


class Making(Order):
    """A new token."""

    name: Annotated[Brief, Field(min_length=1, max_length=100)]
    scopes: list[Annotated[Line, AfterValidator(_known)]] = Field(min_length=1, max_length=100)
    ends_on: Annotated[date, AfterValidator(_ahead)]
