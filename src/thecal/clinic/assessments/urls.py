"""The assessments' addresses."""

from __future__ import annotations

from collections.abc import Mapping

from thecal.clinic.assessments.models import PsychologicalAssessment
from thecal.clinic.assessments.services import correct_psychological, record_psychological
from thecal.clinic.patients.models import Patient
from thecal.clinic.record.forms import Offered
from thecal.clinic.record.pages import ActionPage


def _correctable(patient: Patient) -> Mapping[str, Offered]:
    rows = PsychologicalAssessment.objects.current().of(patient)
    return {
        "corrects": lambda: [(str(one.pk), f"{one.happened_at:%Y-%m-%d} {one}") for one in rows]
    }


urlpatterns = [
    ActionPage(record_psychological).at(),
    ActionPage(correct_psychological, offered=_correctable).at(),
]
