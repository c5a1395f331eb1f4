"""Prescriptions: the request as it stands now, its mixture, and what the checks found then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from math import floor
from typing import Any

from thecal.clinic.exchange.as_fhir.devices import Kind, Placed, in_place
from thecal.clinic.exchange.as_fhir.standing import Standing, standing
from thecal.clinic.patients.models import Patient
from thecal.clinic.prescriptions.checking import check
from thecal.clinic.prescriptions.models import FindingSigned, Prescription
from thecal.clinic.pumps.models import Purpose, Session
from thecal.fhir import Json, detected_issue, order
from thecal.fhir.devices import Instance, catheter, pump
from thecal.fhir.elements import concept
from thecal.therapy.file.prescription import Signature
from thecal.therapy.findings import Basis, By, Finding, Severity
from thecal.therapy.plan import Plan
from thecal.units import Provenance

Signatures = Mapping[str, Signature]


def prescriptions_of(
    patient: Patient, whose: str, found: list[Placed], as_of: datetime
) -> Iterator[Json]:
    """Every prescription, the withdrawn ones too.

    Args:
        patient: the patient's row.
        whose: ``Patient/id``.
        found: the patient's devices.
        as_of: the moment.
    """
    rows = standing(Prescription, patient, as_of)
    signed = standing(FindingSigned, patient, as_of)
    for entry in rows.written:
        if not entry.withdrawn:  # a withdrawal is of the entry before it, which says so
            yield from _one(entry, rows, _answers(entry, signed), whose, found)


def _answers(entry: Prescription, signed: Standing[FindingSigned]) -> Signatures:
    """The signatures on its findings, the last of each rule."""
    rows = [one for one in signed.rows if one.prescription_id == entry.pk]
    return {
        one.rule: Signature(rule=one.rule, by=one.signer.name, reason=one.reason)
        for one in sorted(rows, key=lambda each: each.recorded_at)
    }


def plan_then(entry: Prescription, answers: Signatures) -> Plan:
    """The prescription of an entry, checked again for its amounts; its findings are the stored."""
    signed = tuple((one.rule, one.by, one.reason) for _, one in sorted(answers.items()))
    return check(entry.text, entry.visit_on, signed)


def _one(
    entry: Prescription,
    rows: Standing[Prescription],
    answers: Signatures,
    whose: str,
    found: list[Placed],
) -> Iterator[Json]:
    name, findings = str(entry.pk), stored_findings(entry)
    plan = plan_then(entry, answers)
    prescription, refill = plan.case.prescription, plan.case.refill
    days = refill.days if refill else None
    pump_device = _device("pump", prescription.pump.model, entry, found)
    catheter_device = _device("catheter", prescription.catheter.model, entry, found)
    request, *rest = order(
        prescription,
        name,
        patient=whose,
        pump=_target(pump_device),
        catheter=_target(catheter_device),
        accepted=not entry.is_draft and _is_answered(findings, answers),
        written=entry.visit_on,
        supply_days=None if days is None else Fraction(floor(days)),
    )
    yield {**request, "requester": {"display": entry.recorded_by.name}, **_now(entry, rows)}
    yield from rest
    yield from (one for one in (pump_device, catheter_device) if not isinstance(one, Placed))
    for number, finding in enumerate(findings):
        is_answered = finding.severity is Severity.CONFIRM
        yield detected_issue(
            finding,
            f"{name}-finding-{number}",
            patient=whose,
            implicated=[f"MedicationRequest/{name}"],
            found=entry.visit_on,
            signature=answers.get(finding.code) if is_answered else None,
        )


def _device(kind: Kind, model: str, entry: Prescription, found: list[Placed]) -> Placed | Json:
    """The device that was in place, or one as prescribed, which nobody is said to have."""
    known = in_place(found, kind, model, entry.recorded_at)
    if known is not None:
        return known
    return (pump if kind == "pump" else catheter)(Instance(kind, model), f"{entry.pk}-{kind}")


def _target(device: Placed | Json) -> str:
    return device.target if isinstance(device, Placed) else f"Device/{device['id']}"


def _is_answered(findings: list[Finding], answers: Signatures) -> bool:
    return all(
        one.severity is Severity.NOTE or (one.severity is Severity.CONFIRM and one.code in answers)
        for one in findings
    )


def _now(entry: Prescription, rows: Standing[Prescription]) -> dict[str, Any]:
    """What became of it since: the order that stands is the only one that is active."""
    withdrawal = next((one for one in rows.written if one.corrects_id == entry.pk), None)
    if withdrawal is not None:
        status = "stopped" if _was_sent(entry) else "cancelled"
        return {"status": status, "statusReason": concept(f"withdrawn: {withdrawal.why}")}
    orders = [one for one in rows.rows if not one.is_draft]
    last = max(orders, key=lambda one: one.recorded_at, default=None)
    if not entry.is_draft and last is not None and last.pk != entry.pk:
        return {"status": "stopped", "statusReason": concept("another prescription follows it")}
    return {}


def _was_sent(entry: Prescription) -> bool:
    return Session.objects.filter(prescription=entry, purpose=Purpose.SEND).exists()


def stored_findings(entry: Prescription) -> list[Finding]:
    """What the checks said when it was written, whatever they would say today."""
    return [_finding(one) for one in entry.plan["findings"]]


def _finding(told: Mapping[str, Any]) -> Finding:
    basis = Basis(By(told["layer"]), told["source"], Provenance(told["provenance"]))
    return Finding(
        Severity(told["severity"]),
        told["message"],
        basis,
        told["asked"] or "",
        told["limit"] or "",
        told["drug"] or "",
        told["code"],
    )
