"""Dose conversions, each with its direction: ``conversions.toml``. None can be inverted."""

from __future__ import annotations

import tomllib
from fractions import Fraction
from functools import lru_cache
from importlib.resources import files
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from thecal.units import Provenance


class UnknownConversionError(LookupError):
    """No conversion is published in this direction."""


class Conversion(BaseModel):
    """``from_amount`` of (from_drug, from_route) was held equal to ``to_amount`` of the other."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    from_drug: str
    from_route: str
    to_drug: str
    to_route: str
    from_amount: int = Field(gt=0)
    to_amount: int = Field(gt=0)
    caution: str
    source: str = Field(min_length=1)
    provenance: Provenance

    def convert(self, dose_ug: Fraction) -> Fraction:
        """A dose of the first as a dose of the second, both in µg, in this direction only."""
        return dose_ug * self.to_amount / self.from_amount

    @model_validator(mode="after")
    def _differs(self) -> Self:
        if (self.from_drug, self.from_route) == (self.to_drug, self.to_route):
            raise ValueError("a conversion leads from one thing to another")
        return self


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    conversion: tuple[Conversion, ...]


@lru_cache(maxsize=1)
def conversions() -> tuple[Conversion, ...]:
    """All published conversions."""
    text = files(__package__).joinpath("conversions.toml").read_text(encoding="utf-8")
    return _File(**tomllib.loads(text)).conversion


def conversion(
    from_drug: str, to_drug: str, *, from_route: str = "intrathecal", to_route: str = "intrathecal"
) -> Conversion:
    """The published conversion in this direction; of several, the one with the lowest result.

    Raises:
        UnknownConversionError: none is published in this direction (the other is never inverted).
    """
    asked = (from_drug, from_route, to_drug, to_route)
    found = [
        one
        for one in conversions()
        if (one.from_drug, one.from_route, one.to_drug, one.to_route) == asked
    ]
    if not found:
        raise UnknownConversionError(
            f"no published conversion from {from_route} {from_drug} to {to_route} {to_drug}; "
            "a conversion in the other direction must not be inverted"
        )
    return min(found, key=lambda one: Fraction(one.to_amount, one.from_amount))
