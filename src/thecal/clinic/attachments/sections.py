"""Documents on the patient's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from thecal.clinic.attachments.models import Attachment
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import READS
from thecal.clinic.record.sections import Section, enter


def _documents(patient: Patient) -> Mapping[str, Any]:
    rows = Attachment.objects.of(patient).defer("content")
    return {"documents": rows.select_related("recorded_by", "corrected_by")}


enter(
    Section(
        "attachments",
        _("Documents"),
        90,
        "attachments/section.html",
        _documents,
        actions=("attachments.add-document",),
        roles=READS,
    )
)
