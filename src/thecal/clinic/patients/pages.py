"""The list of patients, and the page to register one."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from thecal.clinic.pathway.words import StageName, stage_name
from thecal.clinic.patients.models import Patient
from thecal.clinic.patients.orders import NO_STAGE, Due, Particulars
from thecal.clinic.patients.services import list_patients, register
from thecal.clinic.people.models import Clinic, clinics_of, roles_of
from thecal.clinic.people.roles import Role
from thecal.clinic.record.actions import may
from thecal.clinic.record.forms import data_of, form_of
from thecal.clinic.record.pages import key_in, page, person
from thecal.clinic.record.refusals import DoneBeforeError, InvalidError
from thecal.clinic.record.services import services


@page("GET")
def home(request: HttpRequest) -> HttpResponse:
    """Where somebody begins: their clinic's day, its people, or their own record."""
    who = person(request)
    own = Patient.objects.filter(account=who).first()
    for clinic in _asked_first(clinics_of(who), request.GET.get("clinic")):
        held = roles_of(who, clinic)
        if may(held, services()["today.show"].action):
            return redirect("today", clinic=clinic.pk)
        if Role.ADMINISTRATOR in held:
            return redirect("people", clinic=clinic.pk)
    if own is not None:
        return redirect("for_patient.page", patient=own.pk)
    return render(request, "patients/nothing_yet.html")


def _asked_first(clinics: Iterable[Clinic], asked: str | None) -> list[Clinic]:
    """Somebody's clinics, the one they chose before the others."""
    return sorted(clinics, key=lambda one: str(one.pk) != asked)


_FILTERS = ("search", "stage", "due", "page")


@page("GET")
def patients(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """A clinic's patients."""
    where, who = get_object_or_404(Clinic, pk=clinic), person(request)
    asked = {name: request.GET[name] for name in _FILTERS if request.GET.get(name)}
    found = list_patients.ask(who, where, asked)
    context = {
        "clinic": where,
        "page": found,
        "asked": asked,
        "stages": [(NO_STAGE, stage_name("")), *StageName.choices],
        "dues": Due.choices,
        "now": timezone.now(),
        "may_register": may(roles_of(who, where), register.action),
    }
    return render(request, "patients/list.html", context)


@page("GET", "POST")
def new_patient(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Register a patient."""
    where, who = get_object_or_404(Clinic, pk=clinic), person(request)
    register.allowed(who, where)
    form = form_of(Particulars)(request.POST or None)
    once = key_in(request.POST.get("once", "")) or uuid4()
    if request.method == "POST" and form.is_valid():
        try:
            patient = register.ask(who, where, data_of(form), once=once)
        except DoneBeforeError:
            return redirect("patients", clinic=where.pk)
        except InvalidError as refusal:
            for place, why in refusal.problems.items():
                form.add_error(place if place in form.fields else None, why)
        else:
            return redirect("patient", patient=patient.pk)
    context = {"form": form, "once": once}
    return render(request, "patients/register.html", context, status=422 if form.errors else 200)
