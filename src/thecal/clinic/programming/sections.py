"""The way to the programmer on the patient's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import READS
from thecal.clinic.record.sections import Section, enter


def _programmer(patient: Patient) -> Mapping[str, Any]:  # noqa: ARG001  (the template has it)
    return {}


enter(
    Section(
        "programmer",
        _("Programmer"),
        55,
        "programming/section.html",
        _programmer,
        roles=READS,
    )
)
