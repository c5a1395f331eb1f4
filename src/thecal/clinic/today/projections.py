"""Keeps the concerns about a patient's pumps, renewed in the transaction of each write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from thecal.clinic.patients.models import Patient
from thecal.clinic.pumps.models import Came, Device, Outcome, Purpose, Session, Status
from thecal.clinic.record.projections import project
from thecal.clinic.today.models import Concern, Kind


@project
def concerns(patient: Patient, now: datetime) -> Mapping[str, Any]:  # noqa: ARG001
    """Rows beside the patient's own; none of its columns."""
    wanted = [*_unknown(patient), *_alarms(patient)]
    there = Concern.objects.filter(patient=patient)
    if sorted(map(_said, there)) != sorted(map(_said, wanted)):
        there.delete()
        Concern.objects.bulk_create(wanted)
    return {}


def _said(one: Concern) -> tuple[str, str, str]:
    return one.kind, one.since.isoformat(), one.text


def _unknown(patient: Patient) -> Iterator[Concern]:
    """Sessions that were to change a pump and of which no outcome says what became of them."""
    told = Outcome.objects.current().filter(session=OuterRef("pk"))
    sent = Session.objects.current().filter(patient=patient, purpose=Purpose.SEND)
    for one in sent.filter(~Exists(told.exclude(outcome=Came.UNKNOWN))).select_related("device"):
        yield _concern(patient, Kind.UNKNOWN, one.happened_at, f"{one.device}: {one}")


def _alarms(patient: Patient) -> Iterator[Concern]:
    """What sounded when each pump that the patient has was last read."""
    for device in Device.objects.current().filter(patient=patient):
        read = Status.objects.current().filter(patient=patient, device__serial=device.serial)
        last = read.order_by("-recorded_at").first()
        if last is not None and last.alarms:
            text = f"{device}: {', '.join(last.alarms)}"
            yield _concern(patient, Kind.ALARM, last.happened_at, text)


def _concern(patient: Patient, kind: Kind, since: datetime, text: str) -> Concern:
    return Concern(
        patient=patient, clinic_id=patient.clinic_id, kind=kind.value, since=since, text=text
    )
