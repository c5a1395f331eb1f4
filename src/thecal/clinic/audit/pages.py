"""The trail on a page."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from thecal.clinic.audit.services import ON_A_PAGE, clinic_trail, patient_trail
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import Clinic
from thecal.clinic.record.pages import page, person


@page("GET")
def trail(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """A clinic's."""
    where = get_object_or_404(Clinic, pk=clinic)
    events = clinic_trail.ask(person(request), where, _asked(request))
    context = {"clinic": where, "events": events, "full": len(events) == ON_A_PAGE}
    return render(request, "audit/trail.html", context)


@page("GET")
def record_trail(request: HttpRequest, patient: UUID) -> HttpResponse:
    """A patient's."""
    whose = get_object_or_404(Patient, pk=patient)
    events = patient_trail.ask(person(request), whose, _asked(request))
    return render(request, "audit/trail.html", {"events": events, "full": len(events) == ON_A_PAGE})


def _asked(request: HttpRequest) -> dict[str, str]:
    return {"before": request.GET["before"]} if request.GET.get("before") else {}
