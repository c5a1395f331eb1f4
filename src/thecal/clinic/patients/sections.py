"""The first part of a patient's page: who they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from thecal.clinic.patients.models import Patient
from thecal.clinic.record.sections import Section, enter


def _identity(patient: Patient) -> Mapping[str, Any]:  # noqa: ARG001  (the template has it)
    return {}


enter(
    Section(
        "identity",
        _("Identity"),
        10,
        "patients/identity.html",
        _identity,
        actions=("patients.amend", "patients.give-account", "audit.patient"),
    )
)
