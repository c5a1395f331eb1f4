"""The list of patients, the page to register one, and the patient's page."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from thecal.clinic.patients.models import Patient
from thecal.clinic.patients.orders import Opening, Particulars
from thecal.clinic.patients.services import list_patients, open_patient, register
from thecal.clinic.people.models import Clinic, clinics_of, roles_of
from thecal.clinic.people.roles import Role
from thecal.clinic.record.actions import may
from thecal.clinic.record.forms import data_of, form_of
from thecal.clinic.record.pages import page, person
from thecal.clinic.record.refusals import DoneBeforeError, InvalidError
from thecal.clinic.record.sections import Section, sections
from thecal.clinic.record.services import services, standing


@page("GET")
def home(request: HttpRequest) -> HttpResponse:
    """Where somebody begins: their clinic's patients, its people, or their own record."""
    who = person(request)
    own = Patient.objects.filter(account=who).first()
    for clinic in clinics_of(who):
        held = roles_of(who, clinic)
        if may(held, list_patients.action):
            return redirect("patients", clinic=clinic.pk)
        if Role.ADMINISTRATOR in held:
            return redirect("people", clinic=clinic.pk)
    if own is not None:
        return redirect("patient", patient=own.pk)
    return render(request, "patients/nothing_yet.html")


@page("GET")
def patients(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """A clinic's patients."""
    where, who = get_object_or_404(Clinic, pk=clinic), person(request)
    asked = {name: request.GET[name] for name in ("search", "page") if request.GET.get(name)}
    found = list_patients.ask(who, where, asked)
    context = {
        "clinic": where,
        "clinics": clinics_of(who),
        "page": found,
        "search": asked.get("search", ""),
        "may_register": may(roles_of(who, where), register.action),
    }
    return render(request, "patients/list.html", context)


@page("GET", "POST")
def new_patient(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Register a patient."""
    where, who = get_object_or_404(Clinic, pk=clinic), person(request)
    register.allowed(who, where)
    form = form_of(Particulars)(request.POST or None)
    once = request.POST.get("once") or str(uuid4())
    if request.method == "POST" and form.is_valid():
        try:
            patient = register.ask(who, where, data_of(form), once=UUID(once))
        except DoneBeforeError:
            return redirect("patients", clinic=where.pk)
        except InvalidError as refusal:
            for place, why in refusal.problems.items():
                form.add_error(place if place in form.fields else None, why)
        else:
            return redirect("patient", patient=patient.pk)
    context = {"form": form, "once": once}
    return render(request, "patients/register.html", context, status=422 if form.errors else 200)


@page("GET")
def patient_page(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Everything about one patient; all of it is read in one transaction, with its event."""
    whose, who = get_object_or_404(Patient, pk=patient), person(request)
    with transaction.atomic():
        opened = open_patient(who, whose, Opening())
        held = standing(who, opened.clinic, opened)
        shown = [_drawn(section, opened, held) for section in sections() if section.roles & held]
    return render(request, "patients/patient.html", {"patient": opened, "sections": shown})


def _drawn(section: Section, patient: Patient, held: frozenset[Role]) -> dict[str, Any]:
    context = {**section.shows(patient), "patient": patient}
    html: SafeString = render_to_string(section.template, context)
    return {
        "key": section.key,
        "title": section.title,
        "html": html,
        "links": [
            {"title": services()[name].action.title, "address": _address(name, patient)}
            for name in section.actions
            if may(held, services()[name].action)
        ],
    }


def _address(action: str, patient: Patient) -> str:
    return reverse(action, kwargs={"patient": patient.pk})
