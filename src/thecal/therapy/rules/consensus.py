"""Rules of the consensus (PACC): its doses, concentrations and boluses, apart from the label's."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from thecal.formulary import DrugClass, Layer, LimitOf
from thecal.pump.language import PL_PER_ML, SECONDS_PER_HOUR, SECONDS_PER_MINUTE
from thecal.therapy.case import Case, Part
from thecal.therapy.findings import Basis, By, Finding, Severity, unknown
from thecal.therapy.rules.limits import above, daily_doses, start_doses
from thecal.therapy.rules.registry import limit_sources, rule
from thecal.units import MASS, Provenance

PACC = "PACC 2017, DOI 10.1111/ner.12538"
_CONSENSUS = (Layer.CONSENSUS,)


@rule(
    "consensus.daily-dose",
    "Is the daily dose within the consensus, on the mean and on the heaviest day?",
    severities="confirm",
    source=PACC,
    figures=limit_sources(LimitOf.DAILY_DOSE, layers=_CONSENSUS),
    hazards="H01 H02",
)
def daily_dose(case: Case) -> Iterator[Finding]:
    """Every ingredient, mean day and heaviest day."""
    yield from daily_doses(case, Layer.CONSENSUS)


@rule(
    "consensus.concentration",
    "Is the concentration within the consensus?",
    severities="confirm",
    source=PACC,
    figures=limit_sources(LimitOf.CONCENTRATION, layers=_CONSENSUS),
    hazards="H16",
)
def concentration(case: Case) -> Iterator[Finding]:
    """Every ingredient."""
    of, layer = LimitOf.CONCENTRATION, Layer.CONSENSUS
    for part in case.parts:
        yield from above(case, part, of, layer, part.strength, "concentration")


@rule(
    "consensus.start-dose",
    "Where a drug is new, is its first dose within the consensus?",
    severities="confirm",
    source=PACC,
    figures=limit_sources(LimitOf.START_DOSE, layers=_CONSENSUS),
    hazards="H04",
)
def start_dose(case: Case) -> Iterator[Finding]:
    """Every ingredient that did not run before."""
    yield from start_doses(case, Layer.CONSENSUS)


@rule(
    "consensus.trial-bolus",
    "For an opioid-naive patient, is each bolus within what a trial would give?",
    severities="confirm",
    source=PACC,
    figures=limit_sources(LimitOf.TRIAL_BOLUS, LimitOf.NAIVE_BOLUS, layers=_CONSENSUS),
)
def trial_bolus(case: Case) -> Iterator[Finding]:
    """Patient doses of the naive: the single-bolus limit for opioids, else the trial range."""
    dose = case.compiled.program.patient_dose if case.compiled.program else None
    if dose is None or case.prescription.patient.opioid_tolerant:
        return
    volume = Fraction(dose.volume_pl, PL_PER_ML)
    for part in case.parts:
        yield from _bolus(case, part, volume * part.strength, "patient dose")


def _bolus(case: Case, part: Part, amount_ug: Fraction, what: str) -> Iterator[Finding]:
    for of in (LimitOf.NAIVE_BOLUS, LimitOf.TRIAL_BOLUS):
        if part.drug.limits_of(of, layer=Layer.CONSENSUS, who=case.who):
            yield from above(case, part, of, Layer.CONSENSUS, amount_ug, what)
            return
    if part.drug.drug_class is DrugClass.OPIOID:
        yield unknown(f"a bolus of {part.name} for the naive", drug=part.name)


@rule(
    "consensus.priming-early",
    "For an opioid-naive patient, how much drug does priming push out of the tip?",
    severities="confirm note",
    source="mixing in the path: 8637 reference guide; Taylor-Aris dispersion",
    figures=limit_sources(LimitOf.NAIVE_BOLUS, layers=_CONSENSUS),
    hazards="H07",
)
def priming_early(case: Case) -> Iterator[Finding]:
    """Some drug arrives before the priming bolus ends, and a weak stretch follows."""
    if not case.primes or case.priming is None:
        return
    for part in case.parts:
        early = Fraction(case.priming.early_ug[part.name])
        if case.prescription.patient.opioid_tolerant is not True:
            yield from _bolus_or_nothing(case, part, early)
        asked = part.drug.show(early, MASS, 2)
        yield Finding(
            Severity.NOTE,
            f"priming: about {asked} of {part.name} leaves the tip before the priming bolus "
            f"ends{_then_weak(case.priming.weak_hours)}",
            Basis(By.PHYSICS, "8637 reference guide; Taylor-Aris dispersion", Provenance.DERIVED),
            asked,
            drug=part.name,
        )


def _then_weak(hours: float) -> str:
    """How long the dose at the tip stays weak after priming, in words; empty below a minute."""
    minutes = hours * SECONDS_PER_HOUR / SECONDS_PER_MINUTE
    if minutes < 1:
        return ""
    lasts = f"{hours:.1f} h" if hours >= 1 else f"{minutes:.0f} min"
    return f"; then for about {lasts} the dose at the tip is below half of that intended"


def _bolus_or_nothing(case: Case, part: Part, early: Fraction) -> Iterator[Finding]:
    limits = part.drug.limits_of(LimitOf.NAIVE_BOLUS, layer=Layer.CONSENSUS, who=case.who)
    if limits:
        what = "early drug from priming"
        yield from above(case, part, LimitOf.NAIVE_BOLUS, Layer.CONSENSUS, early, what)
