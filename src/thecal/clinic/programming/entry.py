"""One number as somebody typed it: read exactly, or refused, or questioned; never guessed at.

A field has one unit, printed beside it. The slips refused here are those that medication safety
knows: ISMP's list of error-prone dose designations (trailing zero, missing leading zero, run-on
figures), commas, look-alike letters, and a unit that is not the field's.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from thecal.therapy.thresholds import thresholds
from thecal.units import Kind, UnitError, parse

_PERCENT = 100
_FIGURE = re.compile(r"(?P<whole>0|[1-9][0-9]{0,8})(?:\.(?P<part>[0-9]{0,11}[1-9]))?")
_WITH_UNIT = re.compile(r"(?P<number>[^A-Za-zµμ%]*?) ?(?P<unit>[A-Za-zµμ%][A-Za-zµμ%/ ]*)")
_LOOK_ALIKE = re.compile(r"[OoQlIi|SBZ]")
_DIGITS_AND_LETTERS = re.compile(r"[0-9.,OoQlIi|SBZ]*[0-9.][0-9.,OoQlIi|SBZ]*")
_SPACES = re.compile(r"\s|[\u00a0\u2007\u2009\u202f'’_]")
_HOURS, _MILLI = 24, 1000
_SHOWN_ZEROS = re.compile(r"\.0+$|(?<=\.)(?P<part>[0-9]*[1-9])0+$")
_ABOUT = Fraction(5, 4)
MOST_TYPED = 60


class TypedError(ValueError):
    """A text that is not read; the message says why and what to write."""


class MissingError(TypedError):
    """Nothing is typed yet, which is no slip."""


@dataclass(frozen=True, slots=True)
class Unit:
    """The one unit of a field.

    Attributes:
        name: as the registry spells it, ``ug/day``.
        kind: what it measures.
    """

    name: str
    kind: Kind

    @property
    def shown(self) -> str:
        """As people are shown it."""
        return self.name.replace("ug", "µg")

    @property
    def factor(self) -> Fraction:
        """How many of the kind's canonical units one is."""
        return _factor(self.name, self.kind)


@lru_cache(maxsize=64)
def _factor(name: str, kind: Kind) -> Fraction:
    return parse(f"1 {name}", kind)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number that was read.

    Attributes:
        text: the quantity in the notation of the prescription file.
        value: in the kind's canonical unit.
    """

    text: str
    value: Fraction


def read_amount(typed: str, unit: Unit, *, may_be_zero: bool = False) -> Amount:
    """Read a number in its field's unit.

    Args:
        typed: what stands in the field.
        unit: the field's.
        may_be_zero: whether 0 is an answer.

    Raises:
        TypedError: it is anything but digits with a point.
    """
    text = typed.strip(" ")
    if not text:
        raise MissingError(_("nothing is typed"))
    if len(text) > MOST_TYPED:
        raise TypedError(_("this is too long for a number"))
    number = _without_unit(text, unit)
    _refuse_slips(number)
    value = parse(f"{number} {unit.name}", unit.kind)
    if not value and not may_be_zero:
        raise TypedError(_("it is zero"))
    return Amount(f"{number} {unit.name}", value)


def read_shown(typed: str, unit: Unit) -> Amount:
    """Read a number off a screen: its last zeros are kept, they say how finely it is shown.

    Raises:
        TypedError: it is anything but digits with a point.
    """
    text = typed.strip(" ")
    if not text:
        raise MissingError(_("nothing is typed"))
    number = _without_unit(text, unit)
    _refuse_slips(_SHOWN_ZEROS.sub(lambda found: found["part"] or "", number))
    return Amount(f"{number} {unit.name}", parse(f"{number} {unit.name}", unit.kind))


def _without_unit(text: str, unit: Unit) -> str:
    """The number alone; a unit may be typed again, and must then be the field's."""
    found = _WITH_UNIT.fullmatch(text)
    if found is None or _DIGITS_AND_LETTERS.fullmatch(text):
        return text
    typed = found["unit"].replace(" ", "")
    try:
        factor = parse(f"1 {typed}", unit.kind)
    except UnitError:
        raise TypedError(
            _("“%(typed)s” is no unit of this field, which is in %(unit)s")
            % {"typed": found["unit"], "unit": unit.shown}
        ) from None
    if factor == unit.factor:
        return found["number"]
    raise TypedError(_other_unit(found["number"], typed, factor, unit))


