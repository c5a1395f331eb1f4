"""Refills on the patient's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from thecal import devices
from thecal.clinic.fills.history import last_fill
from thecal.clinic.fills.models import Aspirate, RefillVisit
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import READS
from thecal.clinic.record.sections import Section, enter
from thecal.therapy.refill.residual import ResidualCheck, judge_residual
from thecal.units import VOLUME, parse

_STEPS = ("aspirates", "investigations", "labels", "rinses", "fills", "watchs", "closes")


def residual(patient: Patient) -> list[str]:
    """What the last aspirates tell of the pump."""
    rows = list(Aspirate.objects.current().of(patient).select_related("visit__device")[:2])
    known = [one for one in reversed(rows) if one.expected and one.delivered]
    if not rows or rows[0] not in known:
        return []
    checks = tuple(
        ResidualCheck(*(parse(text, VOLUME) for text in (one.delivered, one.expected, one.volume)))
        for one in known
    )
    found = judge_residual(checks, devices.pump(rows[0].visit.device.model))
    return [f"{one.severity} {one.code}: {one.message}" for one in found]


def _refills(patient: Patient) -> Mapping[str, Any]:
    visits = RefillVisit.objects.of(patient).select_related("recorded_by", "device")
    return {
        "runs_on": last_fill(patient),
        "residual": residual(patient),
        "visits": [
            (visit, [step for name in _STEPS for step in getattr(visit, name).all()])
            for visit in visits.prefetch_related(*(f"{one}__recorded_by" for one in _STEPS))
        ],
    }


enter(
    Section(
        "refills",
        _("Refills"),
        80,
        "fills/section.html",
        _refills,
        actions=(
            "fills.begin",
            "fills.aspirate",
            "fills.investigate",
            "fills.read-label",
            "fills.rinse",
            "fills.correct",
            "fills.fill",
            "fills.watch",
            "fills.close",
        ),
        roles=READS,
    )
)
