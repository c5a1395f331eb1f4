"""The list of what is due in a clinic."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from thecal.clinic.people.models import Clinic
from thecal.clinic.record.pages import page, person
from thecal.clinic.tasks.services import due


@page("GET")
def due_page(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """What is due, the soonest first."""
    where = get_object_or_404(Clinic, pk=clinic)
    asked = {name: request.GET[name] for name in ("page",) if request.GET.get(name)}
    found = due.ask(person(request), where, asked)
    return render(request, "tasks/due.html", {"clinic": where, "page": found})
