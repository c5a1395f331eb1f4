"""What can be asked of visits."""

from __future__ import annotations

from pydantic import Field

from thecal.clinic.record.orders import Order


class VisitList(Order):
    """A page of a clinic's visits."""

    page: int = Field(default=1, ge=1, le=1_000_000)
