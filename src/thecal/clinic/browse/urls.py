"""The addresses of what there is to look up."""

from __future__ import annotations

from django.urls import path

from thecal.clinic.browse import pages

urlpatterns = [
    path("formulary", pages.index, name="browse"),
    path("formulary/<slug:shelf>", pages.shelf, name="browse.shelf"),
    path("formulary/<slug:shelf>/<str:key>", pages.one_leaf, name="browse.leaf"),
]
