"""What lists need of the pathway: the stage, the open tasks, and when the time alone changes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q

from thecal import __version__, care
from thecal.care.clock import end_of_day, local_day
from thecal.clinic.pathway import figures
from thecal.clinic.pathway.history import history_of
from thecal.clinic.pathway.kinds import calls, worklist_of
from thecal.clinic.pathway.models import NEVER, OpenTask
from thecal.clinic.patients.models import Patient
from thecal.clinic.record.projections import project, renew
from thecal.clinic.record.tallies import tally

_PRESSING = {urgency: number for number, urgency in enumerate(care.Urgency)}
_PASSED = timedelta(seconds=1)
"""A limit has passed only after its last second."""


@tally(Patient, "stage")
def by_stage(stage: str) -> Iterator[str]:
    """A patient by their stage."""
    yield f"stage:{stage}"


@tally(OpenTask, "code", "overdue")
def by_kind(code: str, overdue: int) -> Iterator[str]:
    """A task by its kind, and once more if it is overdue."""
    yield f"task:{code}"
    if overdue:
        yield f"overdue:{code}"


@project
def on_the_pathway(patient: Patient, now: datetime) -> Mapping[str, Any]:
    """Empty until somebody has recorded what is treated."""
    history = history_of(patient)
    if history is None:
        _keep(patient, {})
        return {"stage": "", "next_due": None, "renew_at": None, **_judged(now)}
    pathway = care.follow(history, now, figures.in_force())
    _keep(patient, {one.key: _row(patient, one, now) for one in pathway.tasks})
    due = [one.due for one in pathway.tasks if one.due is not None]
    return {
        "stage": str(pathway.stage),
        "next_due": min(due, default=None),
        "renew_at": renew_at(pathway, ZoneInfo(settings.TIME_ZONE)),
        **_judged(now),
    }


def _judged(now: datetime) -> Mapping[str, Any]:
    return {"judged_at": now, "judged_by": judge()}


def judge() -> str:
    """By what everything is judged now: this version and the clinic's figures."""
    own = sha256(figures.text_in_force().encode("utf-8")).hexdigest()
    return f"{__version__} {own}"


def renew_stale(now: datetime) -> int:
    """Renew each patient for whom time has passed, or whom something else judged; how many.

    A clock that was set back has judged them in what is now the future.

    Each is a transaction of its own: stopped in between, the next run goes on.
    """
    passed = Q(renew_at__lte=now) | Q(judged_at__gt=now) | ~Q(judged_by=judge())
    rows = Patient.objects.filter(passed).order_by("renew_at", "pk")
    keys = list(rows.values_list("pk", flat=True))
    for key in keys:
        renew(key, now)
    return len(keys)


def renew_at(pathway: care.Pathway, zone: ZoneInfo) -> datetime | None:
    """When the time alone may change what follows: an instant of a task, at the latest midnight.

    None where nothing is to be done: then no time changes it.
    """
    if not pathway.tasks:
        return None
    midnight = end_of_day(local_day(pathway.at, zone), zone) + _PASSED
    coming = (at for one in pathway.tasks for at in _instants(one))
    return min([midnight, *(at for at in coming if at > pathway.at)])


def _instants(one: care.Task) -> Iterator[datetime]:
    yield from (at for at in (one.earliest, *one.reminders) if at)
    yield from (at + _PASSED for at in (one.due, one.latest) if at)


def _row(patient: Patient, one: care.Task, now: datetime) -> OpenTask:
    limit = one.latest or one.due
    return OpenTask(
        patient=patient,
        clinic_id=patient.clinic_id,
        key=one.key,
        code=one.code,
        title=one.title,
        reason=one.reason,
        urgency=str(one.urgency),
        pressing=_PRESSING[one.urgency],
        raised=one.raised,
        earliest=one.earliest,
        due=one.due,
        latest=one.latest,
        limit=limit,
        undated=one.undated,
        reminders=[at.isoformat() for at in one.reminders],
        told_from=min(filter(None, (*one.reminders, one.earliest, one.due)), default=one.raised),
        soonest=one.due or NEVER,
        worklist=worklist_of(one.code).value,
        calls=int(calls(one.code, one.urgency)),
        overdue=int(limit is not None and limit < now),
    )


def _keep(patient: Patient, wanted: Mapping[str, OpenTask]) -> None:
    """Let the rows be these; those that are so already are not touched."""
    there = {one.key: one for one in OpenTask.objects.filter(patient=patient)}
    gone = [one.pk for key, one in there.items() if key not in wanted]
    changed = [_onto(there[key], one) for key, one in wanted.items() if key in there]
    if gone:
        OpenTask.objects.filter(pk__in=gone).delete()
    for row in filter(None, changed):
        row.save()
    OpenTask.objects.bulk_create(one for key, one in wanted.items() if key not in there)


def _onto(row: OpenTask, wanted: OpenTask) -> OpenTask | None:
    """The row with what differs put onto it; None if nothing does."""
    names = [one.attname for one in OpenTask._meta.concrete_fields if not one.primary_key]
    differing = [name for name in names if getattr(row, name) != getattr(wanted, name)]
    for name in differing:
        setattr(row, name, getattr(wanted, name))
    return row if differing else None
