"""Refills that cannot be: fills that no gate would have let into the record."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.clinic.fills.models import Close, Fill
from thecal.clinic.fills.services import MAY_CLOSE, MAY_FILL
from thecal.clinic.pathway.gates import CareGate
from thecal.clinic.pathway.replay import closed_then
from thecal.clinic.patients.models import Patient
from thecal.clinic.record.histories import history


@history
def filled_by_the_rules(patient: Patient) -> Iterator[str]:
    """Each fill and each close of a refill was written while its gates were open."""
    for fill in Fill.objects.filter(patient=patient).select_related("visit__prescription"):
        yield from _passed(MAY_FILL, fill)
        if fill.visit.prescription.is_draft:
            yield f"the fill of {fill} is of a draft"
        if fill.visit.patient_id != fill.patient_id:
            yield f"the fill of {fill} is of another patient's visit"
    for close in Close.objects.filter(patient=patient):
        yield from _passed(MAY_CLOSE, close)


def _passed(gate: CareGate, step: Fill | Close) -> Iterator[str]:
    for said in closed_then([gate], step, step.recorded_at):
        yield f"{step.name} at {step.recorded_at.isoformat()}: {said}"
