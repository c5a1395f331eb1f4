"""Rules of change: how far from what ran before, and in which direction a conversion may go."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from thecal.formulary import (
    DrugClass,
    Layer,
    Limit,
    LimitOf,
    UnknownConversionError,
    conversion,
    conversions,
)
from thecal.pump.language import PL_PER_ML
from thecal.therapy.case import Case, Part
from thecal.therapy.file.prescription import clock
from thecal.therapy.findings import Basis, By, Finding, Severity, unknown
from thecal.therapy.rules.limits import SEVERITY, above, applicable, days_of
from thecal.therapy.rules.registry import limit_sources, rule
from thecal.therapy.thresholds import thresholds
from thecal.units import CONCENTRATION, DOSE_RATE, PERCENT, Kind, Provenance, plain_number, show

_PERCENT = 100
_ROUNDING = Fraction(1, 1_000_000)
"""The pump holds whole picolitres, so a ratio of exactly ten may run a hair below it."""


@rule(
    "change.increase",
    "Is the increase since the last dose within the label and the consensus?",
    severities="confirm stop note",
    source="product labels and PACC",
    figures=limit_sources(
        LimitOf.STEP_INCREASE,
        LimitOf.DAILY_INCREASE,
        LimitOf.REFILL_INCREASE,
        layers=(Layer.LABEL, Layer.CONSENSUS),
    ),
    hazards="H02",
)
def increase(case: Case) -> Iterator[Finding]:
    """Baclofen's by origin, in percent; ziconotide's as a dose; the layers speak apart."""
    for part, old, new, day in _continued(case):
        if new <= old:
            continue
        if not _increases_published(case, part):
            asked = f"+{show((new / old - 1) * _PERCENT, PERCENT, 3)}"
            yield unknown(
                f"how fast {part.name} may go up; {day} {asked}", drug=part.name, asked=asked
            )
        for layer in (Layer.LABEL, Layer.CONSENSUS):
            step, share = new - old, (new / old - 1) * _PERCENT
            yield from above(case, part, LimitOf.STEP_INCREASE, layer, step, f"increase, {day}")
            yield from above(case, part, LimitOf.REFILL_INCREASE, layer, share, f"increase, {day},")


def _increases_published(case: Case, part: Part) -> bool:
    layers, steps = (Layer.LABEL, Layer.CONSENSUS), (LimitOf.STEP_INCREASE, LimitOf.REFILL_INCREASE)
    return any(applicable(case, part, of, layer) for of in steps for layer in layers)


@rule(
    "change.daily-increase",
    "Is the increase more than a daily step of the label, though within a refill's?",
    severities="note",
    source="Lioresal Intrathecal and Gablofen labels",
    figures=limit_sources(LimitOf.DAILY_INCREASE, layers=(Layer.LABEL,)),
)
def daily_increase(case: Case) -> Iterator[Finding]:
    """Baclofen's daily steps are smaller than what a refill allows."""
    for part, old, new, day in _continued(case):
        share = (new / old - 1) * _PERCENT
        for limit in applicable(case, part, LimitOf.DAILY_INCREASE, Layer.LABEL):
            if limit.high_value is not None and share > limit.high_value:
                asked, most = show(share, PERCENT, 3), show(limit.high_value, PERCENT)
                message = f"{part.name}, {day}: +{asked} is more than a daily step of {most}"
                basis = Basis.of_limit(limit)
                yield Finding(Severity.NOTE, message, basis, asked, most, part.name)


@rule(
    "change.decrease",
    "Is the decrease small enough to avoid withdrawal?",
    severities="confirm",
    source="product labels",
    figures=limit_sources(LimitOf.DECREASE, layers=(Layer.LABEL,)),
    hazards="H18",
)
def decrease(case: Case) -> Iterator[Finding]:
    """A published step where there is one; stopping a drug with a withdrawal always asks."""
    for part in case.old_parts:
        old = case.before_ug_per_day[part.name]
        limits = applicable(case, part, LimitOf.DECREASE, Layer.LABEL)
        for new, day in _lower_days(case, part, old):
            share = (1 - new / old) * _PERCENT
            for limit in limits:
                if limit.high_value is not None and share > limit.high_value:
                    yield _decreased(part, limit, share, day)
            if not limits and not new and part.drug.withdrawal:
                yield _withdrawn(part, old, day)


def _lower_days(case: Case, part: Part, old: Fraction) -> Iterator[tuple[Fraction, str]]:
    """The mean and the lightest day, without patient doses, where they give less than before."""
    if case.doses is None:
        return
    strength = {one.name: one.strength for one in case.parts}.get(part.name, Fraction(0))
    mean, lightest = case.doses.mean_ml * strength, min(case.doses.base_ml_by_weekday) * strength
    if mean < old:
        yield mean, "mean day"
    if lightest < min(old, mean):
        yield lightest, "lightest day"


def _decreased(part: Part, limit: Limit, share: Fraction, day: str) -> Finding:
    asked, most = show(share, PERCENT, 3), show(limit.high_value or Fraction(0), PERCENT)
    warning = f"; withdrawal: {part.drug.withdrawal.text}" if part.drug.withdrawal else ""
    message = f"{part.name}, {day}: a decrease of {asked} is above {most}, {limit.version}{warning}"
    basis = Basis.of_limit(limit)
    return Finding(SEVERITY[limit.bound], message, basis, asked, most, part.name)


