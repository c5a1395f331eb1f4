"""The addresses for patients."""

from __future__ import annotations

from django.urls import path

from thecal.clinic.for_patient import pages

urlpatterns = [
    path("mine", pages.mine, name="for_patient.mine"),
    path("patients/<uuid:patient>/for-patient", pages.own_page, name="for_patient.page"),
    path(
        "patients/<uuid:patient>/for-patient/leaflet.pdf", pages.paper, name="for_patient.leaflet"
    ),
    path(
        "patients/<uuid:patient>/do/for_patient.invite",
        pages.invitation,
        name="for_patient.invite",
    ),
    path("clinics/<uuid:clinic>/contacts", pages.clinic_contacts, name="for_patient.contacts"),
    path("invited/<str:secret>", pages.accepting, name="for_patient.accept"),
]
