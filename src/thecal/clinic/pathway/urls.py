"""The pathway's addresses."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import path

from thecal import care
from thecal.clinic.pathway.pages import figures_page
from thecal.clinic.pathway.recording import recorded
from thecal.clinic.pathway.services import set_indication, waive, withdraw
from thecal.clinic.patients.models import Patient
from thecal.clinic.record.forms import Offered
from thecal.clinic.record.pages import ActionPage


def _waivable(patient: Patient) -> Mapping[str, Offered]:  # noqa: ARG001  (the same for all)
    cards = [one for one in care.requirement_cards().values() if one.waivable_by]
    return {"requirement": lambda: [(one.code, one.text) for one in cards]}


def _withdrawable(patient: Patient) -> Mapping[str, Offered]:
    return {"entry": lambda: [pair for sort in recorded() for pair in sort.offered(patient)()]}


urlpatterns = [
    path("clinics/<uuid:clinic>/figures", figures_page, name="pathway.show-figures"),
    ActionPage(set_indication).at(),
    ActionPage(waive, offered=_waivable).at(),
    ActionPage(withdraw, offered=_withdrawable).at(),
]
