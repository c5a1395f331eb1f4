"""The labels that a pump keeps of a fill: written for it here, and read back here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from thecal import formulary
from thecal.formulary import Drug
from thecal.units import CONCENTRATION, UnitError, parse

_DIGITS = 6


def label(drug: Drug, strength: Fraction) -> str:
    """A drug's name and its concentration (µg/mL), to six figures."""
    return f"{drug.name} {drug.show(strength, CONCENTRATION, _DIGITS)}"


def strengths(labels: Iterable[str]) -> Mapping[str, Fraction] | None:
    """Drug name to µg/mL, the primary first; None if a label is not one of ours or none is there.

    A pump keeps labels as they come: somebody else's programmer may have written others.
    """
    found: dict[str, Fraction] = {}
    for text in labels:
        name, _, strength = text.partition(" ")
        if name not in formulary.drugs() or name in found:
            return None
        try:
            found[name] = parse(strength, CONCENTRATION)
        except UnitError:
            return None
    return found or None
