"""The prescriptions' addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thecal.clinic.patients.models import Patient
from thecal.clinic.prescriptions import checking
from thecal.clinic.prescriptions.services import (
    confirm_second,
    current,
    prescribe,
    sign,
    withdraw,
)
from thecal.clinic.record.forms import Offered
from thecal.clinic.record.pages import ActionPage


def standing(patient: Patient) -> list[tuple[str, str]]:
    """The prescription that stands, as a choice."""
    entry = current(patient)
    return [(str(entry.pk), str(entry))] if entry else []


def _follows(patient: Patient) -> Mapping[str, Offered]:
    return {"follows": lambda: standing(patient) or [("", "—")]}


def _signable(patient: Patient) -> Mapping[str, Offered]:
    return {"prescription": lambda: standing(patient), "rule": lambda: _rules(patient)}


def _rules(patient: Patient) -> list[tuple[str, str]]:
    entry = current(patient)
    if entry is None:
        return []
    asked = checking.signable(checking.check(entry.text, entry.visit_on))
    return [(rule, f"{rule}: {said}" if said else rule) for rule, said in asked.items()]


def _of_standing(patient: Patient) -> Mapping[str, Offered]:
    return {"prescription": lambda: standing(patient)}


def _begins(patient: Patient) -> Mapping[str, Any]:
    entry = current(patient)
    return {"text": entry.text, "follows": entry.pk} if entry else {}


urlpatterns = [
    ActionPage(prescribe, offered=_follows, initial=_begins).at(),
    ActionPage(sign, offered=_signable).at(),
    ActionPage(confirm_second, offered=_of_standing).at(),
    ActionPage(withdraw, offered=_of_standing).at(),
]
