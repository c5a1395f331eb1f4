"""A physical figure of this room: a number in a stated unit, with its source and provenance."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator

from thecal.units import Provenance

_SECONDS_PER_HOUR = 3600.0
_SQUARE_CM_PER_SQUARE_M = 1e4

TO_INTERNAL = {
    "1": 1.0,
    "cm": 1.0,
    "mm": 0.1,
    "cm2": 1.0,
    "mm2": 0.01,
    "mL": 1.0,
    "L": 1000.0,
    "h": 1.0,
    "min": 1 / 60,
    "1/h": 1.0,
    "1/min": 60.0,
    "1/s": _SECONDS_PER_HOUR,
    "mL/h": 1.0,
    "mL/min": 60.0,
    "m2/s": _SQUARE_CM_PER_SQUARE_M * _SECONDS_PER_HOUR,
}
"""Factor from each unit to this room's own: centimetre, millilitre, hour, microgram."""


class Measured(BaseModel):
    """One sourced figure.

    Attributes:
        value: in ``unit``.
        unit: a key of :data:`TO_INTERNAL`.
        spread: standard deviation, or half of the published range, in ``unit``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float
    unit: str
    source: str = Field(min_length=1)
    provenance: Provenance
    spread: float | None = None

    @model_validator(mode="after")
    def _known_unit(self) -> Measured:
        if self.unit not in TO_INTERNAL:
            raise ValueError(f"unit '{self.unit}' is none of {', '.join(TO_INTERNAL)}")
        return self

    @property
    def internal(self) -> float:
        """The value in centimetre, millilitre, hour."""
        return self.value * TO_INTERNAL[self.unit]
