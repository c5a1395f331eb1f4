"""A clinic's open tasks as lists: by kind, by what is overdue, and patients by stage.

Every function reads a range of an index, or counts that each write keeps up to date, so that a
clinic of ten thousand patients is as fast as one of ten. Services tell the trail whose rows were
shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, QuerySet

from thecal.clinic.pathway.kinds import ALARMS, Worklist
from thecal.clinic.pathway.models import NEVER, OpenTask
from thecal.clinic.patients.models import NAMED
from thecal.clinic.people.models import Clinic

Counted = Mapping[str, Mapping[str, int]]
"""A clinic's counts, as ``record.tallies`` has them."""


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
    rows = _on(clinic, Worklist.OBSERVATIONS).order_by("soonest", "pk")
    return _listed(rows, now, start, most)


def refills(clinic: Clinic, now: datetime, start: int = 0, most: int = 50) -> list[Listed]:
    """Refills, those without a date at the top, then the nearest latest safe day first."""
    rows = _on(clinic, Worklist.REFILLS).order_by(F("limit").asc(nulls_first=True), "pk")
    return _listed(rows, now, start, most)


def undated_refills(clinic: Clinic, now: datetime, most: int = 50) -> list[Listed]:
    """Refills without a date."""
    rows = _on(clinic, Worklist.REFILLS).filter(soonest=NEVER, limit=None)
    return _listed(rows.order_by("pk"), now, 0, most)


def alarms(clinic: Clinic, now: datetime, start: int = 0, most: int = 50) -> list[Listed]:
    """What pumps ask for: alarms, outcomes that nobody knows; the most pressing first."""
    rows = OpenTask.objects.filter(clinic=clinic, code__in=ALARMS)
    return _listed(rows.order_by("pressing", "soonest", "pk"), now, start, most)


def calling(clinic: Clinic, now: datetime, most: int = 50) -> list[Listed]:
    """Emergencies and what pumps ask for, the most pressing first; not what stands by its pump."""
    rows = OpenTask.objects.filter(clinic=clinic, calls=1)
    return _listed(rows.order_by("pressing", "soonest", "pk"), now, 0, most)


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
    on: Worklist = Worklist.OTHERS,
) -> list[Listed]:
    """The tasks of a list that are due by an instant, overdue ones too, the soonest first.

    Args:
        clinic: whose.
        until: the instant.
        now: by which minutes are counted.
        start: how many to leave out first.
        most: how many at most.
        on: which list.
    """
    rows = _on(clinic, on).filter(soonest__lte=until)
    return _listed(rows.order_by("soonest", "pk"), now, start, most)


def emergencies(clinic: Clinic, now: datetime, start: int = 0, most: int = 50) -> list[Listed]:
    """Every task that must be begun at once."""
    rows = OpenTask.objects.filter(clinic=clinic, pressing=0).order_by("soonest", "pk")
    return _listed(rows, now, start, most)


def stages(counted: Counted) -> list[StageCount]:
    """Patients by stage, of a clinic's counts."""
    return [StageCount(stage, patients) for stage, patients in counted["stage"].items()]


def counts(clinic: Clinic, counted: Counted, now: datetime) -> list[TaskCount]:
    """Open tasks by kind, of a clinic's counts and of what has come due since each was judged."""
    overdue = Counter(counted["overdue"])
    rows = OpenTask.objects.filter(clinic=clinic).order_by().values("code", "overdue")
    rows = rows.annotate(count=Count("pk"))
    passed, ahead = rows.filter(overdue=0, limit__lt=now), rows.filter(overdue=1, limit__gte=now)
    for one in passed.union(ahead, all=True):
        overdue[one["code"]] += -one["count"] if one["overdue"] else one["count"]
    return [TaskCount(code, count, overdue[code]) for code, count in counted["task"].items()]


_OF_THE_TASK = (
    *("code", "key", "title", "reason", "urgency", "undated"),
    *("raised", "earliest", "reminders", "due", "latest", "limit"),
)
_READ = (*_OF_THE_TASK, *(f"patient__{name}" for name in (*NAMED, "stage")))
"""What a list shows; the other columns are not read."""


def _on(clinic: Clinic, worklist: Worklist) -> QuerySet[OpenTask]:
    return OpenTask.objects.filter(clinic=clinic, worklist=worklist.value)


def _listed(rows: QuerySet[OpenTask], now: datetime, start: int, most: int) -> list[Listed]:
    found = rows.select_related("patient").only(*_READ)[start : start + most]
    return [_shown(one, now) for one in found]


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
