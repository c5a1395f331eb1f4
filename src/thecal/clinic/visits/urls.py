"""The addresses: a page for every flow, and the list of a clinic's visits."""

from __future__ import annotations

from django.urls import path

from thecal.clinic.visits.engine import flows
from thecal.clinic.visits.pages import view_of, visits_page

urlpatterns = [
    path("clinics/<uuid:clinic>/visits", visits_page, name="visits.list"),
    *(
        path(f"patients/<uuid:patient>/visits/{one.key}", view_of(one), name=f"visits.{one.key}")
        for one in flows()
    ),
]
