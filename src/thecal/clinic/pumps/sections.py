"""Pumps on the patient's page: which one, what is known of it and from when, and the sessions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import READS
from thecal.clinic.pumps.models import Came, Device, Purpose, Reading, Session, Status
from thecal.clinic.record.sections import Section, enter


def known(device: Device) -> Mapping[str, Any]:
    """What is known of a pump: what it told last, unless something was sent since and not read."""
    statuses = Status.objects.current().filter(device__serial=device.serial)
    last = statuses.select_related("session").order_by("-recorded_at").first()
    sent = Session.objects.current().filter(device__serial=device.serial, purpose=Purpose.SEND)
    unknown = [one for one in sent if one.certainty == Came.UNKNOWN]
    return {"device": device, "status": last, "unknown": unknown}


def _pumps(patient: Patient) -> Mapping[str, Any]:
    devices = Device.objects.current().of(patient)
    sessions = Session.objects.of(patient).select_related("device", "recorded_by", "second__person")
    return {
        "pumps": [known(one) for one in devices],
        "sessions": sessions.prefetch_related("outcomes__recorded_by"),
        "readings": Reading.objects.of(patient).select_related("recorded_by", "corrected_by"),
    }


enter(
    Section(
        "pumps",
        _("Pump"),
        70,
        "pumps/section.html",
        _pumps,
        actions=(
            "pumps.enter",
            "pumps.amend",
            "pumps.pair",
            "pumps.send",
            "pumps.interrogate",
            "pumps.reconcile",
            "pumps.transcribe",
            "pumps.record-reading",
            "pumps.correct-reading",
        ),
        roles=READS,
    )
)
