"""Assessments on the patient's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from thecal.clinic.assessments.models import PsychologicalAssessment
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import READS
from thecal.clinic.record.sections import Section, enter


def _psychological(patient: Patient) -> Mapping[str, Any]:
    rows = PsychologicalAssessment.objects.of(patient)
    return {"assessments": rows.select_related("recorded_by", "corrected_by")}


enter(
    Section(
        "assessments",
        _("Assessments"),
        30,
        "assessments/section.html",
        _psychological,
        actions=("assessments.record-psychological", "assessments.correct-psychological"),
        roles=READS,
    )
)
