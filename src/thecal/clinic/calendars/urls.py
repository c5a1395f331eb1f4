"""The calendars' addresses."""

from __future__ import annotations

from django.urls import path

from thecal.clinic.calendars import pages

urlpatterns = [
    path("clinics/<uuid:clinic>/calendars", pages.calendars, name="calendars"),
    path("clinics/<uuid:clinic>/calendars/<uuid:feed>/close", pages.close, name="calendars.close"),
    path("calendars/<str:secret>.ics", pages.read, name="calendars.read"),
]
