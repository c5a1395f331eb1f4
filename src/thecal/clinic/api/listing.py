"""What a program looks around by: who it acts for, clinics, patients, entries, the trail."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from thecal.clinic.api import descriptions, problems
from thecal.clinic.api.auth import token_at_hand
from thecal.clinic.api.described import PERSON, Described, Schema
from thecal.clinic.api.operations import PLACES, ask, found, sent
from thecal.clinic.api.said import person, said
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import User, clinics_of, roles_of
from thecal.clinic.record.orders import read
from thecal.clinic.record.services import Service, services

READ_AT = {
    "patients.list": "patients",
    "people.list": "people",
    "audit.clinic": "trail",
    "tasks.list": "due",
    "patients.open": "",
    "api.list-entries": "entries",
    "pathway.follow": "pathway",
    "audit.patient": "trail",
}
"""Reads that have an address of their own, below their clinic's or their patient's."""
_TEXT: Schema = {"type": "string"}
_KEY: Schema = {"type": "string", "format": "uuid"}


def enter(api: NinjaAPI, described: Described) -> None:
    """Make the operations."""
    for name, place in READ_AT.items():
        _enter_read(api, services()[name], place, described)
    api.get(
        "/me",
        operation_id="me",
        summary="Whose token this is, how far it reaches, and where",
        tags=["api"],
        openapi_extra={"responses": descriptions.responses(_me_schema())},
    )(me)
    api.get(
        "/problems/{slug:code}",
        operation_id="problem",
        summary="What a problem's type means",
        tags=["api"],
        auth=None,
        openapi_extra={"responses": descriptions.responses(_problem_type())},
    )(problem_type)


def _enter_read(
    api: NinjaAPI, service: Service[Any, Any], place: str, described: Described
) -> None:
    where = PLACES[service.action.about]

    def operation(request: HttpRequest, subject: UUID) -> HttpResponse:
        whose = found(service.action.about, subject)
        asked = {name: request.GET[name] for name in request.GET}
        result = ask(request, service, whose, asked, reader=read)
        version = {"ETag": f'"{result.version}"'} if isinstance(result, Patient) else {}
        return sent({"result": said(result, whole=False)}, **version)

    given = _all_of({"result": described.of(service.result)})
    api.get(
        f"/{where}/{{uuid:subject}}" + (f"/{place}" if place else ""),
        operation_id=f"get.{service.action.name}",
        summary=service.action.title,
        description=descriptions.of(service),
        tags=[service.action.name.partition(".")[0]],
        url_name=f"get.{service.action.name}",
        openapi_extra={
            "parameters": _parameters(service, described),
            "responses": descriptions.responses(given),
        },
    )(operation)


def _parameters(service: Service[Any, Any], described: Described) -> list[Schema]:
    descriptions.order_schema(service.action.name, service.order, described)
    schema = described.named[service.action.name]
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", []),
            "schema": part,
        }
        for name, part in schema.get("properties", {}).items()
    ]


def me(request: HttpRequest) -> HttpResponse:
    """The token's owner, its scopes, their roles in each clinic, and their own record."""
    token = token_at_hand(request)
    own = Patient.objects.filter(account=token.person).first()
    return sent(
        {
            "person": person(token.person),
            "token": {"name": token.name, "scopes": token.scopes, "ends_at": said(token.ends_at)},
            "clinics": _clinics(token.person),
            "own_record": str(own.pk) if own else None,
        }
    )


def _clinics(who: User) -> list[dict[str, Any]]:
    return [
        {"id": str(one.pk), "name": one.name, "roles": sorted(roles_of(who, one))}
        for one in clinics_of(who)
    ]


def problem_type(request: HttpRequest, code: str) -> HttpResponse:  # noqa: ARG001
    """Status and title of a problem."""
    if code not in problems.TITLES:
        return problems.problem("not-found")
    status, title = problems.TITLES[code]
    return sent({"code": code, "status": status, "title": title})


def _me_schema() -> Schema:
    texts = {"type": "array", "items": _TEXT}
    token = {"name": _TEXT, "scopes": texts, "ends_at": {"type": "string", "format": "date-time"}}
    clinic = {"id": _KEY, "name": _TEXT, "roles": texts}
    return _all_of(
        {
            "person": PERSON,
            "token": _all_of(token),
            "clinics": {"type": "array", "items": _all_of(clinic)},
            "own_record": {"anyOf": [_KEY, {"type": "null"}]},
        }
    )


def _problem_type() -> Schema:
    return _all_of({"code": _TEXT, "status": {"type": "integer"}, "title": _TEXT})


def _all_of(parts: Schema) -> Schema:
    return {
        "type": "object",
        "required": list(parts),
        "additionalProperties": False,
        "properties": parts,
    }
