"""What goes out of one patient's record, at the bottom of their page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import READS
from thecal.clinic.record.sections import Section, enter


def _taken(patient: Patient) -> Mapping[str, Any]:  # noqa: ARG001  (the template has it)
    return {}


enter(Section("exchange", _("Take out"), 99, "exchange/section.html", _taken, roles=READS))
