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
from thecal.clinic.record import tallies
from thecal.clinic.record.doing import Doing

Projection = Callable[[Patient, datetime], Mapping[str, Any]]
_projections: list[Projection] = []
_put_off = False


def project(projection: Projection) -> Projection:
    """Enter a function that gives columns of the patient's row, from the entries as they are.

    It may keep rows of its own beside them, of models that say ``is_derived``. The patient's row
    has what those before it gave: one that needs another's column imports its module first.
    """
    _projections.append(projection)
    return projection


def refresh(doing: Doing) -> None:
    """Count the write, and renew every projection."""
    patient, version = doing.patient, {"version": doing.patient.version + 1}
    if _put_off:
        _keep(patient, version)
    else:
        _renew(patient, doing.now, version)


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
        _renew(patient, now, {})


def renew_all(now: datetime) -> None:
    """Make everything again, as after a file was loaded."""
    for key in Patient.objects.order_by("pk").values_list("pk", flat=True):
        renew(key, now)
    tallies.recount()


def _renew(patient: Patient, now: datetime, columns: Mapping[str, Any]) -> None:
    _keep(patient, {**columns, **_projected(patient, now)})
    tallies.count(patient)


def _projected(patient: Patient, now: datetime) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for projection in _projections:
        given = projection(patient, now)
        _put_onto(patient, given)
        columns |= given
    return columns


def _keep(patient: Patient, columns: Mapping[str, Any]) -> None:
    Patient.objects.filter(pk=patient.pk).update(**columns)
    _put_onto(patient, columns)


def _put_onto(patient: Patient, columns: Mapping[str, Any]) -> None:
    for name, value in columns.items():
        setattr(patient, name, value)
