"""The addresses: what is due, and a page for every action."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import path
from django.utils import timezone

from thecal.clinic.patients.models import Patient
from thecal.clinic.record.forms import Offered
from thecal.clinic.record.pages import ActionPage
from thecal.clinic.tasks.pages import due_page
from thecal.clinic.tasks.services import closable, close


def _closable(patient: Patient) -> Mapping[str, Offered]:
    found = closable(patient, timezone.now())
    return {"key": lambda: [(one.key, f"{one.title}: {one.reason}") for one in found]}


urlpatterns = [
    path("clinics/<uuid:clinic>/due", due_page, name="tasks.list"),
    ActionPage(close.write, offered=_closable).at(),
    close.pages({})[1],
]
