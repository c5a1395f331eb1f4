"""The hard caps: absolute bounds that no signature passes.

Each is derived as the highest figure that any layer or edition publishes; beyond it nothing is
published that could support a dose.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from thecal.formulary import Layer, Limit, LimitOf
from thecal.therapy.case import Case, Part
from thecal.therapy.changeover.bridge import LONGEST_WINDOW_H
from thecal.therapy.findings import Basis, Finding, Severity
from thecal.therapy.rules.limits import above, below, daily_doses, shown_apart
from thecal.therapy.rules.registry import limit_sources, rule

_HARD = (Layer.HARD,)
_ROUNDING = Fraction(1, 1_000_000_000)
"""Of the simulation's binary floats, so that a dose at the cap counts as within."""


@rule(
    "hard.daily-dose",
    "Is the daily dose below the hard cap, on every day and over any 24 h?",
    severities="stop",
    source="Thecal: the highest published figure of any layer and edition",
    figures=limit_sources(LimitOf.DAILY_DOSE, layers=_HARD),
    hazards="H01 H02 H03",
)
def daily_dose(case: Case) -> Iterator[Finding]:
    """Mean day, heaviest day, the heaviest sliding 24 h, and any 24 h of the change-over."""
    yield from daily_doses(case, Layer.HARD)
    for part in case.parts:
        yield from _across_midnight(case, part)
    for part in {part.name: part for part in (*case.old_parts, *case.parts)}.values():
        yield from _changing_over(case, part)


def _across_midnight(case: Case, part: Part) -> Iterator[Finding]:
    cap = case.hard_cap(part)
    if case.doses is None or cap is None or cap.high_value is None:
        return
    sliding = case.doses.amounts(case.doses.worst_24h_ml)[part.name]
    if case.worst_ug_per_day[part.name] <= cap.high_value < sliding:
        yield _capped(part, cap, sliding, "the heaviest 24 h across midnight")


def _changing_over(case: Case, part: Part) -> Iterator[Finding]:
    """What no bridge can hold may pass the cap while the path clears."""
    cap, change = case.hard_cap(part), case.changeover
    if cap is None or cap.high_value is None or change is None or change.tip is None:
        return
    _, most = change.tip.rate_range(part.name, LONGEST_WINDOW_H)
    before, after = change.before_ug_per_day[part.name], change.intended_ug_per_day[part.name]
    if most > cap.high_value * (1 + _ROUNDING) and after <= cap.high_value:
        before_text = part.drug.show(before, cap.kind)
        when = f"at the tip, any 24 h of the change-over (before {before_text})"
        yield _capped(part, cap, Fraction(most), when)


def _capped(part: Part, cap: Limit, asked: Fraction, when: str) -> Finding:
    asked_text, limit_text = shown_apart(part.drug, cap, asked, cap.high_value or Fraction(0))
    message = f"{part.name}: {when}: {asked_text} is above {limit_text}"
    basis = Basis.of_limit(cap)
    return Finding(Severity.STOP, message, basis, asked_text, limit_text, part.name)


@rule(
    "hard.concentration",
    "Is the concentration between the hard minimum and maximum?",
    severities="stop",
    source="Thecal: the lowest and highest published strengths",
    figures=limit_sources(LimitOf.CONCENTRATION, layers=_HARD),
    hazards="H16",
)
def concentration(case: Case) -> Iterator[Finding]:
    """A concentration entered too low overdoses; entered too high it underdoses."""
    of = LimitOf.CONCENTRATION
    for part in case.parts:
        yield from above(case, part, of, Layer.HARD, part.strength, "concentration")
        yield from below(case, part, of, Layer.HARD, part.strength, "concentration")
