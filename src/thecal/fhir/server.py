"""What a server says of itself, and of a request that fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from thecal import __version__
from thecal.fhir.elements import Json, instant, present, resource
from thecal.fhir.errors import FhirError
from thecal.fhir.wire import FHIR_VERSION

JSON_TYPE = "application/fhir+json"
NDJSON_TYPE = "application/fhir+ndjson"
IssueCode = Literal[
    "invalid", "structure", "value", "not-found", "not-supported", "forbidden", "login",
    "conflict", "processing", "exception", "throttled",
]  # fmt: skip


def outcome(
    code: IssueCode,
    diagnostics: str,
    *,
    path: str = "",
    severity: Literal["fatal", "error", "warning", "information"] = "error",
) -> Json:
    """Why a request came to nothing.

    Args:
        code: of FHIR's issue types.
        diagnostics: for a person.
        path: FHIRPath of what is wrong.
        severity: of the issue.
    """
    issue = present(
        severity=severity, code=code, diagnostics=diagnostics, expression=[path] if path else None
    )
    return resource("OperationOutcome", issue=[issue])


def outcome_of(error: FhirError) -> Json:
    """What cannot be read, with its path."""
    return outcome("invalid", error.expected, path=error.path)


def capability(
    base: str,
    at: datetime,
    interactions: Mapping[str, Sequence[str]],
    *,
    search: Mapping[str, Sequence[tuple[str, str]]] | None = None,
    operations: Mapping[str, Sequence[tuple[str, str]]] | None = None,
) -> Json:
    """What a server offers.

    Args:
        base: its URL, before ``/Type/id``.
        at: when this was last changed.
        interactions: resource type to interactions such as ``read`` and ``search-type``.
        search: resource type to search parameters, each (name, type).
        operations: resource type to operations, each (name, URL of its definition).
    """
    search, operations = search or {}, operations or {}
    offered = [
        present(
            type=kind,
            interaction=[{"code": code} for code in codes],
            searchParam=[{"name": name, "type": of} for name, of in search.get(kind, ())],
            operation=[{"name": name, "definition": url} for name, url in operations.get(kind, ())],
        )
        for kind, codes in interactions.items()
    ]
    return resource(
        "CapabilityStatement",
        status="active",
        date=instant(at),
        kind="instance",
        software={"name": "Thecal", "version": __version__},
        implementation={"description": "Thecal", "url": base},
        fhirVersion=FHIR_VERSION,
        format=[JSON_TYPE],
        rest=[{"mode": "server", "resource": offered}],
    )


def bulk_manifest(at: datetime, request: str, files: Mapping[str, str]) -> Json:
    """The answer to a finished Bulk export (no FHIR resource).

    Args:
        at: the instant of the data.
        request: the URL that was asked for.
        files: file name such as ``Patient.ndjson`` to the URL it can be fetched from.
    """
    return {
        "transactionTime": instant(at),
        "request": request,
        "requiresAccessToken": True,
        "output": [
            {"type": name.removesuffix(".ndjson"), "url": url} for name, url in files.items()
        ],
        "error": [],
    }
