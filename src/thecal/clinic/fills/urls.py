"""The refills' addresses."""

from __future__ import annotations

from collections.abc import Mapping

from thecal.clinic.fills.models import Aspirate, Label, Rinse
from thecal.clinic.fills.services import (
    aspirate,
    begin,
    close,
    correct,
    fill,
    investigate,
    read_label,
    rinse,
    watch,
)
from thecal.clinic.patients.models import Patient
from thecal.clinic.pumps.urls import pumps
from thecal.clinic.record.forms import Offered
from thecal.clinic.record.pages import ActionPage


def _pumps(patient: Patient) -> Mapping[str, Offered]:
    return {"device": lambda: pumps(patient)}


def _steps(patient: Patient) -> Mapping[str, Offered]:
    return {
        "step": lambda: [
            (str(one.pk), f"{one._meta.verbose_name}: {one}")
            for kind in (Aspirate, Label, Rinse)
            for one in kind._default_manager.current().of(patient)
        ]
    }


urlpatterns = [
    ActionPage(begin, offered=_pumps).at(),
    ActionPage(aspirate).at(),
    ActionPage(investigate).at(),
    ActionPage(read_label).at(),
    ActionPage(rinse).at(),
    ActionPage(correct, offered=_steps).at(),
    ActionPage(fill).at(),
    ActionPage(watch).at(),
    ActionPage(close).at(),
]
