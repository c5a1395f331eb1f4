"""What can be read of reminders: the refills of a clinic, the next due first."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from thecal.clinic.fills.models import Fill, RunningFill
from thecal.clinic.people.models import Clinic
from thecal.clinic.people.roles import READS
from thecal.clinic.record.actions import About
from thecal.clinic.record.doing import Doing
from thecal.clinic.record.services import reads
from thecal.clinic.reminders.models import Reminder
from thecal.clinic.reminders.orders import Listing

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """One page of refills, each with the reminders raised for it."""

    rows: list[tuple[Fill, list[Reminder]]]
    number: int
    has_more: bool


@reads("reminders.list", "List the refills that are due", READS, about=About.CLINIC)
def list_refills(doing: Doing, order: Listing) -> Page:
    """Each patient's running fill, the nearest limit first, those without a date at the top."""
    start = (order.page - 1) * ON_A_PAGE
    rows = running_on(doing.clinic).select_related("fill__patient")
    found = [one.fill for one in rows[start : start + ON_A_PAGE + 1]]
    shown = found[:ON_A_PAGE]
    doing.tell(patients=[one.patient_id for one in shown], page=order.page)
    return Page([(one, _raised(one)) for one in shown], order.page, len(found) > ON_A_PAGE)


def running_on(clinic: Clinic) -> QuerySet[RunningFill]:
    """The fill that each patient of a clinic runs on, without a date first, then the nearest."""
    return RunningFill.objects.filter(clinic=clinic).order_by("is_dated", "near", "pk")


def _raised(fill: Fill) -> list[Reminder]:
    return list(Reminder.objects.filter(fill=fill))
