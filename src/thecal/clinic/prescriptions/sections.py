"""Prescriptions on the patient's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import READS
from thecal.clinic.prescriptions.models import Prescription
from thecal.clinic.prescriptions.services import current, needs_second, open_findings
from thecal.clinic.record.sections import Section, enter


def _prescriptions(patient: Patient) -> Mapping[str, Any]:
    rows = Prescription.objects.of(patient).select_related("recorded_by", "corrected_by")
    standing = current(patient)
    shown: dict[str, Any] = {
        "prescriptions": rows.prefetch_related("signed__signer", "second_people__person"),
        "standing": standing,
    }
    if standing is not None:
        shown["open_findings"] = open_findings(standing, timezone.localdate())
        shown["needs_second"] = sorted(needs_second(standing))
    return shown


enter(
    Section(
        "prescriptions",
        _("Prescriptions"),
        60,
        "prescriptions/section.html",
        _prescriptions,
        actions=(
            "prescriptions.write",
            "prescriptions.sign",
            "prescriptions.confirm-second",
            "prescriptions.withdraw",
        ),
        roles=READS,
    )
)
