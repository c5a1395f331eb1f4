"""Numbers of a picture: where their ink goes as a float, what they read as exactly."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

from thecal.units import plain_number

Number = int | float | Decimal | Fraction
_DIGITS = 6


def place_of(value: Number) -> float:
    """A number as a place on an axis.

    Raises:
        ValueError: it is infinite or not a number.
    """
    place = float(value)
    if not math.isfinite(place):
        raise ValueError(f"{value} has no place in a picture")
    return place


def text_of(value: Number | None) -> str:
    """A number as people read it; empty for what is not known.

    Decimals and fractions with a finite notation are whole; others have six figures.
    """
    if value is None:
        return ""
    place_of(value)
    exact = Fraction(value)
    if not isinstance(value, float) and _is_short(exact):
        return _plain(exact)
    return _rounded(exact)


def _is_short(exact: Fraction) -> bool:
    return Fraction(round(exact, _DIGITS)) == exact


def _plain(exact: Fraction) -> str:
    whole = Decimal(exact.numerator) / Decimal(exact.denominator)
    text = format(whole.normalize(), "f")
    return "0" if text in {"-0", ""} else text


def _rounded(exact: Fraction) -> str:
    return plain_number(exact, _DIGITS)
