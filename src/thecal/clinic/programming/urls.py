"""The programmer's addresses."""

from __future__ import annotations

from django.urls import path

from thecal.clinic.programming import editing

_AT = "patients/<uuid:patient>/programmer"

urlpatterns = [
    path(f"{_AT}/edit", editing.edit, name="programmer.edit"),
    path(f"{_AT}/preview", editing.live, name="programmer.preview"),
    path(f"{_AT}/next-days", editing.next_days, name="programmer.next-days"),
    path(f"{_AT}/keep", editing.keep, name="programmer.keep"),
    path(f"{_AT}/drop", editing.drop, name="programmer.drop"),
    path(f"{_AT}/file", editing.export, name="programmer.export"),
    path(f"{_AT}/load", editing.load, name="programmer.load"),
]
