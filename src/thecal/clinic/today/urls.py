"""The addresses of today."""

from __future__ import annotations

from django.urls import path

from thecal.clinic.today import pages

urlpatterns = [
    path("clinics/<uuid:clinic>/today", pages.today, name="today"),
    path("clinics/<uuid:clinic>/today/now", pages.at_once, name="today.now"),
]
