"""The reminders' addresses."""

from __future__ import annotations

from django.urls import path

from thecal.clinic.reminders.pages import refills

urlpatterns = [path("clinics/<uuid:clinic>/refills", refills, name="refills")]
