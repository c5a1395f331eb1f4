"""Read and write quantities such as ``"20 mg/mL"``: exact, in one notation, never without a unit.

Inside Thecal a quantity is a :class:`fractions.Fraction` in the canonical unit of its
:class:`Kind`, in a name that ends in that unit (``concentration_ug_per_ml``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

import pint

_DEFINITIONS = """
ug = [mass] = µg = μg = mcg
ng = 0.001 * ug
mg = 1000 * ug
g = 1000000 * ug
mL = [volume] = ml
uL = 0.001 * mL = µL = μL = ul
L = 1000 * mL
cm = [length]
mm = 0.1 * cm
m = 100 * cm
s = [time]
min = 60 * s
h = 3600 * s = hr
day = 86400 * s = d = days
week = 604800 * s = weeks
month = 2629800 * s = months
year = 31557600 * s = years
percent = [share]
"""
# A month is a twelfth of a year of 365.25 days: service lives are counted on a monotonic clock.

_SPELLINGS = frozenset(re.findall(r"[A-Za-zµμ]+", re.sub(r"\[\w+\]", "", _DEFINITIONS))) | {"%"}
# Pint would also read plurals such as "ms" (metres) and "hs".

_MOST_PLACES = 60
"""More decimals than any computed rate has, or a quantity printed in a larger unit."""
_NUMBER = rf"(?P<number>[0-9]{{1,12}}(?:\.[0-9]{{1,{_MOST_PLACES}}})?)"
_QUANTITY = re.compile(rf"{_NUMBER} ?(?P<unit>[A-Za-zµμ%/]+)")
_NEGATIVE = re.compile(r"[-−–]")
_DECIMAL_COMMA = re.compile(r"\d,\d|,\d|\d,")


class UnitError(ValueError):
    """A text that is not a quantity of the kind expected; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of quantity.

    Attributes:
        name: what it is called in messages.
        unit: its canonical unit, in the registry's spelling.
        example: a correct text, shown to whoever wrote a wrong one.
        larger: a (factor, unit) to show large values in, if the field uses one.
        only_units: the only units accepted, where a dimension alone says too little.
        else_in: units to write a value in that is no finite decimal in ``unit``.
    """

    name: str
    unit: str
    example: str
    larger: tuple[int, str] | None = None
    only_units: frozenset[str] | None = None
    else_in: tuple[str, ...] = ()


MASS = Kind("dose", "ug", "0.25 mg", (1000, "mg"))
DOSE_RATE = Kind(
    "dose per time",
    "ug/day",
    "5 mg/day",
    (1000, "mg/day"),
    else_in=("ug/week", "ug/month", "ug/year"),
)
CONCENTRATION = Kind("concentration", "ug/mL", "20 mg/mL", (1000, "mg/mL"))
VOLUME = Kind("volume", "mL", "20 mL")
FLOW = Kind("flow", "mL/day", "0.15 mL/day", else_in=("mL/week", "mL/month", "mL/year"))
LENGTH = Kind("length", "cm", "89.0 cm")
LINEAR_VOLUME = Kind("volume per length", "mL/cm", "0.0022 mL/cm")
DURATION = Kind("duration", "s", "10 min")
INTERVAL = Kind("interval", "day", "90 day", else_in=("s",))
AGE = Kind("age", "year", "54 year", only_units=frozenset({"year"}))
PERCENT = Kind("share", "percent", "14.5 %")


@lru_cache(maxsize=1)
def _registry() -> pint.UnitRegistry[Fraction]:
    registry: pint.UnitRegistry[Fraction] = pint.UnitRegistry(None, non_int_type=Fraction)
    for line in _DEFINITIONS.strip().splitlines():
        registry.define(line)
    return registry


@lru_cache(maxsize=4096)
def _factor(unit: str, canonical: str) -> Fraction:
    """How many canonical units one ``unit`` is; raises UnitError where it is of another kind."""
    registry = _registry()
    if not _SPELLINGS.issuperset(unit.split("/")):
        raise UnitError(f"unknown unit '{unit}'")
    spelled = unit.replace("%", "percent")
    try:
        quantity = registry.Quantity(Fraction(1), registry.parse_units(spelled))
        return Fraction(quantity.to(canonical).magnitude)
    except (pint.errors.PintError, ValueError, AttributeError, TypeError) as error:
        raise UnitError(str(error)) from error


def parse(text: object, kind: Kind) -> Fraction:
    """Read one quantity.

    Args:
        text: for example ``"0.15 mg/h"``: digits, a point as decimal mark, a unit.
        kind: the kind expected.

    Returns:
        The exact value in ``kind.unit``.

    Raises:
        UnitError: a bare number, a comma, a sign, an exponent, an unknown unit or another kind.
    """
    if not isinstance(text, str):
        raise UnitError(f"{text!r} has no unit; {_expected(kind)}, in quotes")
    return _parsed(text, kind)


def _expected(kind: Kind) -> str:
    return f'expected a {kind.name} such as "{kind.example}"'


@lru_cache(maxsize=1024)
def _parsed(text: str, kind: Kind) -> Fraction:
    """The catalogues' figures are asked for again with every plan; an error is raised anew."""
    expected = _expected(kind)
    if _DECIMAL_COMMA.search(text):
        raise UnitError(f"{text!r} has a comma; the decimal mark is a point; {expected}")
    if _NEGATIVE.search(text):
        raise UnitError(f"{text!r} is negative; {expected}")
    match = _QUANTITY.fullmatch(text.strip())
    if match is None:
        missing = " has no unit" if re.fullmatch(_NUMBER, text.strip()) else " is not a quantity"
        raise UnitError(f"{text!r}{missing}; {expected}")
    unit = match["unit"]
    if unit.count("/") > 1 or (kind.only_units and unit not in kind.only_units):
        raise UnitError(f"{text!r} is not a {kind.name}; {expected}")
    try:
        factor = _factor(unit, kind.unit)
    except UnitError:
        raise UnitError(f"{text!r}: '{unit}' is not a unit of {kind.name}; {expected}") from None
    return Fraction(match["number"]) * factor


