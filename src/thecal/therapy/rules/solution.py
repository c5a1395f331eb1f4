"""Rules of the solution itself: granuloma, precipitation, and what stability is known."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from thecal.formulary import Admixture, admixtures, drug, stability_of
from thecal.formulary import drugs as all_drugs
from thecal.therapy.case import Case
from thecal.therapy.findings import Basis, By, Finding, Severity, unknown
from thecal.therapy.rules.registry import rule
from thecal.units import CONCENTRATION, Provenance, parse, show


@rule(
    "solution.granuloma",
    "Is an opioid as concentrated as clinics tie to granuloma?",
    severities="note",
    source="Deer 2004; Duarte 2010; Allen 2006",
    figures=lambda: (
        f"{d.name}: {d.granuloma_concentration.source}"
        for d in all_drugs().values()
        if d.granuloma_concentration
    ),
)
def granuloma(case: Case) -> Iterator[Finding]:
    """A rule of thumb; dose and its yearly increase count at least as much."""
    for part in case.parts:
        limit = part.drug.granuloma_concentration
        if limit and part.strength >= limit.value:
            asked, least = (part.drug.show(v, CONCENTRATION) for v in (part.strength, limit.value))
            message = f"{part.name} at {asked}: granuloma is tied to opioids from {least} on"
            basis = Basis.of_figure(limit, By.PRACTICE)
            yield Finding(
                Severity.NOTE,
                f"{message}; watch for lost effect and new pain at the tip's level",
                basis,
                asked,
                least,
                part.name,
            )


@rule(
    "solution.precipitation",
    "Is a drug concentrated enough to precipitate more readily?",
    severities="note",
    source="MedStream manual",
    figures=lambda: (
        f"{d.name}: {d.precipitation_concentration.source}"
        for d in all_drugs().values()
        if d.precipitation_concentration
    ),
)
def precipitation(case: Case) -> Iterator[Finding]:
    """Morphine above 10 mg/mL; the solution's pH is not known here."""
    for part in case.parts:
        limit = part.drug.precipitation_concentration
        if limit and part.strength > limit.value:
            asked, most = (part.drug.show(v, CONCENTRATION) for v in (part.strength, limit.value))
            message = f"{part.name} at {asked} precipitates more readily than up to {most}"
            basis = Basis.of_figure(limit, By.STABILITY)
            yield Finding(
                Severity.NOTE,
                f"{message}; solutions above pH 6.5 are not recommended",
                basis,
                asked,
                most,
                part.name,
            )


@rule(
    "solution.mixture",
    "What is published on how this mixture keeps at body temperature?",
    severities="note",
    source="published stability studies",
    figures=lambda: (f"{' + '.join(sorted(a.drugs))}: {a.source}" for a in admixtures()),
)
def mixture(case: Case) -> Iterator[Finding]:
    """The study that decides, or that there is none."""
    if len(case.parts) == 1:
        return
    strengths = {part.name: part.strength for part in case.parts}
    names = " + ".join(strengths)
    found = stability_of(strengths)
    if found is None:
        what = f"how {names} keeps together at these concentrations"
        yield unknown(f"{what}; the refill date is not limited by it")
        return
    basis = Basis(By.STABILITY, found.source, found.provenance)
    tested = ", ".join(f"{name} {_tested(found, name)}" for name in strengths)
    message = f"{names}: {found.result} (tested: {tested})"
    yield Finding(Severity.NOTE, message, basis, names, str(found.days))


def _tested(study: Admixture, name: str) -> str:
    """The concentration that a study had of a drug, in the drug's unit."""
    text = study.concentrations.get(name)
    if text is None:
        return "at a strength not stated"
    return drug(name).show(parse(text, CONCENTRATION), CONCENTRATION)


@rule(
    "solution.pharmacy-label",
    "Does the pharmacy's label, read apart from the prescription, say the same?",
    severities="stop note",
    source="hazard H16: a concentration entered too low overdoses",
    hazards="H16",
)
def pharmacy_label(case: Case) -> Iterator[Finding]:
    """Drug by drug; a label that nobody has read out is named as such."""
    basis = Basis(By.PRACTICE, "the pharmacy's label", Provenance.FOUND)
    label = case.pharmacy_label
    if label is None:
        message = "the pharmacy's label has not been compared with this prescription"
        yield Finding(Severity.NOTE, message, basis, "not read")
        return
    strengths = {part.name: part.strength for part in case.parts}
    for name in dict.fromkeys((*strengths, *label)):
        asked, labelled = strengths.get(name), label.get(name)
        if asked != labelled:
            ordered, read = _strength(name, asked), _strength(name, labelled)
            message = f"{name}: {ordered} is prescribed, the pharmacy's label says {read}"
            yield Finding(Severity.STOP, message, basis, ordered, read, name)


def _strength(name: str, ug_per_ml: Fraction | None) -> str:
    """A concentration in the drug's unit; a label may name a drug that the formulary lacks."""
    if ug_per_ml is None:
        return "none"
    known = all_drugs().get(name)
    return known.show(ug_per_ml, CONCENTRATION, 9) if known else show(ug_per_ml, CONCENTRATION, 9)
