"""What of a clinic has a date: running fills, scheduled visits, open tasks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from thecal.care import Settings
from thecal.clinic.appointments.models import Appointment, Cancellation
from thecal.clinic.fills.models import Fill
from thecal.clinic.pathway import figures
from thecal.clinic.pathway.kinds import OBSERVATIONS, REFILLS
from thecal.clinic.pathway.models import OpenTask
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import Clinic
from thecal.clinic.pumps.zone import zone
from thecal.clinic.record.entry import Entry

KEPT_BACK = timedelta(days=30)
"""How long a visit that was stays in sight."""
MORNING = time(9)
"""When an alarm of a day rings, in the clinic's zone."""
_REMINDERS = ("refill-reminder-first", "refill-reminder-second", "refill-reminder-third")


@dataclass(frozen=True, slots=True)
class Dated:
    """Something with a date.

    Attributes:
        uid: of the thing itself, the same whoever reads it.
        start: a whole day, or an instant in the clinic's zone.
        end: the day or instant until which it may be done; None if that is not known.
        alarms: instants at which somebody is told.
        changed: when it was last written down.
    """

    uid: str
    kind: str
    patient: Patient
    title: str
    said: str
    start: date
    end: date | None
    changed: datetime
    alarms: tuple[datetime, ...] = field(default=())


def refills(clinic: Clinic, now: datetime) -> Iterator[Dated]:
    """Each running fill, on its latest safe day; one without a date is there every day."""
    for fill in running(clinic):
        limit = fill.latest_safe or fill.refill_due
        yield Dated(
            f"refill-{_root(fill)}",
            "refill",
            fill.patient,
            _("Refill: latest safe day") if limit else _("Refill: no date is known, set one"),
            _refill_said(fill),
            limit or now.astimezone(zone()).date(),
            None,
            fill.recorded_at,
            mornings_before(limit, figures.in_force()) if limit else (),
        )


def running(clinic: Clinic) -> Iterable[Fill]:
    """Each patient's last fill that stands."""
    later = Fill.objects.current().filter(
        patient=OuterRef("patient"), happened_at__gt=OuterRef("happened_at")
    )
    rows = Fill.objects.current().filter(patient__clinic=clinic).filter(~Exists(later))
    return rows.select_related("patient").order_by("pk")


def _root(fill: Fill) -> str:
    """The key of a fill's first writing, so that a correction moves the event and adds none."""
    first: Entry = fill
    while (before := getattr(first, "corrects")) is not None:  # noqa: B009  (see Entry)
        first = before
    return str(first.pk)


def _refill_said(fill: Fill) -> str:
    unknown = _("unknown")
    return _("Filled %(filled)s. Due at nominal accuracy: %(due)s. Latest safe day: %(safe)s.") % {
        "filled": fill.happened_at.astimezone(zone()).date(),
        "due": fill.refill_due or unknown,
        "safe": fill.latest_safe or unknown,
    }


def mornings_before(limit: date, settings: Settings) -> tuple[datetime, ...]:
    """The mornings of the clinic's reminders and of the day itself, whatever the clocks do."""
    before = sorted((settings.figure(key).days for key in _REMINDERS), reverse=True)
    days = [*(limit - timedelta(days=one) for one in before), limit]
    return tuple(datetime.combine(day, MORNING, zone()) for day in days)


def visits(clinic: Clinic, now: datetime) -> Iterator[Dated]:
    """Each procedure that stands in the calendar, the last word on each counting."""
    last: dict[tuple[object, str], Appointment | Cancellation] = {}
    words: list[Appointment | Cancellation] = [
        *Appointment.objects.current().filter(patient__clinic=clinic).select_related("patient"),
        *Cancellation.objects.current().filter(patient__clinic=clinic),
    ]
    for word in sorted(words, key=lambda one: (one.happened_at, one.recorded_at)):
        last[word.patient_id, word.procedure] = word
    for (_patient, procedure), word in last.items():
        if isinstance(word, Appointment) and word.planned >= now - KEPT_BACK:
            yield Dated(
                f"visit-{procedure}-{word.patient_id}",
                "visit",
                word.patient,
                str(word.get_procedure_display()),
                "",
                word.planned.astimezone(zone()),
                None,
                word.recorded_at,
                (word.planned - timedelta(days=1),),
            )


def tasks(clinic: Clinic, now: datetime) -> Iterator[Dated]:  # noqa: ARG001  (as the others)
    """Open tasks with a date; refills have their own, observations are too near for a calendar."""
    rows = OpenTask.objects.filter(clinic=clinic, due__isnull=False)
    rows = rows.exclude(code__in=REFILLS | OBSERVATIONS).select_related("patient")
    for task in rows.order_by("due", "pk"):
        assert task.due is not None  # noqa: S101  (the query asked)
        start, end = task.due.astimezone(zone()), task.latest
        yield Dated(
            f"task-{task.key}-{task.patient_id}",
            "task",
            task.patient,
            task.title,
            task.reason,
            start,
            end.astimezone(zone()) if end and end > start else None,
            task.raised,
            tuple(datetime.fromisoformat(one) for one in task.reminders),
        )