def exact_text(value: Fraction, kind: Kind) -> str:
    """Write a value so that :func:`parse` gives it back exactly.

    Raises:
        UnitError: the value has no finite decimal notation in any of the kind's units.
    """
    for unit in kind.else_in:
        if _is_finite(value):
            break
        in_unit = value / _factor(unit, kind.unit)
        if _is_finite(in_unit):
            return f"{_exact_decimal(in_unit)} {unit}"
    return f"{_exact_decimal(value)} {'%' if kind is PERCENT else kind.unit}"


def _is_finite(value: Fraction) -> bool:
    """Whether the value has as few decimals as are read."""
    return (value * Fraction(10) ** _MOST_PLACES).denominator == 1


def _exact_decimal(value: Fraction) -> str:
    if value < 0 or not _is_finite(value):
        raise UnitError(f"{value} has no finite decimal notation")
    places, scaled = 0, Fraction(value)
    while scaled.denominator != 1:
        scaled, places = scaled * 10, places + 1
    digits = str(scaled.numerator).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def show(
    value: Fraction | int | float, kind: Kind, digits: int = 4, *, unit: str | None = None
) -> str:
    """Write a value for a person: no trailing zeros and never a naked point.

    Args:
        value: in ``kind.unit``.
        kind: what it is.
        digits: significant figures.
        unit: ``"mg"`` or ``"ug"``, where it is the drug that decides; None: the size does.

    Raises:
        UnitError: a kind that has no such unit.
    """
    factor, spelled = _unit_to_show(value, kind, unit)
    spelled = "%" if kind is PERCENT else spelled.replace("ug", "µg")
    exact = Fraction(value) if isinstance(value, float) else value
    in_unit = exact.numerator / (exact.denominator * factor)  # rounded once, as a Fraction is
    return f"{plain_number(in_unit, digits)} {spelled}"


def _unit_to_show(value: Fraction | int | float, kind: Kind, unit: str | None) -> tuple[int, str]:
    """How many ``kind.unit`` the unit to show is, and its spelling."""
    known = [(1, kind.unit), *([kind.larger] if kind.larger else [])]
    if unit is None:
        large = known[-1][0]
        return known[-1] if value >= large or value <= -large else known[0]
    for factor, spelled in known:
        if spelled.partition("/")[0] == unit:
            return factor, spelled
    raise UnitError(f"a {kind.name} is not shown in {unit}")


def plain_number(value: Fraction | int | float, digits: int = 4) -> str:
    """Write a number with ``digits`` significant figures, no exponent and no trailing zeros."""
    number = float(value)
    if number == 0:
        return "0"
    text = f"{number:.{digits}g}"
    if "e" in text:
        text = f"{Decimal(text):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