def _withdrawn(part: Part, old: Fraction, day: str) -> Finding:
    statement = part.drug.withdrawal
    assert statement is not None  # noqa: S101  (the caller asked)
    ran = part.drug.show(old, DOSE_RATE)
    return Finding(
        Severity.CONFIRM,
        f"{part.name}, {day}: stops from {ran}; withdrawal: {statement.text}",
        Basis.of_statement(statement),
        part.drug.show(0, DOSE_RATE),
        "no published decrease",
        part.name,
    )


@rule(
    "change.ten-fold",
    "Does a dose or a concentration change ten-fold?",
    severities="confirm",
    source="hazard H20: a slip of the decimal mark",
    figures=lambda: (thresholds().ten_fold.source,),
    hazards="H20 H02",
)
def ten_fold(case: Case) -> Iterator[Finding]:
    """Daily doses and concentrations against those before; steps against each other."""
    for part, old, new, day in _continued(case):
        yield from _ten_fold(part, f"the daily dose ({day})", old, new, DOSE_RATE)
    strengths = {part.name: part.strength for part in case.old_parts}
    for part in case.parts:
        if part.name in strengths:
            old, new = strengths[part.name], part.strength
            yield from _ten_fold(part, "the concentration", old, new, CONCENTRATION)
    yield from _ten_fold_steps(case)


def _ten_fold(part: Part, what: str, old: Fraction, new: Fraction, kind: Kind) -> Iterator[Finding]:
    ratio = max(new / old, old / new) if old and new else Fraction(1)
    limit = thresholds().ten_fold
    if ratio < limit.value / _PERCENT * (1 - _ROUNDING):
        return
    asked = part.drug.show(new, kind)
    yield Finding(
        Severity.CONFIRM,
        f"{part.name}: {what} goes from {part.drug.show(old, kind)} to {asked}, "
        f"a {plain_number(ratio, 3)}-fold change: is the decimal mark right?",
        Basis.of_figure(limit, By.PRACTICE),
        asked,
        "less than ten-fold",
        part.name,
    )


def _ten_fold_steps(case: Case) -> Iterator[Finding]:
    """The slowest and the fastest step of the whole week."""
    program = case.compiled.program
    steps = [
        (step.rate_pl_per_day, step.start_min)
        for schedule in (program.schedules if program else ())
        for step in schedule.steps
        if step.rate_pl_per_day
    ]
    if len(steps) > 1:
        (low, low_min), (high, high_min) = min(steps), max(steps)
        what = f"the rate between the steps at {clock(low_min)} and {clock(high_min)}"
        old, new = (Fraction(rate, PL_PER_ML) * case.primary.strength for rate in (low, high))
        yield from _ten_fold(case.primary, what, old, new, DOSE_RATE)


@rule(
    "change.conversion",
    "If one opioid replaces another, does a published conversion lead in that direction?",
    severities="confirm",
    source="conversions have a direction and are never inverted",
    figures=lambda: (
        f"{c.from_drug} ({c.from_route}) to {c.to_drug} ({c.to_route}): {c.source}"
        for c in conversions()
    ),
)
def conversion_direction(case: Case) -> Iterator[Finding]:
    """A new opioid after another, held against the careful end of the published conversion."""
    names = {part.name for part in case.parts}
    gone = [
        part
        for part in case.old_parts
        if part.drug.drug_class is DrugClass.OPIOID and part.name not in names
    ]
    for part in case.opioids:
        new = case.mean_ug_per_day.get(part.name)
        if new and part.name not in case.before_ug_per_day:
            for old in gone:
                yield from _converted(old, part, case.before_ug_per_day[old.name], new)


def _converted(old: Part, part: Part, old_ug: Fraction, new_ug: Fraction) -> Iterator[Finding]:
    try:
        published = conversion(old.name, part.name)
    except UnknownConversionError as error:
        asked = f"{part.name} {part.drug.show(new_ug, DOSE_RATE)}"
        yield unknown(str(error), Severity.CONFIRM, part.name, asked)
        return
    equal = published.convert(old_ug)
    over = "above" if new_ug > equal else "not above"
    asked, limit = (part.drug.show(v, DOSE_RATE) for v in (new_ug, equal))
    ratio = f"{published.from_amount}:{published.to_amount}"
    yield Finding(
        Severity.CONFIRM,
        f"{old.name} {old.drug.show(old_ug, DOSE_RATE)} becomes {part.name} {asked}: {over} the "
        f"{limit} that {ratio} gives, {old.name} to {part.name} only; {published.caution}",
        Basis(By.PRACTICE, published.source, Provenance(published.provenance)),
        asked,
        limit,
        part.name,
    )


def _continued(case: Case) -> Iterator[tuple[Part, Fraction, Fraction, str]]:
    """Each drug that ran before and runs on: (part, old, new in µg/day, which new day)."""
    for part in case.parts:
        old = case.before_ug_per_day.get(part.name)
        for new, day in days_of(case, part):
            if old and new:
                yield part, old, new, day
