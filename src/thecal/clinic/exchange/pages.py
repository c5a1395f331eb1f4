"""The page for people: what goes out of the record, and one's exports of all of it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from thecal.clinic.exchange.fhir_pages import base
from thecal.clinic.exchange.orders import Asked
from thecal.clinic.exchange.services import export, go_on, list_exports, read_record, remove
from thecal.clinic.people.models import Clinic, roles_of
from thecal.clinic.record.actions import may
from thecal.clinic.record.orders import Nothing
from thecal.clinic.record.pages import page, person
from thecal.clinic.record.refusals import ConflictError
from thecal.clinic.tables.rows import TABLES
from thecal.clinic.tables.services import take_trail


@page("GET")
def exchange_page(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Everything that goes out of a clinic's record, as far as the reader may take it."""
    where, who = get_object_or_404(Clinic, pk=clinic), person(request)
    held = roles_of(who, where)
    if not held:
        raise Http404
    may_export = may(held, export.action) is not None
    context = {
        "clinic": where,
        "tables": list(TABLES),
        "may_read": may(held, read_record.action),
        "may_take_trail": may(held, take_trail.action),
        "may_export": may_export,
        "exports": list_exports(who, where, Nothing()) if may_export else [],
        "base": base(request),
    }
    return render(request, "exchange/page.html", context)


@page("POST")
def ask_page(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Ask for an export of all records."""
    where = get_object_or_404(Clinic, pk=clinic)
    asked = request.build_absolute_uri(reverse("exchange.export"))
    try:
        export.ask(person(request), where, {"asked": asked, "base": base(request)})
    except ConflictError as refusal:
        messages.error(request, str(refusal))
    return redirect("exchange.page", clinic=where.pk)


@page("GET")
def export_card(request: HttpRequest, clinic: UUID, key: UUID) -> HttpResponse:
    """How far one export is; each look writes a bit more of it."""
    where = get_object_or_404(Clinic, pk=clinic)
    found = go_on(person(request), where, Asked(export=key))
    return render(request, "exchange/export.html", {"clinic": where, "one": found})


@page("POST")
def remove_page(request: HttpRequest, clinic: UUID, key: UUID) -> HttpResponse:
    """Remove an export's files."""
    where = get_object_or_404(Clinic, pk=clinic)
    try:
        remove(person(request), where, Asked(export=key))
    except ConflictError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The files are removed."))
    return redirect("exchange.page", clinic=where.pk)
