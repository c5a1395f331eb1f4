"""The pathway on the patient's page, and the sections of the subjects whose entries it reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from thecal import care
from thecal.clinic.pathway import figures
from thecal.clinic.pathway.facts import fact_kinds
from thecal.clinic.pathway.history import history_of, present
from thecal.clinic.pathway.recording import actions
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import READS
from thecal.clinic.record.sections import Section, enter

_BESIDE: Any = ("recorded_by", "corrected_by")
"""What a row says of itself needs these; the concrete kinds alone have the second."""


def _pathway(patient: Patient) -> Mapping[str, Any]:
    history, now = history_of(patient), timezone.now()
    if history is None:
        return {"pathway": None}
    settings = figures.in_force()
    pathway = care.follow(history, now, settings)
    return {
        "pathway": pathway,
        "tasks": [(one, one.is_overdue(now)) for one in pathway.tasks],
        "benefits": care.benefits(history, now),
        "own": bool(settings.own or settings.own_schedules or settings.off),
    }


def _entries(patient: Patient, subject: str) -> Mapping[str, Any]:
    kinds = [one for one in fact_kinds() if one._meta.app_label == subject]
    rows = [
        row
        for kind in present(kinds, patient)
        for row in kind.objects.of(patient).select_related(*_BESIDE)
    ]
    rows.sort(key=lambda one: (one.happened_at, one.recorded_at), reverse=True)
    return {"rows": rows}


def enter_entries(subject: str, title: str | Promise, order: int, *also: str) -> Section:
    """A section with all of a subject's entries, the newest first, and its actions."""
    return enter(
        Section(
            subject,
            title,
            order,
            "pathway/entries.html",
            lambda patient: _entries(patient, subject),
            actions=(*actions(subject), *also),
            roles=READS,
        )
    )


enter(
    Section(
        "pathway",
        _("Pathway"),
        20,
        "pathway/section.html",
        _pathway,
        actions=("pathway.set-indication", "pathway.waive", "pathway.withdraw-entry"),
        roles=READS,
    )
)
