"""Parts of orders that several subjects share."""

from __future__ import annotations

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BeforeValidator, Field, model_validator

from thecal.clinic.pathway.recording import Happened
from thecal.clinic.pathway.words import Origin, Treated
from thecal.clinic.record.orders import Line, Order, Signature, Text


def _split(given: Any) -> Any:
    """A page's text as its lines; what is a list already stays one."""
    if isinstance(given, str):
        return [line.strip() for line in given.splitlines() if line.strip()]
    return given


Lines = Annotated[list[Line], BeforeValidator(_split), Field(max_length=100)]
"""Several lines of text: a list, or one text with line breaks."""


class Treating(Happened):
    """What is treated, told with the fact that begins care."""

    indication: Treated
    spasticity_origin: Origin | None = Field(default=None, title="Origin, of spasticity only")
    small_screening: bool = Field(
        default=False, title="The smaller first screening dose of baclofen is meant (a child)"
    )

    @model_validator(mode="after")
    def _only_spasticity_has_an_origin(self) -> Self:
        if self.spasticity_origin is not None and self.indication is not Treated.SPASTICITY:
            raise ValueError("only spasticity has an origin")
        return self


class IndicationOrder(Treating):
    """What is treated, by itself."""


class WaiverOrder(Order):
    """A requirement that a person takes upon themselves."""

    requirement: Line
    reason: Text
    signature: Signature


class WithdrawalOrder(Order):
    """An entry that should not have been made."""

    entry: UUID
    why: Text
