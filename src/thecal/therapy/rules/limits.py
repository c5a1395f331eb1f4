"""How a figure is held against a limit of the formulary: shared by the layers, never mixing them.

For one thing of one drug the layers speak apart; within a layer the strictest current limit for
this patient speaks. A limit remembered only weakly gives way to an earlier edition's stricter one.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from thecal.formulary import Bound, Drug, Layer, Limit, LimitOf
from thecal.therapy.case import Case, Part
from thecal.therapy.findings import Basis, Finding, Severity
from thecal.units import Provenance

SEVERITY = {Bound.RECOMMENDED: Severity.CONFIRM, Bound.ABSOLUTE: Severity.STOP}


def applicable(case: Case, part: Part, of: LimitOf, layer: Layer) -> list[Limit]:
    """The limits that speak for this patient."""
    limits = part.drug.limits_of(of, layer=layer, who=case.who)
    if any(limit.provenance is Provenance.RECALLED_WEAK for limit in limits):
        limits = part.drug.limits_of(of, layer=layer, who=case.who, current=False)
    return list(limits)


def above(
    case: Case, part: Part, of: LimitOf, layer: Layer, asked: Fraction, what: str
) -> Iterator[Finding]:
    """One finding for the strictest limit that ``asked`` (in the limit's unit) is above."""
    passed = [
        limit
        for limit in applicable(case, part, of, layer)
        if limit.high_value is not None and asked > limit.high_value
    ]
    if passed:
        absolute = [limit for limit in passed if limit.bound is Bound.ABSOLUTE]
        strictest = min(absolute or passed, key=lambda limit: limit.high_value or 0)
        yield _passed(part, strictest, asked, what, "above", strictest.high_value or Fraction(0))


def below(
    case: Case, part: Part, of: LimitOf, layer: Layer, asked: Fraction, what: str
) -> Iterator[Finding]:
    """One finding for the strictest limit that ``asked`` is below."""
    passed = [
        limit
        for limit in applicable(case, part, of, layer)
        if limit.low_value is not None and asked < limit.low_value
    ]
    if passed:
        strictest = max(passed, key=lambda limit: limit.low_value or 0)
        yield _passed(part, strictest, asked, what, "below", strictest.low_value or Fraction(0))


def _passed(
    part: Part, limit: Limit, asked: Fraction, what: str, side: str, bound: Fraction
) -> Finding:
    asked_text, limit_text = shown_apart(part.drug, limit, asked, bound)
    meaning = f" ({limit.meaning})" if limit.meaning else ""
    return Finding(
        SEVERITY[limit.bound],
        f"{part.name}: {what} {asked_text} is {side} {limit_text}, {limit.version}{meaning}",
        Basis.of_limit(limit),
        asked_text,
        limit_text,
        part.name,
    )


def shown_apart(drug: Drug, limit: Limit, asked: Fraction, bound: Fraction) -> tuple[str, str]:
    """Both figures in the drug's unit, with as many digits as it takes to see which is larger."""
    for digits in (4, 6, 9, 12):
        asked_text, limit_text = (drug.show(v, limit.kind, digits) for v in (asked, bound))
        if asked_text != limit_text:
            break
    return asked_text, limit_text


def daily_doses(case: Case, layer: Layer) -> Iterator[Finding]:
    """Hold every drug's mean and heaviest day against one layer."""
    for part in case.parts:
        for amount, what in days_of(case, part):
            yield from above(case, part, LimitOf.DAILY_DOSE, layer, amount, what)


def start_doses(case: Case, layer: Layer) -> Iterator[Finding]:
    """Hold every new drug's mean and heaviest day against one layer's starting doses."""
    for part in case.parts:
        if not case.before_ug_per_day.get(part.name):
            for amount, what in days_of(case, part):
                if amount:
                    what_starts = f"starting dose ({what})"
                    yield from above(case, part, LimitOf.START_DOSE, layer, amount, what_starts)


def days_of(case: Case, part: Part) -> Iterator[tuple[Fraction, str]]:
    """The days of a drug that count, in µg: the week's mean, and the heaviest."""
    if part.name not in case.mean_ug_per_day:
        return
    mean, worst = case.mean_ug_per_day[part.name], case.worst_ug_per_day[part.name]
    yield mean, "mean day"
    if worst != mean:
        doses = " with all patient doses" if case.prescription.patient_dose else ""
        yield worst, f"heaviest day{doses}"
