"""The tables' addresses."""

from __future__ import annotations

from django.urls import path

from thecal.clinic.tables import pages

urlpatterns = [
    path("clinics/<uuid:clinic>/tables/trail.csv", pages.trail, name="tables.trail"),
    path("clinics/<uuid:clinic>/tables/<str:name>.csv", pages.table, name="tables.table"),
    path("patients/<uuid:patient>/entries.csv", pages.entries, name="tables.entries"),
]
