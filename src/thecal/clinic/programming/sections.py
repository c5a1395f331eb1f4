"""The way to the programmer on the patient's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import READS
from thecal.clinic.programming.differing import said_of
from thecal.clinic.programming.editing import standing_now
from thecal.clinic.record.sections import Section, enter


def _programmer(patient: Patient) -> Mapping[str, Any]:
    return said_of(standing_now(patient))


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