def _other_unit(number: str, typed: str, factor: Fraction, unit: Unit) -> str:
    """Nothing is converted in silence: what it would be is said, and has to be typed."""
    said = _("this field is in %(unit)s, not in %(typed)s") % {
        "unit": unit.shown,
        "typed": typed.replace("ug", "µg"),
    }
    if _FIGURE.fullmatch(number):
        exact = written(Fraction(number) * factor, unit)
        if exact:
            told = _("%(asked)s is %(exact)s %(unit)s: type that if it is meant")
            asked = f"{number} {typed.replace('ug', 'µg')}"
            said = f"{said}; " + told % {"asked": asked, "exact": exact, "unit": unit.shown}
    return said


def _refuse_slips(number: str) -> None:
    """Raises TypedError, with the slip by its name."""
    if _FIGURE.fullmatch(number):
        return
    for slip, said in _SLIPS:
        if slip.search(number):
            raise TypedError(str(said))
    if any(unicodedata.category(one) == "Nd" and not one.isascii() for one in number):
        raise TypedError(_("it has digits of another script; write 0 to 9"))
    raise TypedError(_("this is not a number; write it as 0.25"))


_SLIPS = (
    (re.compile(r"[-−–—‐‑]"), gettext_lazy("it has a minus sign; no dose is below zero")),
    (
        re.compile(r"^[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$"),
        gettext_lazy("a comma can mean thousands or a decimal; write 1000, or 1.5"),
    ),
    (re.compile(r","), gettext_lazy("a comma is not read; the decimal mark is a point: 0.5")),
    (re.compile(r"\..*\."), gettext_lazy("it has two points")),
    (_SPACES, gettext_lazy("it has a space or a sign between digits; write them together: 1000")),
    (
        re.compile(r"^[0-9.]*[eE][-+]?[0-9]+$"),
        gettext_lazy("it has an exponent; write the number out"),
    ),
    (
        _LOOK_ALIKE,
        gettext_lazy("it has a letter where a digit belongs: O is not 0, l and I are not 1"),
    ),
    (re.compile(r"^\."), gettext_lazy("write the zero before the point: 0.5, never .5")),
    (re.compile(r"\.$"), gettext_lazy("nothing stands after the point")),
    (
        re.compile(r"^[0-9]+\.[0-9]*0$"),
        gettext_lazy("write no zero at the end: 1, never 1.0, which is read as 10"),
    ),
    (re.compile(r"^0[0-9]"), gettext_lazy("write no zero before the number: 5, never 05")),
    (re.compile(r"^[0-9]{10,}"), gettext_lazy("the number is too large to be one")),
)


def written(value: Fraction, unit: Unit) -> str:
    """A value as it is typed into a field of a unit; empty where no short decimal is exact."""
    left, places = value / unit.factor, 0
    while left.denominator != 1 and places < _MOST_PLACES:
        left, places = left * 10, places + 1
    if left.denominator != 1 or left < 0:
        return ""
    digits = str(left.numerator).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


_MOST_PLACES = 9


def rounded(value: Fraction, unit: Unit, digits: int = 6) -> str:
    """A value as it is typed, exact where it can be, else to so many figures."""
    exact = written(value, unit)
    if exact:
        return exact
    text = f"{float(value / unit.factor):.{digits}g}"
    return text if _FIGURE.fullmatch(text) else ""


def doubt(new: Fraction, old: Fraction | None) -> str:
    """Why a number is questioned against what runs now: the slip that it looks like; or empty."""
    if not old or not new:
        return ""
    smaller, larger = sorted((old, new))
    if larger * _PERCENT < smaller * thresholds().ten_fold.value:
        return ""
    ratio = larger / smaller
    times = f"{float(ratio):.4g}"
    said = (
        _("%s times as much as now") % times
        if new > old
        else _("only 1/%s of what runs now") % times
    )
    return f"{said}: {_looks_like(ratio)}"


def _looks_like(ratio: Fraction) -> str:
    if _near(ratio, _MILLI):
        return _("is it mg that was taken for µg, or µg for mg?")
    if _near(ratio, _HOURS):
        return _("is it a dose per day that was taken for one per hour, or the other way?")
    return _("is the decimal point where it belongs?")


def _near(ratio: Fraction, slip: int) -> bool:
    return slip / _ABOUT <= ratio <= slip * _ABOUT
