"""Every service as an operation: ``POST /api/patients/PATIENT/do/ACTION``, or on a clinic."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import NinjaAPI

from thecal.clinic.api import descriptions
from thecal.clinic.api.asked import body_of, key_of, seen_of
from thecal.clinic.api.auth import token_at_hand
from thecal.clinic.api.described import Described
from thecal.clinic.api.said import said
from thecal.clinic.audit.models import Event
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import Clinic
from thecal.clinic.record.actions import About, Kind
from thecal.clinic.record.orders import Overriding, read_json
from thecal.clinic.record.refusals import DoneBeforeError, InvalidError, UnseenError
from thecal.clinic.record.services import Service, Subject

PLACES = {About.PATIENT: "patients", About.CLINIC: "clinics"}
"""Where an action's subject is found."""


def enter(api: NinjaAPI, service: Service[Any, Any], described: Described) -> None:
    """Make a service an operation."""
    where = PLACES[service.action.about]
    name = service.action.name

    def operation(request: HttpRequest, subject: UUID) -> HttpResponse:
        return _done(request, service, subject)

    api.post(
        f"/{where}/{{uuid:subject}}/do/{name}",
        operation_id=name,
        summary=service.action.title,
        description=descriptions.of(service),
        tags=[name.partition(".")[0]],
        url_name=f"do.{name}",
        openapi_extra=descriptions.details(service, described),
    )(operation)


def _done(request: HttpRequest, service: Service[Any, Any], key: UUID) -> HttpResponse:
    body = body_of(request)
    order, how = _order_of(body), _how(request, service, body)
    subject = found(service.action.about, key)
    try:
        result = ask(request, service, subject, order, **how)
    except DoneBeforeError as before:
        return sent(_before(before.seq))
    return sent({"result": None if service.for_pages else said(result)})


def ask(
    request: HttpRequest,
    service: Service[Any, Any],
    subject: Subject,
    order: Mapping[str, Any],
    **how: Any,
) -> Any:
    """Let the token's owner do it; that it is by the token, the middleware has said."""
    who = token_at_hand(request).person
    return service.ask(who, subject, order, **{"reader": read_json, **how})


def found(about: About, key: UUID) -> Subject:
    """The patient or the clinic."""
    if about is About.PATIENT:
        return get_object_or_404(Patient, pk=key)
    return get_object_or_404(Clinic, pk=key)


def sent(value: Any, **headers: str) -> HttpResponse:
    """The answer to what was done."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return HttpResponse(text, content_type="application/json", headers=headers)


def _order_of(body: Mapping[str, Any]) -> Mapping[str, Any]:
    if unknown := sorted(set(body) - {"order", "overriding", "seen"}):
        raise InvalidError(dict.fromkeys(unknown, "there is no such part beside the order"))
    order = body.get("order", {})
    if not isinstance(order, dict):
        raise InvalidError({"order": "it is no object"})
    return order


def _how(
    request: HttpRequest, service: Service[Any, Any], body: Mapping[str, Any]
) -> dict[str, Any]:
    """How it is asked; what would count for nothing here is refused, not left out of account."""
    seen, passing = seen_of(request, body), body.get("overriding")
    if service.action.kind is Kind.READ:
        if seen is not None or passing is not None:
            raise InvalidError({"body": "what is read has neither a version seen nor a gate"})
        return {}
    if seen is not None and service.action.about is not About.PATIENT:
        raise InvalidError({"seen": "a clinic has no version"})
    if seen is None and service.needs_sight:
        raise UnseenError
    if passing is not None and not service.gates:
        raise InvalidError({"overriding": "this action has no gate"})
    return {
        "once": key_of(request),
        "seen": seen,
        "looked": True,
        "overriding": _overriding(passing),
    }


def _overriding(passing: Any) -> Overriding | None:
    if passing is None:
        return None
    if not isinstance(passing, dict):
        raise InvalidError({"overriding": "it is no object"})
    try:
        return read_json(Overriding, passing)
    except InvalidError as refusal:
        raise InvalidError(
            {f"overriding.{where}": why for where, why in refusal.problems.items()}
        ) from None


def _before(seq: int) -> dict[str, Any]:
    """What a repetition is told: what was written then."""
    detail = json.loads(Event.objects.get(seq=seq).detail)
    written = [*detail.get("rows", []), *detail.get("entries", [])]
    return {
        "done_before": True,
        "event": seq,
        "wrote": [{"kind": one["kind"], "id": str(one["id"])} for one in written],
    }
