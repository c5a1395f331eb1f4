"""The patients' addresses."""

from __future__ import annotations

from django.urls import path

from thecal.clinic.patients import pages
from thecal.clinic.patients.models import IDENTITY, Patient
from thecal.clinic.patients.services import amend, give_account
from thecal.clinic.record.pages import ActionPage


def _as_it_is(patient: Patient) -> dict[str, object]:
    return {name: getattr(patient, name) for name in IDENTITY}


urlpatterns = [
    path("", pages.home, name="home"),
    path("clinics/<uuid:clinic>/patients", pages.patients, name="patients"),
    path("clinics/<uuid:clinic>/patients/new", pages.new_patient, name="patients.register"),
    ActionPage(amend, initial=_as_it_is).at(),
    ActionPage(give_account).at(),
]
