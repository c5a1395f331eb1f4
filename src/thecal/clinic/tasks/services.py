"""What can be done with tasks: say that one is done, see what is due in the clinic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from thecal import care
from thecal.clinic.pathway import figures
from thecal.clinic.pathway.history import history_of
from thecal.clinic.pathway.recording import records
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import CLINICAL, READS
from thecal.clinic.record import tallies
from thecal.clinic.record.actions import About
from thecal.clinic.record.doing import Doing
from thecal.clinic.record.orders import Nothing
from thecal.clinic.record.refusals import ConflictError
from thecal.clinic.record.services import reads
from thecal.clinic.tasks import worklists
from thecal.clinic.tasks.models import TaskDone
from thecal.clinic.tasks.orders import TaskDoneOrder, TaskList, Which, Worklist

ON_A_PAGE = 50


def open_tasks(patient: Patient, now: datetime) -> tuple[care.Task, ...]:
    """The patient's open tasks, the most pressing first."""
    history = history_of(patient)
    return care.follow(history, now, figures.in_force()).tasks if history else ()


def closable(patient: Patient, now: datetime) -> tuple[care.Task, ...]:
    """Those that a person closes by saying so; of the others a fact has to speak."""
    cards = care.task_cards()
    return tuple(one for one in open_tasks(patient, now) if cards[one.code].a_person_may_close_it)


def _is_open(doing: Doing, order: TaskDoneOrder) -> None:
    if order.key not in {one.key for one in closable(doing.patient, doing.now)}:
        raise ConflictError("no such task is open, or only the fact itself closes it")


close = records(
    "tasks.close-task",
    "Say that a task is done",
    TaskDone,
    TaskDoneOrder,
    CLINICAL,
    before=_is_open,
)


@dataclass(frozen=True, slots=True)
class DueList:
    """One page of a clinic's patients by what is due next."""

    patients: list[Patient]
    number: int
    has_more: bool
    now: datetime


@reads("tasks.list", "See what is due", READS, about=About.CLINIC)
def due(doing: Doing, order: TaskList) -> DueList:
    """A clinic's patients for whom something is due, the soonest first."""
    rows = Patient.objects.filter(clinic=doing.clinic, next_due__isnull=False)
    start = (order.page - 1) * ON_A_PAGE
    found = list(rows.order_by("next_due", "pk")[start : start + ON_A_PAGE + 1])
    shown = found[:ON_A_PAGE]
    doing.tell(patients=[one.pk for one in shown], page=order.page)
    return DueList(shown, order.page, len(found) > ON_A_PAGE, doing.now)


@dataclass(frozen=True, slots=True)
class Work:
    """One page of a clinic's open tasks of one list."""

    tasks: list[worklists.Listed]
    number: int
    has_more: bool
    now: datetime


_LISTS = {
    Which.OBSERVATIONS: worklists.observations,
    Which.REFILLS: worklists.refills,
    Which.ALARMS: worklists.alarms,
    Which.OVERDUE: worklists.overdue,
    Which.EMERGENCIES: worklists.emergencies,
}


@reads("tasks.worklist", "See a clinic's open tasks", READS, about=About.CLINIC)
def worklist(doing: Doing, order: Worklist) -> Work:
    """One page of observations, refills, alarms, or what is overdue or an emergency."""
    start = (order.page - 1) * ON_A_PAGE
    found = _LISTS[order.which](doing.clinic, doing.now, start, ON_A_PAGE + 1)
    shown = found[:ON_A_PAGE]
    whose = sorted({str(one.patient) for one in shown})
    doing.tell(which=order.which.value, patients=whose, page=order.page)
    return Work(shown, order.page, len(found) > ON_A_PAGE, doing.now)


@dataclass(frozen=True, slots=True)
class Tally:
    """A clinic in numbers: patients by stage, open tasks by kind."""

    stages: list[worklists.StageCount]
    tasks: list[worklists.TaskCount]
    now: datetime


@reads("tasks.count", "Count a clinic's patients and tasks", READS, about=About.CLINIC)
def tally(doing: Doing, order: Nothing) -> Tally:  # noqa: ARG001
    """Patients by stage and open tasks by kind; of nobody in particular."""
    counted = tallies.of(doing.clinic)
    tasks = worklists.counts(doing.clinic, counted, doing.now)
    return Tally(worklists.stages(counted), tasks, doing.now)
