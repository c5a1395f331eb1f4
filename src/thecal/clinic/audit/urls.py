"""The trail's addresses."""

from __future__ import annotations

from django.urls import path

from thecal.clinic.audit import pages

urlpatterns = [
    path("clinics/<uuid:clinic>/trail", pages.trail, name="trail"),
    path("patients/<uuid:patient>/trail", pages.record_trail, name="audit.patient"),
]
