"""The addresses of the frame: the language, the theme."""

from __future__ import annotations

from django.urls import path
from django.views.i18n import set_language

from thecal.clinic.design import pages

urlpatterns = [
    path("design", pages.gallery, name="design"),
    path("language", set_language, name="set_language"),
    path("theme", pages.choose_theme, name="design.theme"),
]
