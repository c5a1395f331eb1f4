"""Reminders on the patient's page, as long as their task is open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from thecal.clinic.pathway.models import OpenTask
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import READS
from thecal.clinic.record.sections import Section, enter
from thecal.clinic.reminders.models import Reminder
from thecal.clinic.reminders.steps import about


def _reminders(patient: Patient) -> Mapping[str, Any]:
    keys = [about(one) for one in OpenTask.objects.filter(patient=patient)]
    rows = Reminder.objects.filter(about__in=keys)
    return {"reminders": rows.prefetch_related("letters__sent", "letters__to")}


enter(Section("reminders", _("Reminders"), 5, "reminders/section.html", _reminders, roles=READS))
