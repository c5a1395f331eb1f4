"""The description of an operation in OpenAPI's words: what it takes, what it gives, what may be."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from thecal.clinic.api.described import Described, Schema
from thecal.clinic.api.problems import MEDIA_TYPE, TITLES
from thecal.clinic.record.actions import About, Kind
from thecal.clinic.record.means import scopes_for
from thecal.clinic.record.orders import Overriding
from thecal.clinic.record.services import Service

_REFS = "#/components/schemas/"
_ALWAYS = (400, 401, 403, 404, 413, 415, 422, 429)
_WRITES = (409, 428)
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A UUID of the request's own: the same request is done once, another refused.",
    "schema": {"type": "string", "format": "uuid"},
}
_SEEN = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The version that an ETag said; where the record has another, nothing is done.",
    "schema": {"type": "string", "pattern": '^"?[0-9]{1,9}"?$'},
}


def of(service: Service[Any, Any]) -> str:
    """What it does, who may, by which scope, what must be open."""
    action = service.action
    said = (service.__doc__ or "").partition("Raises")[0].strip()
    lines = [
        said,
        f"For: {', '.join(sorted(action.roles))}.",
        f"Scope: {' or '.join(scopes_for(action))}.",
    ]
    if service.gates:
        lines.append("It has gates; a closed one is refused with its reasons, and kept closed.")
    if service.needs_sight:
        lines.append("Needs `If-Match` or `seen`.")
    return "\n\n".join(line for line in lines if line)


def details(service: Service[Any, Any], described: Described) -> Schema:
    """Body, parameters and responses."""
    writes = service.action.kind is Kind.WRITE
    about_patient = service.action.about is About.PATIENT
    parameters = [*([_KEY] if writes else []), *([_SEEN] if writes and about_patient else [])]
    return {
        "parameters": parameters,
        "requestBody": {
            "required": bool(_needed(service.order)),
            "content": {"application/json": {"schema": _body(service, described)}},
        },
        "responses": responses(_given(service, described), _WRITES if writes else (409,)),
    }


def responses(given: Schema, more: tuple[int, ...] = ()) -> dict[int, Any]:
    """What is given, and every problem that there may be."""
    found: dict[int, Any] = {
        200: {"description": "Done.", "content": {"application/json": {"schema": given}}}
    }
    for status in (*_ALWAYS, *more):
        codes = [f"`{code}`" for code, (its, _) in TITLES.items() if its == status]
        problem = {MEDIA_TYPE: {"schema": {"$ref": f"{_REFS}Problem"}}}
        found[status] = {"description": f"Not done: {', '.join(codes)}.", "content": problem}
    return found


def _body(service: Service[Any, Any], described: Described) -> Schema:
    parts: Schema = {"order": order_schema(service.action.name, service.order, described)}
    if service.gates:
        parts["overriding"] = order_schema("Overriding", Overriding, described)
    if service.action.kind is Kind.WRITE and service.action.about is About.PATIENT:
        parts["seen"] = {"type": "integer", "description": "As `If-Match`."}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["order"] if _needed(service.order) else [],
        "properties": parts,
    }


def order_schema(name: str, order: type[BaseModel], described: Described) -> Schema:
    """An order's schema, kept under a name; those within it under names that begin with that."""
    if name not in described.named:
        schema = order.model_json_schema(ref_template=f"{_REFS}{name}.{{model}}")
        for inner, its in schema.pop("$defs", {}).items():
            described.named[f"{name}.{inner}"] = its
        described.named[name] = schema
    return {"$ref": f"{_REFS}{name}"}


def _needed(order: type[BaseModel]) -> list[str]:
    return [name for name, part in order.model_fields.items() if part.is_required()]


def _given(service: Service[Any, Any], described: Described) -> Schema:
    result: Schema = described.of(service.result)
    if service.for_pages:
        result = {"type": "null", "description": "Not sent: it is made for a page."}
    done = {"type": "object", "required": ["result"], "properties": {"result": result}}
    if service.action.kind is Kind.READ:
        return done
    return {"anyOf": [done, {"$ref": f"{_REFS}DoneBefore"}]}


def done_before() -> Schema:
    """What a repetition is told."""
    row = {
        "type": "object",
        "required": ["kind", "id"],
        "properties": {"kind": {"type": "string"}, "id": {"type": "string"}},
    }
    return {
        "type": "object",
        "description": "The same request came before with this key, and was done then.",
        "required": ["done_before", "event", "wrote"],
        "properties": {
            "done_before": {"const": True},
            "event": {"type": "integer", "description": "Its event in the trail."},
            "wrote": {"type": "array", "items": row},
        },
    }
