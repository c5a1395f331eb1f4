"""The overview's addresses."""

from __future__ import annotations

from django.urls import path

from thecal.clinic.overview import pages

urlpatterns = [
    path("patients/<uuid:patient>", pages.patient_page, name="patient"),
    path("patients/<uuid:patient>/happenings", pages.happenings_page, name="overview.happenings"),
]
