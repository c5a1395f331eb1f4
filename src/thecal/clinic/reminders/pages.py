"""The page of a clinic's refills."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from thecal.clinic.people.models import Clinic
from thecal.clinic.record.pages import page, person
from thecal.clinic.reminders.services import list_refills


@page("GET")
def refills(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """The next due first."""
    where = get_object_or_404(Clinic, pk=clinic)
    asked = {"page": request.GET["page"]} if request.GET.get("page") else {}
    found = list_refills.ask(person(request), where, asked)
    return render(request, "reminders/list.html", {"clinic": where, "page": found})
