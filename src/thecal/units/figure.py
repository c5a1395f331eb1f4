"""A figure: a quantity that carries where it comes from, all the way to where it decides."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Annotated

from pydantic import BeforeValidator

from thecal.units.quantity import (
    AGE,
    CONCENTRATION,
    DOSE_RATE,
    DURATION,
    FLOW,
    INTERVAL,
    LENGTH,
    LINEAR_VOLUME,
    MASS,
    PERCENT,
    VOLUME,
    Kind,
    UnitError,
    parse,
    show,
)


class Provenance(StrEnum):
    """How a figure is known."""

    FOUND = "found"
    """Read in the public document that its source names."""
    RECALLED = "recalled"
    """Remembered from the document named, not read again."""
    RECALLED_WEAK = "recalled-weak"
    """Remembered with little certainty."""
    DERIVED = "derived"
    """Arithmetic on other figures, which its source names."""
    ASSUMED = "assumed"
    """A starting value that nobody published."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One sourced quantity: ``value`` is exact, in ``kind.unit``."""

    value: Fraction
    kind: Kind
    source: str
    provenance: Provenance

    def __str__(self) -> str:
        """The value for a person, in the field's unit."""
        return show(self.value, self.kind)


def figure(table: object, kind: Kind) -> Figure:
    """Read ``{value, source, provenance}``.

    Raises:
        UnitError: something is missing, unsourced or not of this kind.
    """
    if isinstance(table, Figure) and table.kind is kind:
        return table
    if not isinstance(table, dict) or set(table) != {"value", "source", "provenance"}:
        raise UnitError(f"expected value, source and provenance, found {table!r}")
    if not isinstance(table["source"], str) or not table["source"].strip():
        raise UnitError(f"{table['value']!r} has no source")
    if table["provenance"] not in list(Provenance):
        raise UnitError(f"{table['value']!r} has provenance {table['provenance']!r}")
    return Figure(
        parse(table["value"], kind), kind, table["source"], Provenance(table["provenance"])
    )


def _reader(kind: Kind) -> BeforeValidator:
    return BeforeValidator(lambda table: figure(table, kind))


MassFigure = Annotated[Figure, _reader(MASS)]
DoseRateFigure = Annotated[Figure, _reader(DOSE_RATE)]
ConcentrationFigure = Annotated[Figure, _reader(CONCENTRATION)]
VolumeFigure = Annotated[Figure, _reader(VOLUME)]
FlowFigure = Annotated[Figure, _reader(FLOW)]
LengthFigure = Annotated[Figure, _reader(LENGTH)]
LinearVolumeFigure = Annotated[Figure, _reader(LINEAR_VOLUME)]
DurationFigure = Annotated[Figure, _reader(DURATION)]
IntervalFigure = Annotated[Figure, _reader(INTERVAL)]
AgeFigure = Annotated[Figure, _reader(AGE)]
PercentFigure = Annotated[Figure, _reader(PERCENT)]
