"""Exact quantities as UCUM quantities and ratios, and back.

A value is written in the first unit in which it is a short finite decimal: µg/day as ``mg/d`` or
``ug/d``, but a dose ordered per week as ``mg/wk``. Nothing is rounded.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from thecal.fhir.elements import Json
from thecal.fhir.errors import CannotExportError
from thecal.fhir.names import foreign_system
from thecal.fhir.reading import Place
from thecal.units import (
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
)

_PLACES = 12
"""Digits before and behind the point that a quantity may have (see ``thecal.units``)."""

_MASSES = ("ug", "mg", "ng", "g")
_TIMES = {
    "d": "day",
    "h": "h",
    "wk": "week",
    "min": "min",
    "s": "s",
    "mo_j": "month",
    "a_j": "year",
}
_VOLUMES = ("mL", "uL", "L")
_LENGTHS = ("cm", "mm", "m")


def _both(tops: tuple[str, ...], bottoms: dict[str, str]) -> dict[str, str]:
    return {f"{a}/{code}": f"{a}/{name}" for code, name in bottoms.items() for a in tops}


def _same(*units: str) -> dict[str, str]:
    return {unit: unit for unit in units}


# UCUM code to the registry's spelling, in the order in which they are tried.
_UNITS: dict[Kind, dict[str, str]] = {
    MASS: _same(*_MASSES),
    DOSE_RATE: _both(_MASSES, _TIMES),
    CONCENTRATION: _both(_MASSES, _same(*_VOLUMES)),
    VOLUME: _same(*_VOLUMES),
    FLOW: _both(_VOLUMES, _TIMES),
    LENGTH: _same(*_LENGTHS),
    LINEAR_VOLUME: _both(_VOLUMES, _same(*_LENGTHS)),
    DURATION: {"s": "s", "min": "min", "h": "h", "d": "day"},
    INTERVAL: {"d": "day", "mo_j": "month", "a_j": "year"},
    AGE: {"a_j": "year"},
    PERCENT: {"%": "percent"},
}


@lru_cache(maxsize=1024)
def _factor(name: str, kind: Kind) -> Fraction:
    return parse(f"1 {'%' if name == 'percent' else name}", kind)


def _short_decimal(value: Fraction) -> Decimal | None:
    """A value with at most twelve digits before and twelve behind the point, else None."""
    scaled = value * 10**_PLACES
    if scaled.denominator != 1 or abs(value) >= 10**_PLACES:
        return None
    sign = "-" if scaled < 0 else ""
    digits = str(abs(scaled.numerator)).rjust(_PLACES + 1, "0")
    whole, behind = digits[:-_PLACES], digits[-_PLACES:].rstrip("0")
    return Decimal(f"{sign}{whole}.{behind}" if behind else f"{sign}{whole}")


def _chosen(value: Fraction, kind: Kind, prefer: str) -> tuple[Decimal, str]:
    """The number and UCUM code to write a value in; units that begin ``prefer`` come first."""
    first = [code for code in _UNITS[kind] if code.partition("/")[0] == prefer]
    for code in dict.fromkeys((*first, *_UNITS[kind])):
        number = _short_decimal(value / _factor(_UNITS[kind][code], kind))
        if number is not None:
            return number, code
    raise CannotExportError(f"{value} {kind.unit} has no finite decimal notation in any unit")


def counted(number: Decimal | int, code: str) -> Json:
    """A quantity in a UCUM unit that is stated outright."""
    return {"value": number, "unit": code, "system": foreign_system("UCUM"), "code": code}


def amount(value: Fraction, kind: Kind, prefer: str = "") -> Json:
    """A quantity.

    Args:
        value: in ``kind.unit``.
        kind: what it is.
        prefer: ``mg`` or ``ug``, where the drug decides.

    Raises:
        CannotExportError: no unit gives it a finite decimal notation.
    """
    return counted(*_chosen(value, kind, prefer))


def read_text(place: Place, kind: Kind) -> str:
    """A quantity as a text that :func:`thecal.units.parse` reads.

    Raises:
        FhirError: no quantity of this kind in UCUM, a comparator, a negative value.
    """
    if place.get("comparator"):
        place.need("comparator").fail("a comparator makes the quantity inexact; expected none")
    if place.need("system").text() != foreign_system("UCUM"):
        place.need("system").fail(f"expected {foreign_system('UCUM')}")
    code = place.need("code")
    code.word(*_UNITS[kind])
    number = place.need("value")
    if number.number() < 0 or abs(number.number().adjusted()) > _PLACES:
        number.fail(f"{number.shown} is not a {kind.name}")
    unit = _UNITS[kind][code.text()]
    text = f"{number.number():f} {'%' if unit == 'percent' else unit}"
    try:
        parse(text, kind)
    except UnitError as error:
        number.fail(str(error))
    return text


def read_amount(place: Place, kind: Kind) -> Fraction:
    """A quantity, exact, in ``kind.unit``.

    Raises:
        FhirError: as :func:`read_text`.
    """
    return parse(read_text(place, kind), kind)


def strength(value: Fraction, prefer: str) -> Json:
    """A concentration as a ratio: so much drug in one volume."""
    number, code = _chosen(value, CONCENTRATION, prefer)
    mass, _, volume = code.partition("/")
    return {"numerator": counted(number, mass), "denominator": counted(1, volume)}


def read_strength(place: Place) -> str:
    """A concentration ratio as a text that :func:`thecal.units.parse` reads.

    Raises:
        FhirError: no such ratio, or a denominator of nothing.
    """
    drug = read_amount(place.need("numerator"), MASS)
    volume = read_amount(place.need("denominator"), VOLUME)
    if volume == 0:
        place.need("denominator").fail("is zero")
    return written(drug / volume, CONCENTRATION, place)


def written(value: Fraction, kind: Kind, place: Place) -> str:
    """A value computed while reading, as a text that :func:`thecal.units.parse` reads."""
    try:
        number, code = _chosen(value, kind, "")
    except CannotExportError as error:
        place.fail(str(error))
    return f"{number:f} {_UNITS[kind][code]}"
