"""Rules of the label's scope: for which pump, patient, site and mixture a drug is labelled."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from thecal.formulary import Layer, LimitOf, mixture_label_status
from thecal.therapy.case import Case, Part
from thecal.therapy.file.prescription import VERTEBRAE
from thecal.therapy.findings import Basis, By, Finding, Severity, unknown
from thecal.therapy.labelling import Status, labelling
from thecal.therapy.rules.limits import below
from thecal.therapy.rules.registry import limit_sources, rule, statement_sources

LUMBAR_FROM = VERTEBRAE.index("L1")
LUMBAR_TO = VERTEBRAE.index("L5")


def _status(case: Case, part: Part) -> Status:
    indication = case.prescription.patient.indication
    return Status.of(part.drug, part.strength, case.pump.family, indication)


@rule(
    "label.off-label",
    "Is each drug labelled for this pump and indication, and is it alone in the pump?",
    severities="confirm",
    source="FDA safety communications, Nov 2012 and Nov 2018",
    figures=lambda: (f"{one.drug} in {one.family}: {one.source}" for one in labelling()),
    hazards="H13",
)
def off_label(case: Case) -> Iterator[Finding]:
    """Unlabelled drugs and mixtures need a signed reason."""
    for part in case.parts:
        yield from _off_label_drug(case, part)
    if len(case.parts) > 1:
        names = " + ".join(part.name for part in case.parts)
        yield Finding(
            Severity.CONFIRM,
            f"{names}: no mixture is labelled for an implanted pump",
            Basis.of_statement(mixture_label_status()),
            names,
            "one labelled drug",
        )


def _off_label_drug(case: Case, part: Part) -> Iterator[Finding]:
    status = _status(case, part)
    if status.labelled is False:
        yield Finding(
            Severity.CONFIRM,
            f"{part.name} in {case.pump.name}: {status.reason}",
            Basis(By.LABEL, status.source, status.provenance),
            f"{part.name} in {case.pump.name}",
            "labelled drugs only",
            part.name,
        )


@rule(
    "label.status-unknown",
    "Is the label status of this drug in this pump known at all?",
    severities="confirm",
    source="Thecal: an unknown label status is never taken as labelled",
    hazards="H13",
)
def status_unknown(case: Case) -> Iterator[Finding]:
    """Pumps whose labelling is not in the catalogue."""
    for part in case.parts:
        status = _status(case, part)
        if status.labelled is None:
            what = f"whether {part.name} is labelled for {case.pump.name}"
            asked = f"{part.name} in {case.pump.name}"
            yield unknown(what, Severity.CONFIRM, part.name, asked)


@rule(
    "label.do-not-mix",
    "Does a drug's label forbid mixing it?",
    severities="confirm",
    source="Lioresal Intrathecal and Gablofen labels",
    figures=statement_sources("do_not_mix"),
    hazards="H13",
)
def do_not_mix(case: Case) -> Iterator[Finding]:
    """Baclofen's label says that nothing else goes into the pump with it."""
    for part in case.parts:
        if part.drug.do_not_mix and len(case.parts) > 1:
            others = ", ".join(p.name for p in case.parts if p is not part)
            yield Finding(
                Severity.CONFIRM,
                f"{part.name} mixed with {others}: {part.drug.do_not_mix.text}",
                Basis.of_statement(part.drug.do_not_mix),
                f"{part.name} + {others}",
                f"{part.name} alone",
                part.name,
            )


@rule(
    "label.contraindication",
    "Does the patient's history forbid a drug?",
    severities="stop confirm",
    source="Prialt label",
    figures=statement_sources("psychosis"),
)
def contraindication(case: Case) -> Iterator[Finding]:
    """Ziconotide and a history of psychosis; a history not stated needs an answer."""
    history = case.prescription.patient.psychosis_history
    for part in case.parts:
        if part.drug.psychosis is None or history is False:
            continue
        known = "a history of psychosis" if history else "psychosis_history is not stated"
        yield Finding(
            Severity.STOP if history else Severity.CONFIRM,
            f"{part.name}: {known}; {part.drug.psychosis.text}",
            Basis.of_statement(part.drug.psychosis),
            known,
            "no history of psychosis",
            part.name,
        )


@rule(
    "label.age",
    "Is the patient old enough for the labels of drug and pump?",
    severities="confirm note",
    source="product labels and the pumps' labelling",
    figures=limit_sources(LimitOf.AGE, layers=(Layer.LABEL,)),
)
def age(case: Case) -> Iterator[Finding]:
    """Ages by drug, and by drug in this pump."""
    years = case.prescription.patient.age_years
    for part in case.parts:
        if years is not None:
            yield from below(case, part, LimitOf.AGE, Layer.LABEL, years, "age")
        status = _status(case, part)
        yield from _age_in_pump(case, part, status, years)


def _age_in_pump(
    case: Case, part: Part, status: Status, years: Fraction | None
) -> Iterator[Finding]:
    if status.from_years is None:
        return
    limit, basis = f"{status.from_years} year", Basis(By.LABEL, status.source, status.provenance)
    if years is None:
        message = f"age_years is not stated; {part.name} in {case.pump.name} is labelled from"
        yield Finding(Severity.NOTE, f"{message} {limit}", basis, "unknown", limit, part.name)
    elif years < status.from_years:
        message = f"{part.name} in {case.pump.name} is labelled from {limit}"
        asked = f"{float(years):g} year"
        yield Finding(Severity.CONFIRM, message, basis, asked, limit, part.name)


@rule(
    "label.site",
    "Is the catheter's tip where the label has it?",
    severities="note",
    source="product labels",
    figures=statement_sources("site"),
)
def site(case: Case) -> Iterator[Finding]:
    """Morphine's label knows lumbar administration only."""
    tip = case.prescription.catheter.tip
    for part in case.parts:
        if part.drug.site and not LUMBAR_FROM <= VERTEBRAE.index(tip) <= LUMBAR_TO:
            message = f"{part.name} with the tip at {tip}: {part.drug.site.text}"
            basis = Basis.of_statement(part.drug.site)
            yield Finding(Severity.NOTE, message, basis, tip, "L1 to L5", part.name)
