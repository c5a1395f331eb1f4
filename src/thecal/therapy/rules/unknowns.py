"""Rules of what is not known: facts the prescription leaves out, limits nobody published."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.formulary import DrugClass, Layer, LimitOf
from thecal.therapy.case import Case
from thecal.therapy.findings import Basis, By, Finding, Severity, unknown
from thecal.therapy.rules.registry import rule
from thecal.units import Provenance

_PRESCRIPTION = ("the prescription", Provenance.FOUND)


@rule(
    "patient.unknown",
    "Does the prescription leave out something about the patient that a limit depends on?",
    severities="note",
    source="Thecal: where the file is silent the stricter limit applies, and is named",
)
def patient_unknown(case: Case) -> Iterator[Finding]:
    """Tolerance, origin of spasticity and age, where a drug in the pump depends on them."""
    patient = case.prescription.patient
    if case.opioids and patient.opioid_tolerant is None:
        yield _silent("opioid_tolerant", "limits for opioid-naive patients are applied")
    baclofen = any(p.drug.drug_class is DrugClass.GABA_B_AGONIST for p in case.parts)
    if baclofen and patient.spasticity_origin is None:
        yield _silent("spasticity_origin", "the smaller steps for cerebral origin are applied")
    if patient.age_years is None:
        yield _silent("age_years", "no age limit is checked")


@rule(
    "patient.origin-unused",
    "Is an origin of spasticity stated although pain is treated?",
    severities="note",
    source="prescription file, schema 1: spasticity_origin goes with spasticity only",
)
def origin_unused(case: Case) -> Iterator[Finding]:
    """The origin then changes no limit; one of the two keys may be wrong."""
    patient = case.prescription.patient
    if patient.spasticity_origin is not None and patient.origin is None:
        asked, basis = str(patient.spasticity_origin), Basis(By.PRACTICE, *_PRESCRIPTION)
        message = (
            f'spasticity_origin is "{asked}" though the indication is {patient.indication}: '
            "it is not used, and limits that depend on it are the stricter ones"
        )
        yield Finding(Severity.NOTE, message, basis, asked, "with spasticity only")


def _silent(key: str, consequence: str) -> Finding:
    basis = Basis(By.UNKNOWN, *_PRESCRIPTION)
    return Finding(Severity.NOTE, f"{key} is not stated; {consequence}", basis, "unknown")


@rule(
    "unknown.limits",
    "Which limits has nobody published for these drugs?",
    severities="note",
    source="Thecal: a missing figure is never taken as 'fine'",
)
def unknown_limits(case: Case) -> Iterator[Finding]:
    """For every ingredient: what could not be checked, by layer."""
    checked = {
        Layer.LABEL: (LimitOf.DAILY_DOSE, LimitOf.CONCENTRATION, LimitOf.START_DOSE),
        Layer.CONSENSUS: (LimitOf.DAILY_DOSE, LimitOf.CONCENTRATION, LimitOf.START_DOSE),
        Layer.HARD: (LimitOf.DAILY_DOSE,),
    }
    for part in case.parts:
        missing = [
            f"{layer} {of}"
            for layer, things in checked.items()
            for of in things
            if not part.drug.limits_of(of, layer=layer, who=case.who)
        ]
        if missing:
            yield unknown(f"{part.name}: {', '.join(missing)}", drug=part.name)


@rule(
    "hard.concentration-unknown",
    "Has anybody published a lowest concentration?",
    severities="note",
    source="Thecal: a missing figure is never taken as 'fine'",
    hazards="H16",
)
def concentration_unknown(case: Case) -> Iterator[Finding]:
    """Where no minimum is published, an entry that is too low cannot be caught here."""
    for part in case.parts:
        limits = part.drug.limits_of(LimitOf.CONCENTRATION, layer=Layer.HARD, who=case.who)
        if not any(limit.low_value is not None for limit in limits):
            what = f"a lowest concentration of {part.name}; compare the pharmacy's label"
            yield unknown(what, drug=part.name)
