"""What can be asked of today: all of it, and the part that changes by the minute."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from thecal.clinic.patients.models import NAMED
from thecal.clinic.people.models import Clinic
from thecal.clinic.people.roles import READS
from thecal.clinic.record import tallies
from thecal.clinic.record.actions import About
from thecal.clinic.record.doing import Doing
from thecal.clinic.record.orders import Nothing
from thecal.clinic.record.services import reads
from thecal.clinic.reminders.models import Reminder
from thecal.clinic.reminders.services import running_on
from thecal.clinic.tasks import worklists
from thecal.clinic.tasks.worklists import Listed, StageCount, TaskCount
from thecal.clinic.today.models import Concern

ROWS = 25
"""As many of each list; the lists' own pages have the others."""
SOON = timedelta(days=1)
"""Tasks that are due within a day are today's."""
_WHO = tuple(f"patient__{name}" for name in NAMED)
"""What is read of a patient whom a list names."""
_OF_A_FILL = ("fill__latest_safe", "fill__refill_due", *_WHO)
_OF_A_CONCERN = ("kind", "text", "since", *_WHO)


@dataclass(frozen=True, slots=True)
class Seen:
    """A pump that somebody must see to."""

    patient: UUID
    number: str
    name: str
    kind: str
    text: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Now:
    """What changes by the minute.

    Attributes:
        observations: those under way, the next due first.
        pumps: alarms and sessions of which nobody knows what became, the newest first.
        asked: tasks that an alarm or an emergency raised.
    """

    observations: list[Listed]
    pumps: list[Seen]
    asked: list[Listed]
    now: datetime


@dataclass(frozen=True, slots=True)
class Raised:
    """The last reminder of a patient's fill."""

    patient: UUID
    step: str
    raised_at: datetime


@dataclass(frozen=True, slots=True)
class Refill:
    """What a patient runs on, and until when.

    Attributes:
        latest_safe: the latest safe day; None if it is not known.
        due: the day at nominal accuracy; None if it is not known.
        undated: why no day is known; empty if one is.
    """

    patient: UUID
    number: str
    name: str
    latest_safe: date | None
    due: date | None
    undated: str = ""


@dataclass(frozen=True, slots=True)
class Today:
    """A clinic's day.

    Attributes:
        refills: those without a date first, then the nearest latest safe day.
        running: how many patients run on a fill, and how many of them beyond its limit.
        reminders: the last that was raised for each patient among the refills.
        tasks: the others that are due within a day, or were, the soonest first.
        stages: all patients by stage.
        counts: all open tasks by kind.
    """

    at_once: Now
    refills: list[Refill]
    running: int
    run_over: int
    reminders: list[Raised]
    tasks: list[Listed]
    stages: list[StageCount]
    counts: list[TaskCount]
    now: datetime


@reads("today.now", "See what is due in minutes", READS, about=About.CLINIC)
def now(doing: Doing, order: Nothing) -> Now:  # noqa: ARG001
    """Observations under way, alarms and unknown outcomes."""
    found = _now(doing.clinic, doing.now)
    doing.tell(patients=_whose(found.observations, found.pumps, found.asked))
    return found


@reads("today.show", "See the clinic's day", READS, about=About.CLINIC)
def show(doing: Doing, order: Nothing) -> Today:  # noqa: ARG001
    """Who is due and overdue, what is under way, and how many patients are where."""
    clinic, at = doing.clinic, doing.now
    at_once, refills = _now(clinic, at), _refills(clinic, at)
    counted = tallies.of(clinic)
    tasks = worklists.due_until(clinic, at + SOON, at, most=ROWS)
    whose = _whose(at_once.observations, at_once.pumps, at_once.asked, refills, tasks)
    doing.tell(patients=whose)
    return Today(
        at_once,
        refills,
        sum(counted["fill"].values()),
        _over(counted["fill"], timezone.localdate(at)),
        _reminders([one.patient for one in refills]),
        tasks,
        worklists.stages(counted),
        worklists.counts(clinic, counted, at),
        at,
    )


def _now(clinic: Clinic, at: datetime) -> Now:
    return Now(
        worklists.observations(clinic, at, most=ROWS),
        _pumps(clinic),
        worklists.calling(clinic, at, most=2 * ROWS),
        at,
    )


def _pumps(clinic: Clinic) -> list[Seen]:
    rows = Concern.objects.filter(clinic=clinic).select_related("patient").only(*_OF_A_CONCERN)
    return [
        Seen(one.patient_id, one.patient.number, str(one.patient), one.kind, one.text, one.since)
        for one in rows.order_by("-since")[: 2 * ROWS]
    ]


def _over(fills: Mapping[str, int], today: date) -> int:
    """How many of the fills, counted by their nearest limit, are beyond it."""
    limit = today.isoformat()
    return sum(count for near, count in fills.items() if near and near < limit)


def _refills(clinic: Clinic, at: datetime) -> list[Refill]:
    """Pumps of which no fill is known, then the fills; not only of patients on the pathway."""
    fills = [
        Refill(
            one.patient_id,
            one.patient.number,
            str(one.patient),
            one.fill.latest_safe,
            one.fill.refill_due,
        )
        for one in running_on(clinic).select_related("patient", "fill").only(*_OF_A_FILL)[:ROWS]
    ]
    known = {one.patient for one in fills}
    unknown = [
        Refill(one.patient, one.number, one.name, None, None, one.undated)
        for one in worklists.undated_refills(clinic, at, most=ROWS)
        if one.patient not in known
    ]
    return [*unknown, *fills]


def _reminders(patients: list[UUID]) -> list[Raised]:
    rows = Reminder.objects.filter(patient__in=patients, fill__isnull=False).order_by("raised_at")
    last = {one[0]: one for one in rows.values_list("patient", "step", "raised_at")}
    return [Raised(*one) for one in last.values()]


def _whose(*lists: Iterable[Listed | Seen | Refill]) -> list[str]:
    return sorted({str(one.patient) for rows in lists for one in rows})
