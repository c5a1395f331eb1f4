"""The patient's own page, the leaflet on paper, the clinic's numbers, and the way to an account."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from thecal.clinic.for_patient.accepting import EndedError, accept, invitation_of
from thecal.clinic.for_patient.leaflet import leaflet
from thecal.clinic.for_patient.orders import Accepting
from thecal.clinic.for_patient.services import contacts, invite, see, set_contacts
from thecal.clinic.for_patient.sheet import Sheet
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import Clinic
from thecal.clinic.people.roles import READS
from thecal.clinic.project.errors import refused
from thecal.clinic.record.forms import data_of, form_of
from thecal.clinic.record.orders import Nothing
from thecal.clinic.record.pages import key_in, page, person
from thecal.clinic.record.refusals import DoneBeforeError, InvalidError
from thecal.clinic.record.services import standing


@page("GET")
def mine(request: HttpRequest) -> HttpResponse:
    """The page of whoever is signed in, as a patient."""
    own = get_object_or_404(Patient, account=person(request))
    return redirect("for_patient.page", patient=own.pk)


@page("GET")
def own_page(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The patient's own page; staff see it as the patient does."""
    whose, who = get_object_or_404(Patient, pk=patient), person(request)
    found = see(who, whose, Nothing())
    is_staff = bool(standing(who, whose.clinic, whose) & READS)
    with translation.override(_language(request, whose, is_staff)):
        context = {
            "patient": whose,
            "sheet": found,
            "parts": leaflet(found),
            "is_staff": is_staff,
            "language": translation.get_language(),
        }
        return render(request, "for_patient/page.html", context)


@page("GET")
def paper(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The leaflet as a file to print."""
    from thecal.clinic.for_patient.paper import on_paper  # noqa: PLC0415  (its typefaces load)

    whose, who = get_object_or_404(Patient, pk=patient), person(request)
    found = see(who, whose, Nothing())
    is_staff = bool(standing(who, whose.clinic, whose) & READS)
    language = _language(request, whose, is_staff)
    with translation.override(language):
        content = on_paper(title(found), leaflet(found), language, found.at)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="leaflet.pdf"'
    return response


def title(sheet: Sheet) -> str:
    """Of the page and the leaflet, in the language at hand."""
    return _("Your pump: %(name)s") % {"name": sheet.name}


def _language(request: HttpRequest, patient: Patient, is_staff: bool) -> str:
    """What was asked for; else what the record says, for staff; else what the pages are in."""
    asked = request.GET.get("language", "")
    if translation.check_for_language(asked) and asked in {"en", "es"}:
        return asked
    own = translation.get_language() or "en"
    return (patient.language or own) if is_staff else own


@page("GET", "POST")
def clinic_contacts(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """How the clinic is reached, and a form to set it for who may."""
    where, who = get_object_or_404(Clinic, pk=clinic), person(request)
    if request.method == "POST":
        set_contacts.allowed(who, where)
        form = form_of(set_contacts.order)(request.POST)
        if form.is_valid():
            set_contacts.ask(who, where, data_of(form), once=key_in(request.POST.get("once", "")))
            messages.success(request, _("These numbers stand on every patient's page now."))
            return redirect("for_patient.contacts", clinic=where.pk)
    else:
        found = contacts(who, where, Nothing())
        names = set_contacts.order.model_fields
        form = form_of(set_contacts.order)(initial={one: getattr(found, one) for one in names})
    context = {"clinic": where, "form": form, "once": uuid4()}
    status = 422 if form.is_bound else 200
    return render(request, "for_patient/contacts.html", context, status=status)


@page("GET", "POST")
def invitation(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Make a link, and show it once."""
    whose, who = get_object_or_404(Patient, pk=patient), person(request)
    invite.allowed(who, whose)
    context: dict[str, Any] = {"patient": whose, "once": uuid4()}
    if request.method == "POST":
        try:
            made = invite(who, whose, invite.order(), once=key_in(request.POST.get("once", "")))
        except DoneBeforeError:
            messages.info(request, _("This was done before."))
        else:
            path = reverse("for_patient.accept", kwargs={"secret": made.secret})
            context |= {"link": request.build_absolute_uri(path), "ends_at": made.ends_at}
    return render(request, "for_patient/invite.html", context)


@require_http_methods(["GET", "POST"])
def accepting(request: HttpRequest, secret: str) -> HttpResponse:
    """The page behind an invitation's link; nobody is signed in yet."""
    form = form_of(Accepting)(request.POST or None)
    form.fields["password"].widget.attrs["autocomplete"] = "new-password"
    try:
        invitation_of(secret, timezone.now())
        if request.method == "POST" and form.is_valid():
            accept(secret, data_of(form))
            messages.success(request, _("Your account is made. Sign in with it."))
            return redirect("account_login")
    except EndedError:
        lines = _("Ask your clinic for a new one.")
        return refused(request, 410, _("This link has ended"), lines)
    except InvalidError as refusal:
        for where, why in refusal.problems.items():
            form.add_error(where if where in form.fields else None, why)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "for_patient/accept.html", {"form": form}, status=status)
