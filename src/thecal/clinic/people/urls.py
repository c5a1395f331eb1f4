"""The people's addresses."""

from __future__ import annotations

from django.urls import path

from thecal.clinic.people import pages

urlpatterns = [
    path("clinics/<uuid:clinic>/people", pages.people, name="people"),
    path("clinics/<uuid:clinic>/people/do/<str:action>", pages.change, name="people.change"),
]
