"""The page of the figures by which a clinic works."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from thecal import care
from thecal.care.settings import schedules
from thecal.clinic.pathway.figures import text_in_force
from thecal.clinic.pathway.services import show_figures
from thecal.clinic.people.models import Clinic
from thecal.clinic.record.orders import Nothing
from thecal.clinic.record.pages import page, person


@page("GET")
def figures_page(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Every figure in force, whose it is, and the clinic's own file."""
    where = get_object_or_404(Clinic, pk=clinic)
    settings = show_figures(person(request), where, Nothing())
    context = {
        "clinic": where,
        "figures": [settings.figure(key) for key in care.figures()],
        "off": sorted(settings.off.items()),
        "schedules": sorted({**schedules(), **settings.own_schedules}.items()),
        "text": text_in_force(),
    }
    return render(request, "pathway/figures.html", context)
