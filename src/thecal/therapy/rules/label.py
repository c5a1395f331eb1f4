"""Rules of the label: its doses, strengths, first fills and observation."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from thecal.formulary import Layer, LimitOf
from thecal.pump.language import Mode
from thecal.therapy.case import Case, Part
from thecal.therapy.findings import Basis, By, Finding, Severity
from thecal.therapy.rules.limits import above, daily_doses, start_doses
from thecal.therapy.rules.registry import limit_sources, rule, statement_sources
from thecal.units import CONCENTRATION, DOSE_RATE, Provenance


@rule(
    "label.daily-dose",
    "Is the daily dose within the label, on the mean and on the heaviest day?",
    severities="confirm stop",
    source="product labels",
    figures=limit_sources(LimitOf.DAILY_DOSE, layers=(Layer.LABEL,)),
    hazards="H01 H02",
)
def daily_dose(case: Case) -> Iterator[Finding]:
    """The heaviest day with all patient doses decides; the mean day is named if it passes too."""
    yield from daily_doses(case, Layer.LABEL)


@rule(
    "label.concentration",
    "Is the concentration one that the label has?",
    severities="confirm note stop",
    source="product labels",
    figures=limit_sources(LimitOf.CONCENTRATION, layers=(Layer.LABEL,)),
    hazards="H16",
)
def concentration(case: Case) -> Iterator[Finding]:
    """Above the label's strongest; and where the label allows what the consensus does not."""
    for part in case.parts:
        over = list(
            above(case, part, LimitOf.CONCENTRATION, Layer.LABEL, part.strength, "concentration")
        )
        yield from over
        if not over and _above_consensus(case, part):
            yield from _labelled_strength(part)


def _above_consensus(case: Case, part: Part) -> bool:
    return any(
        above(case, part, LimitOf.CONCENTRATION, Layer.CONSENSUS, part.strength, "concentration")
    )


def _labelled_strength(part: Part) -> Iterator[Finding]:
    for product in part.drug.products:
        if product.for_pump and product.concentration.value >= part.strength:
            strength = part.drug.show(part.strength, CONCENTRATION)
            yield Finding(
                Severity.NOTE,
                f"{part.name} {strength} is a labelled strength ({product.name}), "
                "though above the consensus",
                Basis.of_figure(product.concentration, By.LABEL),
                strength,
                part.drug.show(product.concentration.value, CONCENTRATION),
                part.name,
            )
            return


@rule(
    "label.start-dose",
    "Where a drug is new, is its first dose within the label?",
    severities="confirm stop",
    source="product labels",
    figures=limit_sources(LimitOf.START_DOSE, layers=(Layer.LABEL,)),
    hazards="H01 H04",
)
def start_dose(case: Case) -> Iterator[Finding]:
    """A drug that did not run before starts; a stated ``before`` is what makes it a change."""
    yield from start_doses(case, Layer.LABEL)


@rule(
    "label.first-fill",
    "Is ziconotide's first fill undiluted and alone?",
    severities="confirm note",
    source="Prialt label",
    figures=statement_sources("first_fill"),
)
def first_fill(case: Case) -> Iterator[Finding]:
    """The first fill of a pump with it loses drug to its surfaces and residual."""
    for part in case.parts:
        undiluted, statement = part.drug.undiluted_concentration, part.drug.first_fill
        if undiluted is None or statement is None or not case.is_first_fill(part):
            continue
        right = part.strength == undiluted.value and len(case.parts) == 1
        asked = part.drug.show(part.strength, CONCENTRATION)
        yield Finding(
            Severity.NOTE if right else Severity.CONFIRM,
            f"{part.name}, first fill at {asked}: {statement.text}",
            Basis.of_statement(statement),
            asked,
            f"{part.drug.show(undiluted.value, CONCENTRATION)} alone",
            part.name,
        )


@rule(
    "label.lowest-start",
    "Can the pump run slowly enough for the dose ordered from the undiluted first fill?",
    severities="stop",
    source="the product's first-fill concentration times the pump's lowest rate",
    figures=statement_sources("first_fill"),
)
def lowest_start(case: Case) -> Iterator[Finding]:
    """25 µg/mL at 0.048 mL/day is 1.2 µg/day: no first fill can start below it."""
    lowest = case.pump.lowest_rate
    for part in case.parts:
        undiluted = part.drug.undiluted_concentration
        if not case.is_first_fill(part) or undiluted is None or lowest is None or not lowest.value:
            continue
        floor = undiluted.value * lowest.value
        asked = case.mean_ug_per_day.get(part.name, Fraction(0))
        if part.strength != undiluted.value:
            continue  # a diluted first fill is label.first-fill's to question
        if 0 < asked < floor and case.program and case.program.mode is not Mode.MINIMUM_RATE:
            ordered, least = (part.drug.show(v, DOSE_RATE) for v in (asked, floor))
            strength = part.drug.show(undiluted.value, CONCENTRATION)
            yield Finding(
                Severity.STOP,
                f"{part.name}: {ordered} cannot start on the undiluted first fill, whose lowest "
                f"is {strength} x {lowest} = {least}",
                Basis(By.LABEL, f"{undiluted.source}; {lowest.source}", Provenance.DERIVED),
                ordered,
                least,
                part.name,
            )


@rule(
    "label.observation",
    "How long does the label have the patient observed?",
    severities="note",
    source="product labels",
    figures=statement_sources("observation"),
    hazards="H05",
)
def observation(case: Case) -> Iterator[Finding]:
    """Observation after a first dose."""
    for part in case.parts:
        if part.drug.observation and not case.before_ug_per_day.get(part.name):
            statement = part.drug.observation
            yield Finding(
                Severity.NOTE,
                f"{part.name}: {statement.text}",
                Basis.of_statement(statement),
                drug=part.name,
            )
