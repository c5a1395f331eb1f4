"""The administrator's page: people, their roles, and forms to change them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from thecal.clinic.people.models import Clinic
from thecal.clinic.people.services import close, end_role, enrol, grant, list_people
from thecal.clinic.record.forms import data_of, form_of
from thecal.clinic.record.orders import Nothing
from thecal.clinic.record.pages import page, person
from thecal.clinic.record.refusals import ConflictError, InvalidError

_CHANGES = {one.action.name: one for one in (enrol, grant, end_role, close)}


@page("GET")
def people(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Who has which role."""
    where = get_object_or_404(Clinic, pk=clinic)
    held = list_people(person(request), where, Nothing())
    return render(
        request,
        "people/people.html",
        {"clinic": where, "held": held, "form": form_of(enrol.order)()},
    )


@page("POST")
def change(request: HttpRequest, clinic: UUID, action: str) -> HttpResponse:
    """Do one of the changes; the list then says what came of it."""
    where, service = get_object_or_404(Clinic, pk=clinic), _CHANGES.get(action)
    if service is None:
        return redirect("people", clinic=where.pk)
    form = form_of(service.order)(request.POST)
    if not form.is_valid():
        messages.error(request, form.errors.as_text())
        return redirect("people", clinic=where.pk)
    try:
        service.ask(person(request), where, data_of(form))
    except (ConflictError, InvalidError) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Done: %s") % _(service.action.title))
    return redirect("people", clinic=where.pk)
