"""What the checks found as ``DetectedIssue``: stop, confirm, note are high, moderate, low."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from thecal.fhir.elements import (
    Json,
    concept,
    drug_concept,
    group,
    own_concept,
    part,
    reference,
    resource,
)
from thecal.fhir.reading import Place
from thecal.therapy.file.prescription import Signature
from thecal.therapy.findings import Basis, By, Finding, Severity
from thecal.units import Provenance

SEVERITIES = {Severity.STOP: "high", Severity.CONFIRM: "moderate", Severity.NOTE: "low"}
_BACK = {code: severity for severity, code in SEVERITIES.items()}


def detected_issue(
    finding: Finding,
    identity: str,
    *,
    patient: str,
    implicated: Sequence[str],
    found: date | None = None,
    signature: Signature | None = None,
) -> Json:
    """A finding.

    Args:
        finding: what a rule says.
        identity: the resource's id.
        patient: ``Patient/id``.
        implicated: what it is about, each ``Type/id``.
        found: on which day.
        signature: who answered it, None if nobody did.
    """
    return resource(
        "DetectedIssue",
        identity,
        extension=group("finding", _parts(finding)),
        status="final",
        code=own_concept("rule", finding.code),
        severity=SEVERITIES[finding.severity],
        patient=reference(patient),
        identifiedDateTime=found.isoformat() if found else None,
        implicated=[reference(one) for one in implicated],
        detail=finding.message,
        mitigation=[_mitigation(signature)] if signature else None,
    )


def _mitigation(signature: Signature) -> Json:
    """Why a person lets it go ahead; the record knows people by reference, a file by words only."""
    return {"action": concept(f"{signature.by}: {signature.reason}")}


def _parts(finding: Finding) -> list[Json]:
    basis = finding.basis
    return [
        *part("asked", valueString=finding.asked),
        *part("limit", valueString=finding.limit),
        *part("layer", valueCodeableConcept=own_concept("layer", basis.layer)),
        *part("source", valueString=basis.source),
        *part("provenance", valueCode=str(basis.provenance)),
        *(part("drug", valueCodeableConcept=drug_concept(finding.drug)) if finding.drug else []),
    ]


def read_finding(place: Place) -> Finding:
    """The finding of a DetectedIssue that :func:`detected_issue` wrote.

    Raises:
        FhirError: not final, an unknown severity or layer, or no source.
    """
    place.need("status").word("final")
    told = place.extension("finding")
    if told is None:
        place.fail("has no finding extension; expected an issue that Thecal wrote")
    drug = told.part("drug")
    return Finding(
        _BACK[place.need("severity").word(*_BACK)],
        place.need("detail").text(),
        _read_basis(told),
        told.part_text("asked"),
        told.part_text("limit"),
        drug.need("valueCodeableConcept").need_own_code("drug") if drug else "",
        place.need("code").need_own_code("rule"),
    )


def _read_basis(told: Place) -> Basis:
    layer, known = told.part("layer"), told.part("provenance")
    if layer is None or known is None:
        told.fail("does not say whose limit it is, and how it is known")
    code = layer.need("valueCodeableConcept").need_own_code("layer")
    if code not in list(By):
        layer.fail(f"'{code}' is not one of: {', '.join(By)}")
    return Basis(
        By(code),
        told.part_text("source"),
        Provenance(known.need("valueCode").word(*Provenance)),
    )
