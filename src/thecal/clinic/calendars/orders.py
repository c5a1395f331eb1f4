"""What can be asked of calendars."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from thecal.clinic.calendars.models import Holds, Shows
from thecal.clinic.record.orders import Order


class Opening(Order):
    """A new address."""

    holds: list[Holds] = Field(
        min_length=1, max_length=3, title="What it holds", default=list(Holds)
    )
    shows: Shows = Field(default=Shows.NUMBER, title="Patients are called by")
    alarms: bool = Field(default=True, title="With alarms")


class Known(Order):
    """An address that there is."""

    feed: UUID
