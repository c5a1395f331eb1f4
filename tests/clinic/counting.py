"""A clinic's counts from the rows themselves, beside those that are kept."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from thecal.care import Stage
from thecal.clinic.fills.models import Fill
from thecal.clinic.pathway.models import OpenTask
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import Clinic
from thecal.clinic.record import tallies
from thecal.clinic.tasks import worklists

_AROUND = [timedelta(days=days) for days in (-400, -1, 0, 2, 400)]


def counts_hold(clinic: Clinic, now: datetime) -> None:
    """What is kept is what the rows say, now, before and later."""
    kept = tallies.of(clinic)
    patients = list(Patient.objects.filter(clinic=clinic))
    assert kept.get("stage", {}) == Counter(one.stage for one in patients)
    assert kept.get("fill", {}) == Counter(day for one in patients for day in _runs_until(one))
    for at in (now + around for around in _AROUND):
        found = {one.code: (one.open, one.overdue) for one in worklists.counts(clinic, kept, at)}
        assert found == _tasks(clinic, at)


def _runs_until(patient: Patient) -> list[str]:
    """The nearest limit of the fill that a patient runs on; none if there is no such fill."""
    fills = list(Fill.objects.current().filter(patient=patient))
    if not fills or patient.stage in (Stage.EXPLANTED, Stage.ENDED):
        return []
    last = max(fills, key=lambda one: (one.happened_at, one.recorded_at))
    near = last.latest_safe or last.refill_due
    return [str(near) if near else ""]


def _tasks(clinic: Clinic, at: datetime) -> dict[str, tuple[int, int]]:
    rows = list(OpenTask.objects.filter(clinic=clinic))
    late = Counter(one.code for one in rows if one.limit is not None and one.limit < at)
    return {code: (many, late[code]) for code, many in Counter(one.code for one in rows).items()}
