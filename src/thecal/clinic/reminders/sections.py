"""Reminders on the patient's page, until the next fill."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from thecal.clinic.fills.history import last_fill
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import READS
from thecal.clinic.record.sections import Section, enter
from thecal.clinic.reminders.models import Reminder


def _reminders(patient: Patient) -> Mapping[str, Any]:
    fill = last_fill(patient)
    rows = Reminder.objects.filter(fill=fill) if fill else Reminder.objects.none()
    return {"reminders": rows.prefetch_related("letters__sent", "letters__to")}


enter(Section("reminders", _("Reminders"), 5, "reminders/section.html", _reminders, roles=READS))
