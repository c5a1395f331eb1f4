"""The Bulk-style export: asked for, looked at until it is finished, its files fetched."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
)
from django.utils.http import http_date

from thecal.clinic.exchange.answers import failed, served
from thecal.clinic.exchange.asking import OUTPUTS, AskingError, only, parameters, types
from thecal.clinic.exchange.fhir_pages import base
from thecal.clinic.exchange.models import Export
from thecal.clinic.exchange.services import EXPORTS, export, fetch, go_on, remove
from thecal.clinic.people.models import Clinic, User, clinics_of, roles_of
from thecal.fhir import bulk_manifest
from thecal.fhir.server import NDJSON_TYPE

_WAIT_S = "1"


@served("GET")
def ask(request: HttpRequest, who: User) -> HttpResponse:
    """Ask for an export: 202, and where it can be looked at."""
    asked = parameters(request, ("_type", "_outputFormat", "clinic"))
    if only(asked, "_outputFormat") not in {"", *OUTPUTS}:
        raise AskingError("not-supported", f"exports are written as {NDJSON_TYPE} alone")
    if "respond-async" not in request.headers.get("Prefer", ""):
        raise AskingError("invalid", "an export is asked for with the header Prefer: respond-async")
    clinic = _clinic(who, only(asked, "clinic"))
    order = {"asked": request.build_absolute_uri(), "base": base(request), "types": types(asked)}
    made = export.ask(who, clinic, order)
    response = HttpResponse(status=202)
    response.headers["Content-Location"] = f"{base(request)}/exports/{made.pk}"
    return response


def _clinic(who: User, named: str) -> Clinic:
    """The clinic that is meant: the one where the asker may do it, or the one named of several."""
    able = [one for one in clinics_of(who) if EXPORTS & roles_of(who, one)]
    if named:
        able = [one for one in able if str(one.pk) == named]
        if not able:
            raise Http404
    if len(able) > 1:
        names = ", ".join(str(one.pk) for one in able)
        raise AskingError("invalid", f"'clinic' is needed, one of: {names}")
    if able:
        return able[0]
    first = clinics_of(who).first()
    if first is None:
        raise Http404
    return first  # the service says that they may not, and the trail tells of it


@served("GET", "DELETE")
def status(request: HttpRequest, who: User, key: UUID) -> HttpResponse:
    """How far an export is; a finished one says where its files are. DELETE removes it."""
    parameters(request, ())
    known = _known(who, key)
    if request.method == "DELETE":
        remove.ask(who, known.clinic, {"export": key})
        return HttpResponse(status=202)
    found = go_on.ask(who, known.clinic, {"export": key})
    if found.finished_at is None:
        progress = f"{found.done} of {found.total} patients"
        return HttpResponse(status=202, headers={"X-Progress": progress, "Retry-After": _WAIT_S})
    return _manifest(found)


def _known(who: User, key: UUID) -> Export:
    """An export of somebody's own."""
    found = Export.objects.filter(pk=key, asked_by=who, ended_at=None).first()
    if found is None:
        raise Http404
    return found


def _manifest(found: Export) -> HttpResponse:
    there = f"{found.base}/exports/{found.pk}"
    files = {name: f"{there}/{name}" for name in sorted(found.files)}
    expires = http_date(found.kept_until.timestamp())
    said = bulk_manifest(found.asked_at, found.asked, files)
    return JsonResponse(said, headers={"Expires": expires})


@served("GET")
def file(request: HttpRequest, who: User, key: UUID, name: str) -> HttpResponseBase:
    """A file of a finished export."""
    parameters(request, ())
    known = _known(who, key)
    if name not in known.files:
        raise Http404
    found = fetch.ask(who, known.clinic, {"export": key, "file": name})
    try:
        opened = Path(found.path).open("rb")  # noqa: SIM115  (the response closes it)
    except FileNotFoundError:
        return failed(410, "the file is kept no more; ask for the export again", "not-found")
    return FileResponse(opened, content_type=NDJSON_TYPE)
