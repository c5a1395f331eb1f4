"""What can be asked of the overview."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from thecal.clinic.record.orders import Brief, Order


class Sifting(Order):
    """A page of what happened, sifted; what is left out sifts nothing."""

    kind: Brief = ""
    person: Brief = ""
    text: Brief = ""
    since: date | None = Field(default=None, title="From")
    until: date | None = Field(default=None, title="Until")
    corrections: bool = Field(default=False, title="Only what was corrected or withdrawn")
    page: int = Field(default=1, ge=1, le=1_000_000)
