"""One figure read off a screen: its value, and how finely the screen shows it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from thecal.therapy.thresholds import thresholds
from thecal.units import Kind, parse

_PERCENT = 100
_DIGITS = re.compile(r"[0-9]+(?:\.([0-9]+))?")


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure as a screen shows it.

    Attributes:
        value: in the canonical unit of its kind.
        half_step: half of what one step of its last digit is worth: whatever lies no farther
            from ``value`` may have been rounded to it.
    """

    value: Fraction
    half_step: Fraction

    def agrees(self, exact: Fraction) -> bool:
        """Whether a screen of this fineness would show ``exact`` so, and closely enough.

        A figure of few digits would agree with much: it must also be as close as the pump's own
        rounding may be.
        """
        close = thresholds().rounding.value / _PERCENT * self.value
        return abs(exact - self.value) <= min(self.half_step, close)

    def times(self, factor: Fraction) -> Shown:
        """The same figure in another quantity."""
        return Shown(self.value * factor, self.half_step * factor)

    def whole(self, wanted: int | None) -> int:
        """The integer that a pump holds: the one wanted if the screen agrees, else the nearest."""
        if wanted is not None and self.agrees(Fraction(wanted)):
            return wanted
        return round(self.value)


def shown(text: object, kind: Kind) -> Shown:
    """Read a figure with its unit.

    Raises:
        UnitError: as :func:`thecal.units.parse`.
    """
    value = parse(text, kind)
    match = _DIGITS.match(str(text).strip())
    places = len(match[1] or "") if match else 0
    unit = str(text).strip()[match.end() :] if match else ""
    step = parse(f"1{unit}", kind) / 10**places
    return Shown(value, step / 2)
