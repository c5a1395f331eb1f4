"""What is kept in short of a patient's entries, renewed in the transaction of each write.

Lists and dashboards read indexed rows, however long the record is. What follows from the time
alone is renewed when its time has come (``renew``). Nothing here is the record: all of it can be
made again from the entries, and no file of the record has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from thecal.clinic.patients.models import Patient
from thecal.clinic.record.doing import Doing

Projection = Callable[[Patient, datetime], Mapping[str, Any]]
_projections: list[Projection] = []
_put_off = False


def project(projection: Projection) -> Projection:
    """Enter a function that gives columns of the patient's row, from the entries as they are.

    It may keep rows of its own beside them, of models that say ``is_derived``.
    """
    _projections.append(projection)
    return projection


def refresh(doing: Doing) -> None:
    """Count the write, and renew every projection."""
    patient = doing.patient
    projected = {} if _put_off else _projected(patient, doing.now)
    _keep(patient, {"version": patient.version + 1, **projected})


@contextmanager
def put_off() -> Iterator[None]:
    """Let writes count and no more, in a process that nobody reads by.

    Who writes a whole record at once calls :func:`renew_all` at the end of it.
    """
    global _put_off  # noqa: PLW0603  (of this process, as the list above)
    _put_off = True
    try:
        yield
    finally:
        _put_off = False


def renew(key: UUID, now: datetime) -> None:
    """Renew a patient's projections for the time that has passed, without any write."""
    with transaction.atomic():
        patient = Patient.objects.select_for_update(of=("self",)).get(pk=key)
        _keep(patient, _projected(patient, now))


def renew_all(now: datetime) -> None:
    """Make everything again, as after a file was loaded."""
    for key in Patient.objects.order_by("pk").values_list("pk", flat=True):
        renew(key, now)


def _projected(patient: Patient, now: datetime) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for projection in _projections:
        columns |= projection(patient, now)
    return columns


def _keep(patient: Patient, columns: Mapping[str, Any]) -> None:
    Patient.objects.filter(pk=patient.pk).update(**columns)
    for name, value in columns.items():
        setattr(patient, name, value)
