"""What can be asked about reminders."""

from __future__ import annotations

from pydantic import Field

from thecal.clinic.record.orders import Order


class Listing(Order):
    """A page of the refills of a clinic, the next first."""

    page: int = Field(default=1, ge=1, le=1_000_000)
