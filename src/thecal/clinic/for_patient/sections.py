"""On the patient's page for staff: what the patient sees, and their account."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from thecal.clinic.people.roles import READS
from thecal.clinic.record.sections import Section, enter

enter(
    Section(
        "for-patient",
        _("For the patient"),
        12,
        "for_patient/section.html",
        lambda patient: {},  # noqa: ARG005  (the template has the patient)
        actions=("for_patient.invite",),
        roles=READS,
    )
)
