"""The API's addresses, all below ``/api/``."""

from __future__ import annotations

from django.urls import path

from thecal.clinic.api.site import site

urlpatterns = [path("api/", site().urls)]
