"""The addresses of what other systems read."""

from __future__ import annotations

from django.urls import path, re_path

from thecal.clinic.exchange import bulk_pages, fhir_pages, pages
from thecal.clinic.exchange.answers import failed
from thecal.clinic.project.errors import speak

speak("/fhir/", failed)

_KIND = r"(?P<kind>[A-Z][A-Za-z]{1,63})"
_ID = r"(?P<identity>[A-Za-z0-9.-]{1,64})"

urlpatterns = [
    path("clinics/<uuid:clinic>/exchange", pages.exchange_page, name="exchange.page"),
    path("clinics/<uuid:clinic>/exchange/ask", pages.ask_page, name="exchange.ask"),
    path(
        "clinics/<uuid:clinic>/exchange/<uuid:key>", pages.export_card, name="exchange.export-card"
    ),
    path(
        "clinics/<uuid:clinic>/exchange/<uuid:key>/remove",
        pages.remove_page,
        name="exchange.remove",
    ),
    path("fhir/metadata", fhir_pages.metadata, name="exchange.metadata"),
    path("fhir/$export", bulk_pages.ask, name="exchange.export"),
    path("fhir/exports/<uuid:key>", bulk_pages.status, name="exchange.status"),
    path("fhir/exports/<uuid:key>/<str:name>", bulk_pages.file, name="exchange.file"),
    re_path(
        rf"^fhir/Patient/{_ID}/\$everything$",
        fhir_pages.everything_of,
        name="exchange.everything",
    ),
    re_path(rf"^fhir/{_KIND}/{_ID}$", fhir_pages.read),
    re_path(rf"^fhir/{_KIND}$", fhir_pages.search),
    path("fhir/<path:rest>", fhir_pages.unknown),
]
