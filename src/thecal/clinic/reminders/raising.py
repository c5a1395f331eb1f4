"""Which reminders a day asks for, and raising them: once each, whatever the clock does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from thecal import care
from thecal.clinic.audit.canonical import digest
from thecal.clinic.audit.chain import Deed, append, take_the_pen
from thecal.clinic.fills.models import Fill
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import Membership, User
from thecal.clinic.people.roles import Role
from thecal.clinic.reminders.models import Letter, Reminder, Step

RAISE = "reminders.raise"
_FIGURES = {
    Step.FIRST: "refill-reminder-first",
    Step.SECOND: "refill-reminder-second",
    Step.THIRD: "refill-reminder-third",
}
_TOLD = {
    Step.UNDATED: {Role.PHYSICIAN, Role.NURSE},
    Step.FIRST: {Role.NURSE},
    Step.SECOND: {Role.NURSE},
    Step.THIRD: {Role.NURSE, Role.PHYSICIAN},
    Step.LATEST: {Role.NURSE, Role.PHYSICIAN, Role.PHARMACIST},
    Step.MISSED: {Role.NURSE, Role.PHYSICIAN, Role.PHARMACIST, Role.ADMINISTRATOR},
}
"""Who is told at each step: more people as it gets graver."""


@dataclass(frozen=True, slots=True)
class Due:
    """A step that a fill has reached."""

    fill: Fill
    step: Step
    limit: date | None

    @property
    def key(self) -> str:
        """The same for the same step of the same fill, for ever."""
        return f"{self.fill.pk}:{self.step.value}"


def running_fills() -> Iterator[Fill]:
    """Each patient's last fill that stands."""
    rows = Fill.objects.current().select_related("patient__clinic", "visit__device")
    last: dict[object, Fill] = {}
    for one in rows.order_by("happened_at", "recorded_at").iterator(chunk_size=500):
        last[one.patient_id] = one
    yield from last.values()


def limit_of(fill: Fill) -> date | None:
    """The latest safe day; the nominal one where that is not known; None where neither is."""
    return fill.latest_safe or fill.refill_due


def reached(fill: Fill, day: date, settings: care.Settings = care.PUBLISHED) -> list[Due]:
    """The steps that a fill has reached on a day, the gravest last."""
    limit = limit_of(fill)
    if limit is None:
        return [Due(fill, Step.UNDATED, None)]
    days = {step: settings.figure(key).days for step, key in _FIGURES.items()}
    starts = {step: limit - timedelta(days=before) for step, before in days.items()}
    starts |= {Step.LATEST: limit, Step.MISSED: limit + timedelta(days=1)}
    return [Due(fill, step, limit) for step, start in starts.items() if start <= day]


def raise_all(now: datetime | None = None) -> int:
    """Raise whatever is due and was not raised; how many were.

    Each fill is a transaction of its own, with its event: killed in between, the next run raises
    the rest. A clock that was set back or forward raises nothing twice, and leaves nothing out.
    """
    when = now or timezone.now()
    day = timezone.localdate(when)
    return sum(_raise(fill, reached(fill, day), when) for fill in running_fills())


def _raise(fill: Fill, due: list[Due], when: datetime) -> int:
    known = set(Reminder.objects.filter(fill=fill).values_list("step", flat=True))
    if all(one.step in known for one in due):
        return 0
    with transaction.atomic():
        take_the_pen()
        Patient.objects.select_for_update(of=("self",)).get(pk=fill.patient_id)
        if _is_over(fill):
            return 0
        known = set(Reminder.objects.filter(fill=fill).values_list("step", flat=True))
        new = [one for one in due if one.step not in known]
        made = [_written(one, when) for one in new]
        letters = _letters(made[-1]) if made else []
        if made:
            _tell(fill, [*made, *letters])
    return len(made)


def _is_over(fill: Fill) -> bool:
    newest = Fill.objects.current().of(fill.patient).first()
    return newest is None or newest.pk != fill.pk


def _written(due: Due, when: datetime) -> Reminder:
    reminder = Reminder(
        key=due.key,
        patient=due.fill.patient,
        fill=due.fill,
        step=due.step.value,
        limit=due.limit,
        raised_at=when,
        text=_said(due),
    )
    reminder.save()
    return reminder


def _said(due: Due) -> str:
    """Without name or drug: an e-mail is read by others too."""
    number = due.fill.patient.number
    if due.limit is None:
        filled = f"{due.fill.happened_at:%Y-%m-%d}"
        return f"Record {number}: no refill date is known for the fill of {filled}."
    safe = (
        "latest safe day" if due.fill.latest_safe else "nominal refill day (latest safe: unknown)"
    )
    passed = " It has passed: see the record at once." if due.step is Step.MISSED else ""
    return f"Record {number}: the {safe} of the refill is {due.limit}.{passed}"


def _letters(reminder: Reminder) -> list[Letter]:
    """One to each person; of several steps reached at once only the gravest is posted."""
    roles = [role.value for role in _TOLD[Step(reminder.step)]]
    held = Membership.objects.filter(
        clinic=reminder.patient.clinic_id, role__in=roles, until=None, user__is_active=True
    )
    people = User.objects.filter(pk__in=held.values("user")).exclude(email="").order_by("pk")
    made = [
        Letter(key=f"{reminder.key}:{one.pk}", reminder=reminder, to=one, address=one.email)
        for one in people
    ]
    for one in made:
        one.save()
    return made


def _tell(fill: Fill, rows: list[Reminder | Letter]) -> None:
    written = [{"kind": row._meta.label, "id": str(row.pk), "digest": digest(row)} for row in rows]
    deed = Deed(RAISE, clinic=fill.patient.clinic_id, patient=fill.patient_id)
    append(deed, {"entries": written})
