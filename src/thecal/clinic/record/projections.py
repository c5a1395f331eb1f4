"""What the patient's row says in short of their entries, renewed in the transaction of each write.

Lists and dashboards read one indexed row for each patient, however long the record is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from thecal.clinic.patients.models import Patient
from thecal.clinic.record.doing import Doing

Projection = Callable[[Doing], Mapping[str, Any]]
_projections: list[Projection] = []


def project(projection: Projection) -> Projection:
    """Enter a function that gives columns of the patient's row, from the entries as they are."""
    _projections.append(projection)
    return projection


def refresh(doing: Doing) -> None:
    """Count the write, and renew every projection."""
    patient = doing.patient
    columns: dict[str, Any] = {"version": patient.version + 1}
    for projection in _projections:
        columns |= projection(doing)
    Patient.objects.filter(pk=patient.pk).update(**columns)
    for name, value in columns.items():
        setattr(patient, name, value)
