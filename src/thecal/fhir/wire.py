"""The wire: resources as JSON text and back, exact decimals kept, checked by the R4B models.

R4 is what goes over it. The models are R4B's; ``RESOURCES`` lists the types in use. They have the
same elements in both, but for ``PlanDefinition.subjectCanonical``, which is R4B's alone and is
never written. The models accept codes that are in no value set.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, NoReturn

import simplejson
from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError

from thecal.fhir.elements import Json
from thecal.fhir.errors import CannotExportError, FhirError

FHIR_VERSION = "4.0.1"
MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 40
RESOURCES = (
    "AdverseEvent",
    "Bundle",
    "CapabilityStatement",
    "CarePlan",
    "Consent",
    "DetectedIssue",
    "Device",
    "DeviceMetric",
    "DeviceUseStatement",
    "Medication",
    "MedicationAdministration",
    "MedicationRequest",
    "Observation",
    "OperationOutcome",
    "Patient",
    "PlanDefinition",
    "Procedure",
    "ServiceRequest",
    "Task",
)
_ALLOWED_CONTROLS = "\t\r\n"


def loads(text: str | bytes) -> Json:
    """Read one resource from JSON text; its decimals stay exact.

    Raises:
        FhirError: too large, not JSON, nested too deeply, a name twice, or not R4 by the models.
    """
    read = _parsed(text)
    check(read)
    return read


def dumps(resource: Json, *, indent: int | None = None) -> str:
    """One resource as JSON text, its decimals as they are.

    Raises:
        CannotExportError: a text has a character that FHIR forbids.
        FhirError: not R4 by the models.
    """
    check(resource)
    refuse_controls(resource)
    return simplejson.dumps(resource, use_decimal=True, ensure_ascii=False, indent=indent)


def check(resource: Any) -> None:
    """Hold a resource against the model of its type.

    Raises:
        FhirError: an unknown type, or the first thing that the model refuses, with its path.
    """
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if kind not in RESOURCES:
        raise FhirError("resourceType", f"{kind!r} is not one of: {', '.join(RESOURCES)}")
    try:
        get_fhir_model_class(kind).model_validate(resource)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise FhirError(_path(kind, first["loc"]), first["msg"]) from None
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise FhirError(str(kind), f"cannot be read: {error}") from None


def refuse_controls(resource: Json) -> None:
    """Refuse texts that FHIR forbids.

    Raises:
        CannotExportError: a text has a control character, or half of a surrogate pair, or nothing
            but wide or narrow blanks, which FHIR takes for no text.
    """
    for text in _texts(resource):
        if text.isspace() and " " not in text:
            raise CannotExportError(f"{text!r} is nothing but blanks that FHIR forbids")
        for sign in text:
            control = ord(sign) < ord(" ") and sign not in _ALLOWED_CONTROLS
            if control or "\ud800" <= sign <= "\udfff":
                raise CannotExportError(f"{text!r} has a character that FHIR forbids")


def ndjson(resources: Iterable[Json]) -> dict[str, str]:
    """Bulk-style files, one for each type: ``Type.ndjson`` to its text, a resource a line."""
    lines: dict[str, list[str]] = {}
    for one in resources:
        lines.setdefault(f"{one['resourceType']}.ndjson", []).append(dumps(one))
    return {name: "".join(f"{line}\n" for line in lines[name]) for name in sorted(lines)}


def read_ndjson(files: dict[str, str]) -> list[Json]:
    """The resources of Bulk-style files.

    Raises:
        FhirError: a line that is no resource, or of another type than its file.
    """
    return [one for name, text in files.items() for one in _lines(name, text)]


def _lines(name: str, text: str) -> Iterator[Json]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            one = loads(line)
        except FhirError as error:
            raise FhirError(f"{name}:{number}: {error.path}", error.expected) from None
        if f"{one['resourceType']}.ndjson" != name:
            raise FhirError(f"{name}:{number}", f"is a {one['resourceType']}")
        yield one


def _parsed(text: str | bytes) -> Json:
    if len(text) > MAX_BYTES:
        raise FhirError("", f"is larger than {MAX_BYTES} bytes; expected a FHIR resource")
    try:
        read = json.loads(
            text, parse_float=Decimal, parse_constant=_constant, object_pairs_hook=_object
        )
    except (ValueError, RecursionError) as error:
        if isinstance(error, FhirError):
            raise
        raise FhirError("", f"is not JSON: {error}") from None
    if not isinstance(read, dict):
        raise FhirError("", "is not a JSON object; expected a FHIR resource")
    if _depth(read) > MAX_DEPTH:
        raise FhirError("", "is nested too deeply; expected a FHIR resource")
    return read


def _constant(name: str) -> NoReturn:
    raise FhirError("", f"has {name}; expected a number")


def _object(pairs: list[tuple[str, Any]]) -> Json:
    table = dict(pairs)
    if len(table) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise FhirError("", f"has '{twice}' twice in one object")
    return table


def _depth(value: Any) -> int:
    """How deep a value is nested, without recursion."""
    depth, level = 0, [value]
    while level and depth <= MAX_DEPTH:
        depth += 1
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return depth


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def _path(kind: str, loc: tuple[int | str, ...]) -> str:
    """A location of the models as a FHIRPath."""
    path = kind
    for step in loc:
        path += f"[{step}]" if isinstance(step, int) else f".{step}"
    return path
