"""What can be read of reminders: the refills of a clinic, the next due first."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from thecal.clinic.fills.models import Fill
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
    found = list(running_on(doing.clinic)[start : start + ON_A_PAGE + 1])
    shown = found[:ON_A_PAGE]
    doing.tell(patients=[one.patient_id for one in shown], page=order.page)
    return Page([(one, _raised(one)) for one in shown], order.page, len(found) > ON_A_PAGE)


def running_on(clinic: Clinic) -> QuerySet[Fill]:
    """The fill that each patient of a clinic runs on, by ``near``: its nearest limit."""
    later = Fill.objects.current().filter(
        patient=OuterRef("patient"), happened_at__gt=OuterRef("happened_at")
    )
    rows = Fill.objects.current().filter(patient__clinic=clinic)
    rows = rows.filter(~Exists(later)).select_related("patient")
    near = Coalesce("latest_safe", "refill_due")
    return rows.annotate(near=near).order_by(F("near").asc(nulls_first=True), "pk")


def _raised(fill: Fill) -> list[Reminder]:
    return list(Reminder.objects.filter(fill=fill))
