"""What can be asked of the bench."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from thecal.bench.acts import ACTS
from thecal.clinic.record.orders import Brief, Line, Order


def _act(name: str) -> str:
    if name not in ACTS:
        raise ValueError(f"expected one of: {', '.join(sorted(ACTS))}")
    return name


class Disturbing(Order):
    """Something that is done to a bench pump, as ``thecal pump`` does it."""

    serial: Line
    act: Annotated[Line, AfterValidator(_act)]
    text: Brief = Field(default="", description="for example leak=40%, 20 mL, 10 day")
