"""A checked plan as one bundle: order, mixture, devices, program, findings; and back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from math import floor

from thecal.fhir.bundles import Resources, bundle, target
from thecal.fhir.devices import (
    Instance,
    catheter,
    metrics,
    program_observation,
    pump,
    read_program,
    use,
)
from thecal.fhir.elements import Json
from thecal.fhir.errors import FhirError
from thecal.fhir.findings import detected_issue, read_finding
from thecal.fhir.orders import order, read_order
from thecal.fhir.people import Person, patient
from thecal.pump import Program
from thecal.therapy.file.prescription import Prescription
from thecal.therapy.findings import Finding
from thecal.therapy.plan import Plan

_ID_DIGITS = 16


@dataclass(frozen=True, slots=True)
class ReadPlan:
    """What a plan's bundle says. The findings are those of whoever made it: check again."""

    prescription: Prescription
    program: Program | None
    findings: tuple[Finding, ...]


def plan_bundle(plan: Plan, *, at: datetime, stem: str = "", who: str = "") -> Json:
    """The plan as a collection.

    Args:
        plan: checked; a refused one goes out as a draft of a proposal, with its findings.
        at: when, aware.
        stem: what the ids begin with; else it is made from the prescription.
        who: ``Patient/id`` of a Patient that the receiver has; else an unnamed one is put in.
    """
    stem = stem or f"rx-{_digest(plan)}"
    return bundle("collection", plan_resources(plan, at=at, stem=stem, who=who), at=at)


def _digest(plan: Plan) -> str:
    return hashlib.sha256(repr(plan.case.prescription).encode()).hexdigest()[:_ID_DIGITS]


def plan_resources(plan: Plan, *, at: datetime, stem: str, who: str = "") -> Iterator[Json]:
    """The resources of a plan, in the order of the bundle."""
    if not who:
        unnamed = patient(f"{stem}-patient", Person())
        who = target(unnamed)
        yield unnamed
    case, prescription = plan.case, plan.case.prescription
    pump_device = pump(Instance("pump", case.pump.key), f"{stem}-pump", who)
    catheter_device = catheter(Instance("catheter", case.catheter.key), f"{stem}-catheter", who)
    refill = case.refill.days if case.refill else None
    yield from order(
        prescription,
        stem,
        patient=who,
        pump=target(pump_device),
        catheter=target(catheter_device),
        accepted=plan.accepted,
        written=case.visit,
        supply_days=None if refill is None else Fraction(floor(refill)),
    )
    yield from (pump_device, catheter_device)
    yield use(f"{stem}-pump-use", who, target(pump_device))
    tip = prescription.catheter.tip
    yield use(f"{stem}-catheter-use", who, target(catheter_device), tip=tip)
    yield from _programmed(plan, stem, who, target(pump_device), at)
    for number, finding in enumerate(plan.findings):
        yield detected_issue(
            finding,
            f"{stem}-finding-{number}",
            patient=who,
            implicated=[f"MedicationRequest/{stem}"],
            found=case.visit,
            signature=plan.signed[finding.code] if plan.is_signed(finding) else None,
        )


def _programmed(plan: Plan, stem: str, who: str, device: str, at: datetime) -> Iterator[Json]:
    counted = metrics(device, stem)
    yield from counted
    if plan.case.program is not None:
        yield program_observation(
            plan.case.program, f"{stem}-program", patient=who, device=target(counted[0]), at=at
        )


def read_plan(read: Json) -> ReadPlan:
    """The plan of a bundle that :func:`plan_bundle` wrote.

    Raises:
        FhirError: not such a bundle, with the path of the first thing that is wrong.
    """
    resources = Resources.of_bundle(read)
    requests = [
        one
        for one in resources.all("MedicationRequest")
        if one.extension("therapy-mode") is not None
    ]
    if len(requests) != 1:
        found = f"has {len(requests)} requests with a therapy-mode extension; expected one"
        raise FhirError("Bundle", found)
    programs = list(resources.all("Observation"))
    if len(programs) > 1:
        programs[1].fail("a second program")
    return ReadPlan(
        read_order(requests[0], resources),
        read_program(programs[0]) if programs else None,
        tuple(read_finding(one) for one in resources.all("DetectedIssue")),
    )


def now() -> datetime:
    """This instant in UTC, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)
