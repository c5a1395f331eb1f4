"""Keeps the fill that a patient runs on, renewed in the transaction of each write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from thecal.care import Stage
from thecal.clinic.fills.models import Fill, RunningFill
from thecal.clinic.pathway import projections as _pathway  # noqa: F401  (the stage comes first)
from thecal.clinic.patients.models import Patient
from thecal.clinic.record.projections import project
from thecal.clinic.record.tallies import tally

_RUNS_ON_NONE = {Stage.EXPLANTED.value, Stage.ENDED.value}


@tally(RunningFill, "near")
def by_limit(near: date | None) -> Iterator[str]:
    """A fill by its nearest limit; the empty text without one."""
    yield f"fill:{near.isoformat() if near else ''}"


@project
def running_fill(patient: Patient, now: datetime) -> Mapping[str, Any]:  # noqa: ARG001
    """A row beside the patient's own; none of its columns."""
    there = RunningFill.objects.filter(patient=patient)
    kept = set(there.values_list("fill", flat=True))
    fill = None if patient.stage in _RUNS_ON_NONE else _last(patient)
    if kept != ({fill.pk} if fill else set()):
        there.delete()
        if fill:
            _row(patient, fill).save(force_insert=True)
    return {}


def _last(patient: Patient) -> Fill | None:
    rows = Fill.objects.current().filter(patient=patient)
    return rows.order_by("happened_at", "recorded_at").last()


def _row(patient: Patient, fill: Fill) -> RunningFill:
    near = fill.latest_safe or fill.refill_due
    return RunningFill(
        patient=patient,
        clinic_id=patient.clinic_id,
        fill=fill,
        is_dated=near is not None,
        near=near,
    )
