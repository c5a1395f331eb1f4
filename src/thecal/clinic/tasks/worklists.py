"""A clinic's open tasks as lists: by kind, by what is overdue, and patients by stage.

Every function reads indexed rows that each write keeps up to date, so that a clinic of ten
thousand patients is as fast as one of ten. Services tell the trail whose rows were shown.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from thecal.clinic.pathway.models import OpenTask
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import Clinic

OBSERVATIONS = frozenset(
    {
        "observation.next",
        "observation.interval",
        "observation.sedation",
        "observation.changeover",
        "screening.assess",
        "screening.next",
        "trial.measure",
        "refill.watch",
        "refill.overdose",
    }
)
"""What is done at the bedside now."""
REFILLS = frozenset({"refill", "refill.missed", "refill.unknown", "mri.refill"})
"""What a refill settles."""
ALARMS = frozenset(
    {
        "pump.alarm",
        "program.unknown",
        "program.mismatch",
        "mri.not-recovered",
        "mri.program-altered",
    }
)
"""What a pump asks for."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One open task and whose it is.

    Attributes:
        reminder: when somebody is first told; None if there is no such date.
        limit: when it is overdue, None without a date.
        minutes: until it is due; below zero once that has passed, None without a date.
        is_overdue: whether its last instant has passed.
        undated: why it has no date.
    """

    patient: UUID
    number: str
    name: str
    stage: str
    code: str
    key: str
    title: str
    reason: str
    urgency: str
    raised: datetime
    earliest: datetime | None
    reminder: datetime | None
    due: datetime | None
    latest: datetime | None
    limit: datetime | None
    minutes: int | None
    is_overdue: bool
    undated: str


@dataclass(frozen=True, slots=True)
class StageCount:
    """How many of a clinic's patients are at a stage; the empty one: nothing is recorded yet."""

    stage: str
    patients: int


@dataclass(frozen=True, slots=True)
class TaskCount:
    """How many tasks of a kind are open, and how many of them overdue."""

    code: str
    open: int
    overdue: int


def observations(clinic: Clinic, now: datetime, start: int = 0, most: int = 50) -> list[Listed]:
    """Observations under way, the next due first; those without a published interval last."""
    return _listed(_of(clinic, OBSERVATIONS).order_by(_SOONEST, "pk"), now, start, most)


def refills(clinic: Clinic, now: datetime, start: int = 0, most: int = 50) -> list[Listed]:
    """Refills, those without a date at the top, then the nearest latest safe day first."""
    rows = _of(clinic, REFILLS).order_by(F("limit").asc(nulls_first=True), "pk")
    return _listed(rows, now, start, most)


def alarms(clinic: Clinic, now: datetime, start: int = 0, most: int = 50) -> list[Listed]:
    """What pumps ask for: alarms, outcomes that nobody knows; the most pressing first."""
    return _listed(_of(clinic, ALARMS).order_by("pressing", _SOONEST, "pk"), now, start, most)


def overdue(clinic: Clinic, now: datetime, start: int = 0, most: int = 50) -> list[Listed]:
    """Every task whose last instant has passed, the longest ago first."""
    rows = OpenTask.objects.filter(clinic=clinic, limit__lt=now).order_by("limit", "pk")
    return _listed(rows, now, start, most)


def due_until(
    clinic: Clinic,
    until: datetime,
    now: datetime,
    start: int = 0,
    most: int = 50,
    without: Collection[str] = (),
) -> list[Listed]:
    """Every task that is due by an instant, overdue ones too, the soonest first.

    Args:
        clinic: whose.
        until: the instant.
        now: by which minutes are counted.
        start: how many to leave out first.
        most: how many at most.
        without: kinds that are listed elsewhere.
    """
    rows = OpenTask.objects.filter(clinic=clinic, due__lte=until).exclude(code__in=without)
    return _listed(rows.order_by("due", "pk"), now, start, most)


def emergencies(clinic: Clinic, now: datetime, start: int = 0, most: int = 50) -> list[Listed]:
    """Every task that must be begun at once."""
    rows = OpenTask.objects.filter(clinic=clinic, pressing=0).order_by(_SOONEST, "pk")
    return _listed(rows, now, start, most)


def stages(clinic: Clinic) -> list[StageCount]:
    """A clinic's patients by stage."""
    rows = Patient.objects.filter(clinic=clinic).order_by().values("stage")
    return [
        StageCount(one["stage"], one["patients"])
        for one in rows.annotate(patients=Count("pk")).order_by("stage")
    ]


def counts(clinic: Clinic, now: datetime) -> list[TaskCount]:
    """A clinic's open tasks by kind."""
    rows = OpenTask.objects.filter(clinic=clinic).order_by().values("code")
    late = Count("pk", filter=Q(limit__lt=now))
    return [
        TaskCount(one["code"], one["open"], one["overdue"])
        for one in rows.annotate(open=Count("pk"), overdue=late).order_by("code")
    ]


_SOONEST: Any = F("due").asc(nulls_last=True)


def _of(clinic: Clinic, codes: Collection[str]) -> QuerySet[OpenTask]:
    return OpenTask.objects.filter(clinic=clinic, code__in=codes)


def _listed(rows: QuerySet[OpenTask], now: datetime, start: int, most: int) -> list[Listed]:
    return [_shown(one, now) for one in rows.select_related("patient")[start : start + most]]


def _shown(one: OpenTask, now: datetime) -> Listed:
    return Listed(
        patient=one.patient_id,
        number=one.patient.number,
        name=str(one.patient),
        stage=one.patient.stage,
        code=one.code,
        key=one.key,
        title=one.title,
        reason=one.reason,
        urgency=one.urgency,
        raised=one.raised,
        earliest=one.earliest,
        reminder=datetime.fromisoformat(one.reminders[0]) if one.reminders else None,
        due=one.due,
        latest=one.latest,
        limit=one.limit,
        minutes=(one.due - now) // timedelta(minutes=1) if one.due else None,
        is_overdue=one.limit is not None and now > one.limit,
        undated=one.undated,
    )
