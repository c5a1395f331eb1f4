"""FHIR answers: resources as JSON, and an OperationOutcome for whatever was not done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from thecal.clinic.exchange.asking import AskingError
from thecal.clinic.exchange.callers import caller
from thecal.clinic.people.models import User
from thecal.clinic.record.refusals import NotAllowedError, RefusalError
from thecal.fhir import CannotExportError, Json, dumps, outcome
from thecal.fhir.errors import FhirError
from thecal.fhir.server import JSON_TYPE, IssueCode

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, User, P], HttpResponseBase]
Served = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
_ISSUES: Mapping[int, IssueCode] = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    409: "conflict",
    422: "processing",
    429: "throttled",
    500: "exception",
}
_REFUSED: Mapping[str, int] = {
    "invalid": 400,
    "not-allowed": 403,
    "out-of-scope": 403,
    "signature": 403,
}
_ASKED: Mapping[str, IssueCode] = {
    "invalid": "invalid",
    "not-supported": "not-supported",
    "value": "value",
}


def resource(one: Json, status: int = 200, **headers: str) -> HttpResponse:
    """A resource as JSON, its decimals exact."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(
        dumps(one), status=status, headers={"Content-Type": f"{JSON_TYPE}; charset=utf-8", **named}
    )


def failed(status: int, why: str, code: IssueCode | None = None, **headers: str) -> HttpResponse:
    """Why a request came to nothing."""
    issue = code or _ISSUES.get(status, "processing")
    return resource(outcome(issue, why or "it was not done"), status, **headers)


def served(*methods: str) -> Callable[[View[P]], Served[P]]:
    """A FHIR endpoint for somebody who is known; whatever goes wrong is an OperationOutcome."""

    def make(view: View[P]) -> Served[P]:
        @wraps(view)
        def shown(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if (wrong := _unfit(request, methods)) is not None:
                return wrong
            who = caller(request)
            if who is None:
                return failed(401, "sign in first, or send a token", WWW_Authenticate="Bearer")
            return _answered(lambda: view(request, who, *args, **kwargs))

        return shown

    return make


def for_anybody(view: Callable[[HttpRequest], HttpResponse]) -> Served[[]]:
    """An endpoint that says nothing of any patient."""

    @wraps(view)
    def shown(request: HttpRequest, /) -> HttpResponseBase:
        return _unfit(request, ("GET",)) or _answered(lambda: view(request))

    return shown


def _unfit(request: HttpRequest, methods: tuple[str, ...]) -> HttpResponse | None:
    """Why a request is not even looked at; None if it is."""
    allowed = {*methods, "HEAD"} if "GET" in methods else set(methods)
    if request.method not in allowed:
        why = f"{request.method} is not offered here"
        return failed(405, why, "not-supported", Allow=", ".join(sorted(allowed)))
    if "_format" not in request.GET and not _reads_json(request):
        return failed(406, "only JSON is offered: application/fhir+json", "not-supported")
    return None


def _reads_json(request: HttpRequest) -> bool:
    """Whether JSON suits the asker; a browser, which lists what it can show, takes anything."""
    kinds = (JSON_TYPE, "application/json", "application/fhir+ndjson", "text/json")
    return any(request.accepts(kind) for kind in kinds)


def _answered(view: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    try:
        return view()
    except AskingError as error:
        return failed(400, str(error), _ASKED[error.code])
    except RefusalError as refusal:
        return refused(refusal)
    except Http404:
        return failed(404, "there is no such resource here")
    except (CannotExportError, FhirError) as error:
        return failed(422, f"the record has what FHIR cannot say exactly: {error}")


def refused(refusal: RefusalError) -> HttpResponse:
    """A service's refusal; who has no part in a clinic does not learn what it has."""
    if isinstance(refusal, NotAllowedError) and refusal.is_stranger:
        return failed(404, "there is no such resource here")
    return failed(_REFUSED.get(refusal.code, 409), str(refusal))
