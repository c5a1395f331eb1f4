"""The fill that a patient runs on."""

from __future__ import annotations

from thecal.clinic.fills.models import Fill
from thecal.clinic.patients.models import Patient


def last_fill(patient: Patient) -> Fill | None:
    """The newest that stands, None if none was given."""
    return Fill.objects.current().of(patient).select_related("visit__prescription").first()
