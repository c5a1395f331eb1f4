"""Which steps a task has reached at an instant, and whom each tells: ``steps.toml`` beside this."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from importlib.resources import files

from django.utils import timezone
from pydantic import BaseModel, ConfigDict, Field

from thecal.care import Urgency
from thecal.clinic.pathway.kinds import OBSERVATIONS
from thecal.clinic.pathway.models import OpenTask
from thecal.clinic.people.roles import Role
from thecal.clinic.reminders.models import Step
from thecal.units import DURATION, Provenance, parse

REFILL, MISSED = "refill", "refill.missed"
_BEFORE = (Step.FIRST, Step.SECOND, Step.THIRD, Step.LATEST)


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Delays(_Strict):
    """How long after a task's limit it counts as overdue, and as still overdue."""

    overdue_after: str
    still_after: str
    source: str = Field(min_length=1)
    provenance: Provenance

    @property
    def overdue(self) -> timedelta:
        """After the limit."""
        return timedelta(seconds=float(parse(self.overdue_after, DURATION)))

    @property
    def still(self) -> timedelta:
        """After the limit."""
        return timedelta(seconds=float(parse(self.still_after, DURATION)))


class _Emergency(_Strict):
    tells: frozenset[Role]


class Escalation(_Strict):
    """The file."""

    tells: dict[Step, frozenset[Role]]
    emergency: _Emergency
    bedside: Delays
    other: Delays


@lru_cache(maxsize=1)
def escalation() -> Escalation:
    """Read once."""
    text = files(__package__).joinpath("steps.toml").read_text(encoding="utf-8")
    return Escalation(**tomllib.loads(text))


@dataclass(frozen=True, slots=True)
class Due:
    """A step that a task has reached.

    Attributes:
        limit: the local day of the task's limit, None without one.
    """

    task: OpenTask
    step: Step
    limit: date | None

    @property
    def about(self) -> str:
        """The task, the same for ever: a missed refill is the one that was due."""
        return about(self.task)

    @property
    def key(self) -> str:
        """The same for the same step of the same task, for ever."""
        return f"{self.about}:{self.step.value}"


def about(task: OpenTask) -> str:
    """A task's key that it keeps as it gets graver."""
    if task.code in {REFILL, MISSED}:
        return f"{task.patient_id}:{REFILL}:{task.raised.isoformat()}"
    return f"{task.patient_id}:{task.key}"


def tells(due: Due) -> frozenset[Role]:
    """Who is told."""
    told = escalation().tells[due.step]
    is_grave = due.task.urgency == Urgency.EMERGENCY.value
    return told | escalation().emergency.tells if is_grave else told


def reached(task: OpenTask, now: datetime) -> list[Due]:
    """The steps that a task has reached, the gravest last."""
    limit = timezone.localdate(task.limit) if task.limit else None
    if task.limit is None:
        steps = [Step.UNDATED] if _is_told_without_a_date(task) else []
    elif task.code in {REFILL, MISSED}:
        steps = list(_of_a_refill(task, now))
    else:
        steps = [step for step, at in _of_another(task) if at <= now]
    return [Due(task, step, limit) for step in steps]


def _is_told_without_a_date(task: OpenTask) -> bool:
    """What is not urgent and has no date waits on the page for whoever looks."""
    return task.code == REFILL or task.urgency in {Urgency.EMERGENCY.value, Urgency.URGENT.value}


def _of_a_refill(task: OpenTask, now: datetime) -> Iterator[Step]:
    if task.code == MISSED:
        yield from (*_BEFORE, Step.MISSED)
        return
    told = [datetime.fromisoformat(text) for text in task.reminders]
    for step, at in zip(_BEFORE[-len(told) :] if told else (), told, strict=True):
        if at <= now:
            yield step


def _of_another(task: OpenTask) -> Iterator[tuple[Step, datetime]]:
    is_bedside = task.code in OBSERVATIONS
    delays = escalation().bedside if is_bedside else escalation().other
    if task.earliest and task.due and task.earliest < task.due:
        yield Step.OPENS, task.earliest
    if task.due and not is_bedside:
        yield Step.DUE, task.due
    if task.limit:
        yield Step.OVERDUE, task.limit + delays.overdue + timedelta(seconds=1)
        yield Step.STILL, task.limit + delays.still
