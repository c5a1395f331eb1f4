"""The facts of a patient's refills, as the pathway judges them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from thecal import care
from thecal.clinic.fills.models import STEPS, Fill, RefillVisit
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.prescriptions.checking import check
from thecal.clinic.prescriptions.models import Prescription
from thecal.clinic.pumps.models import Device
from thecal.clinic.pumps.zone import zone
from thecal.clinic.record.doing import Doing
from thecal.clinic.record.gates import Closed


def history_of(patient: Patient, device: Device, entry: Prescription) -> care.History:
    """The pump, and every step of every refill that stands."""
    said = check(entry.text, entry.visit_on).case.prescription.patient
    return care.History(
        patient=care.Patient(indication=said.indication, spasticity_origin=said.spasticity_origin),
        zone=zone(),
        events=(*device.events(), *_steps(patient)),
    )


def _steps(patient: Patient) -> Iterator[care.Event]:
    for visit in RefillVisit.objects.current().of(patient):
        yield from visit.events()
    for kind in STEPS:
        rows = kind.objects.current().of(patient)
        for step in rows.select_related("visit__prescription"):
            yield from step.events()


def closed(doing: Doing, visit: RefillVisit, gate: str) -> Sequence[Closed]:
    """What closes a gate of the pathway at a visit now."""
    device = Device.objects.current().filter(serial=visit.device.serial).first() or visit.device
    history = history_of(doing.patient, device, visit.prescription)
    missing = care.judge_gate(gate, history, doing.now).missing
    return [_closed(one) for one in missing]


def _closed(one: care.Requirement) -> Closed:
    card = care.requirement_cards()[one.code]
    return Closed(
        one.code,
        (f"{one.text}: {one.reason}",),
        "; ".join(map(str, one.sources)),
        one.opens,
        frozenset(Role(role.value) for role in card.waivable_by),
    )


def last_fill(patient: Patient) -> Fill | None:
    """The fill that the patient runs on."""
    return Fill.objects.current().of(patient).select_related("visit__prescription").first()
