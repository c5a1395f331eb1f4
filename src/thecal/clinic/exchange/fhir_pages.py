"""The FHIR endpoints: what is offered, reads, searches, everything of a patient."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from thecal.clinic.exchange.answers import failed, for_anybody, resource, served
from thecal.clinic.exchange.as_fhir.identities import patient_of
from thecal.clinic.exchange.asking import (
    PATIENT_SEARCH,
    AskingError,
    key_of,
    paging,
    parameters,
    patient_search,
    types,
)
from thecal.clinic.exchange.orders import OF_A_PATIENT, Reading
from thecal.clinic.exchange.services import read_record, search_patients
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import Clinic, User, clinics_of, roles_of
from thecal.clinic.record.actions import may
from thecal.fhir import Json, bundle, capability, plan_definition

BY_SUBJECT = "AdverseEvent"
"""R4 searches adverse events by ``subject``, all others by ``patient``."""
UNSEARCHED = frozenset({"Patient", "Medication", "DeviceMetric"})
"""Types that R4 does not search by patient."""
_SINCE = timezone.now()
_BULK = "http://hl7.org/fhir/uv/bulkdata"


def base(request: HttpRequest) -> str:
    """The server's URL, before ``/Type/id``."""
    return request.build_absolute_uri("/fhir")


@for_anybody
def metadata(request: HttpRequest) -> HttpResponse:
    """What is offered; it says nothing of any patient."""
    parameters(request, ())
    interactions = {
        kind: ["read"] if kind in UNSEARCHED - {"Patient"} else ["read", "search-type"]
        for kind in (*OF_A_PATIENT, "PlanDefinition")
    }
    search: dict[str, list[tuple[str, str]]] = {
        kind: [(by_patient(kind), "reference")] for kind in OF_A_PATIENT if kind not in UNSEARCHED
    }
    search["Patient"] = list(PATIENT_SEARCH)
    operation = "http://hl7.org/fhir/OperationDefinition/Patient-everything"
    said = capability(
        base(request),
        _SINCE,
        interactions,
        search=search,
        operations={"Patient": [("everything", operation)]},
    )
    said["instantiates"] = [f"{_BULK}/CapabilityStatement/bulk-data"]
    said["rest"][0]["operation"] = [
        {"name": "export", "definition": f"{_BULK}/OperationDefinition/export"}
    ]
    return resource(said)


def by_patient(kind: str) -> str:
    """The parameter by which R4 searches a type for a patient's."""
    return "subject" if kind == BY_SUBJECT else "patient"


@served("GET")
def read(request: HttpRequest, who: User, kind: str, identity: str) -> HttpResponse:
    """One resource."""
    parameters(request, ())
    if kind == "PlanDefinition":
        return _pathway_itself(who, identity)
    whose = _whose(kind, identity)
    found = read_record.ask(who, whose, {"types": [kind], "identity": identity})
    if not found.resources:
        raise Http404
    return resource(found.resources[0])


def _pathway_itself(who: User, identity: str) -> HttpResponse:
    definition = plan_definition()
    if identity != definition["id"] or not _clinics(who):
        raise Http404
    return resource(definition)


def _whose(kind: str, identity: str) -> Patient:
    """The patient of a resource, by its id.

    Raises:
        AskingError: a type that is not offered.
        Http404: no id of ours.
    """
    if kind not in OF_A_PATIENT:
        raise AskingError("not-supported", f"there is no {kind} here")
    return (
        _patient(identity)
        if kind == "Patient"
        else get_object_or_404(Patient, pk=patient_of(identity))
    )


def _patient(identity: str) -> Patient:
    key = key_of(identity)
    if key is None:
        raise Http404
    return get_object_or_404(Patient, pk=key)


@served("GET")
def everything_of(request: HttpRequest, who: User, identity: str) -> HttpResponse:
    """All of a patient's record as one bundle."""
    asked = parameters(request, ("_type",))
    whose = _patient(identity)
    found = read_record.ask(who, whose, {"types": types(asked)})
    return _searchset(request, list(found.resources), len(found.resources))


@served("GET")
def search(request: HttpRequest, who: User, kind: str) -> HttpResponse:
    """A page of patients, or of one patient's resources of a type."""
    if kind == "Patient":
        return _patients(request, who)
    if kind == "PlanDefinition":
        parameters(request, ())
        shown = [plan_definition()] if _clinics(who) else []
        return _searchset(request, shown, len(shown))
    if kind not in OF_A_PATIENT:
        raise AskingError("not-supported", f"there is no {kind} here")
    if kind in UNSEARCHED:
        raise AskingError("not-supported", f"{kind} is read by its id; it is not searched")
    return _of_patient(request, who, kind)


def _of_patient(request: HttpRequest, who: User, kind: str) -> HttpResponse:
    name = by_patient(kind)
    asked = parameters(request, (name, "_count", "_offset"))
    wanted = asked.getlist(name)
    if len(wanted) != 1:
        raise AskingError("invalid", f"'{name}' is needed, once: whose {kind} is meant")
    page = paging(asked)
    whose = _patient(wanted[0].removeprefix("Patient/"))
    found = read_record(who, whose, Reading(types=(kind,))).resources
    shown = found[page["offset"] : page["offset"] + page["count"]]
    return _searchset(request, list(shown), len(found), page)


def _patients(request: HttpRequest, who: User) -> HttpResponse:
    """Patients of every clinic where the asker reads, one clinic after another."""
    clinics = _clinics(who)
    order = patient_search(request, {f"urn:uuid:{one.pk}": one for one in clinics})
    left, skip, total = order["count"], order["offset"], 0
    shown: list[Json] = []
    for clinic in clinics:
        found = search_patients.ask(who, clinic, {**order, "count": max(left, 1), "offset": skip})
        taken = found.resources[:left]
        shown += taken
        total += found.total
        left, skip = left - len(taken), max(0, skip - found.total)
    return _searchset(request, shown, total, order)


def _clinics(who: User) -> list[Clinic]:
    """The clinics where somebody may read records."""
    return [
        one
        for one in clinics_of(who)
        if may(roles_of(who, one), search_patients.action) is not None
    ]


def _searchset(
    request: HttpRequest, shown: list[Json], total: int, page: dict[str, int] | None = None
) -> HttpResponse:
    made = bundle(
        "searchset",
        shown,
        at=timezone.now(),
        base=base(request),
        self_url=request.build_absolute_uri(),
        total=total,
    )
    if page and (after := page["offset"] + page["count"]) < total:
        asked = [
            (name, text)
            for name, texts in request.GET.lists()
            if name != "_offset"
            for text in texts
        ]
        address = request.build_absolute_uri(
            f"{request.path}?{urlencode([*asked, ('_offset', after)])}"
        )
        made["link"].append({"relation": "next", "url": address})
    return resource(made)


@served("GET", "POST", "PUT", "PATCH", "DELETE")
def unknown(request: HttpRequest, who: User, rest: str) -> HttpResponse:  # noqa: ARG001
    """Whatever else is asked."""
    return failed(404, f"nothing is offered at /fhir/{rest}", "not-supported")
