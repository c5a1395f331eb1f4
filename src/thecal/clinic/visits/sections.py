"""What to do now, on the patient's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import READS
from thecal.clinic.record.sections import Section, enter
from thecal.clinic.visits.engine import Call
from thecal.clinic.visits.offering import flows_now


def _visits(patient: Patient) -> Mapping[str, Any]:
    found = flows_now(patient)
    return {
        "called": [one for one in found if one.call is Call.NOW],
        "possible": [one for one in found if one.call is Call.MAY],
    }


enter(Section("visits", _("What to do now"), 15, "visits/section.html", _visits, roles=READS))
