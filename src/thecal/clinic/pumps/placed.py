"""Which pump a patient has in the body, by the record of the operation or of taking them over.

A programmer's pump is that one or none: by model and by serial number.
"""

from __future__ import annotations

from uuid import UUID

from thecal.clinic.implants.models import Explant, Implant, TakeOver
from thecal.clinic.patients.models import Patient
from thecal.clinic.pumps.models import Device
from thecal.clinic.record.refusals import ConflictError


def placed(patient: Patient) -> Implant | TakeOver | None:
    """What tells of the pump that is in place; None if none is, or nobody has recorded it."""
    told: list[Implant | TakeOver] = [
        *Implant.objects.current().of(patient)[:1],
        *TakeOver.objects.current().of(patient)[:1],
    ]
    last = max(told, key=lambda one: (one.happened_at, one.recorded_at), default=None)
    out = Explant.objects.current().of(patient).first()
    return None if last is None or (out and out.happened_at >= last.happened_at) else last


def another_pump(patient: Patient, model: str, serial: str) -> str:
    """Why a pump is not the one in place; empty if it is."""
    told = placed(patient)
    if told is None:
        return (
            "nobody has recorded that a pump is in place: record the operation, or take over the"
            " patient with it"
        )
    if not told.pump:
        return "the record does not say which pump is in place: correct that entry first"
    if told.pump != model:
        return f"the pump in place is a {told.pump}, not a {model}"
    if told.pump_serial and told.pump_serial != serial:
        return f"the pump in place has the serial number {told.pump_serial}, not {serial}"
    return ""


def in_place(patient: Patient, key: UUID) -> Device:
    """The patient's pump of that key.

    Raises:
        ConflictError: this patient has no such pump, or it is not the one in place.
    """
    device = Device.objects.current().filter(pk=key, patient=patient).first()
    if device is None:
        raise ConflictError("this patient has no such pump")
    if why := another_pump(patient, device.model, device.serial):
        raise ConflictError(why)
    return device
