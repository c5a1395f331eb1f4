"""Raising reminders: each step of each open task once, whatever the clock does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from django.db import transaction
from django.utils import timezone

from thecal import care
from thecal.clinic.audit.canonical import digest
from thecal.clinic.audit.chain import Deed, append
from thecal.clinic.fills.models import Fill
from thecal.clinic.pathway.models import OpenTask
from thecal.clinic.pathway.projections import renew_stale
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import Membership, User
from thecal.clinic.reminders.models import Letter, Reminder
from thecal.clinic.reminders.steps import MISSED, REFILL, Due, reached, tells

RAISE = "reminders.raise"
_BATCH = 500


def raise_all(now: datetime | None = None) -> int:
    """Raise whatever is due and was not raised; how many were.

    What follows from the time alone is renewed first. Each task is a transaction of its own, with
    its event: killed in between, the next run raises the rest. A clock that was set back or
    forward raises nothing twice, and leaves nothing out.
    """
    when = now or timezone.now()
    renew_stale(when)
    return sum(_raise(task, when) for task in _not_told(when))


def _not_told(when: datetime) -> Iterator[OpenTask]:
    """The tasks with a step that was reached and not told of."""
    rows = OpenTask.objects.filter(told_from__lte=when).order_by("pk").iterator(_BATCH)
    while batch := list(islice(rows, _BATCH)):
        due = {task.pk: [one.key for one in reached(task, when)] for task in batch}
        known = _known(key for keys in due.values() for key in keys)
        yield from (task for task in batch if not known.issuperset(due[task.pk]))


def _known(keys: Iterable[str]) -> set[str]:
    return set(Reminder.objects.filter(key__in=list(keys)).values_list("key", flat=True))


def _raise(task: OpenTask, when: datetime) -> int:
    with transaction.atomic():
        Patient.objects.select_for_update(of=("self",)).get(pk=task.patient_id)
        still = OpenTask.objects.select_related("patient").filter(pk=task.pk).first()
        if still is None:
            return 0
        due = reached(still, when)
        known = _known(one.key for one in due)
        new = [one for one in due if one.key not in known]
        made = [_written(one, when) for one in new]
        if made:
            _tell(still, [*made, *_letters(new[-1], made[-1])])
    return len(made)


def _written(due: Due, when: datetime) -> Reminder:
    reminder = Reminder(
        key=due.key,
        patient=due.task.patient,
        about=due.about,
        code=due.task.code,
        fill=_fill_of(due.task),
        step=due.step.value,
        limit=due.limit,
        raised_at=when,
        text=_said(due),
    )
    reminder.save()
    return reminder


def _fill_of(task: OpenTask) -> Fill | None:
    """The fill that runs out, where that is the task."""
    if task.code not in {REFILL, MISSED}:
        return None
    rows = Fill.objects.current().filter(patient=task.patient_id, happened_at=task.raised)
    return rows.first()


def _said(due: Due) -> str:
    """Without name or drug: an e-mail is read by others too."""
    title = care.task_cards()[due.task.code].title
    head = f"Record {due.task.patient.number}: {title}. {due.step.label}."
    if due.limit is None:
        return f"{head} No date is known."
    if due.task.code in {REFILL, MISSED}:
        kind = "latest safe day" if due.task.latest else "nominal day (latest safe: unknown)"
        return f"{head} The {kind} is {due.limit}."
    return f"{head} At the latest: {timezone.localtime(due.task.limit):%Y-%m-%d %H:%M}."


def _letters(due: Due, reminder: Reminder) -> list[Letter]:
    """One to each person; of several steps reached at once only the gravest is posted."""
    roles = [role.value for role in tells(due)]
    held = Membership.objects.filter(
        clinic=due.task.clinic_id, role__in=roles, until=None, user__is_active=True
    )
    people = User.objects.filter(pk__in=held.values("user")).exclude(email="").order_by("pk")
    made = [
        Letter(key=f"{reminder.key}:{one.pk}", reminder=reminder, to=one, address=one.email)
        for one in people
    ]
    for one in made:
        one.save()
    return made


def _tell(task: OpenTask, rows: Sequence[Reminder | Letter]) -> None:
    written = [{"kind": row._meta.label, "id": str(row.pk), "digest": digest(row)} for row in rows]
    append(Deed(RAISE, clinic=task.clinic_id, patient=task.patient_id), {"entries": written})
