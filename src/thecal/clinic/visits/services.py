"""The visits of a clinic: whose record calls for which flow now. Nothing of a flow is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F

from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import READS
from thecal.clinic.record.actions import About
from thecal.clinic.record.doing import Doing
from thecal.clinic.record.services import reads
from thecal.clinic.visits.engine import Call
from thecal.clinic.visits.offering import flows_now
from thecal.clinic.visits.orders import VisitList

ON_A_PAGE = 20
"""Each row is worked out from a whole record."""


@dataclass(frozen=True, slots=True)
class Called:
    """A flow that a patient's record calls for."""

    key: str
    title: str
    why: str
    is_under_way: bool
    done: int
    of: int
    next_step: str
    waits: tuple[str, ...]
    address: str


@dataclass(frozen=True, slots=True)
class VisitsOf:
    """One patient and the flows that their record calls for now."""

    patient: UUID
    number: str
    name: str
    stage: str
    next_due: datetime | None
    flows: tuple[Called, ...]


@dataclass(frozen=True, slots=True)
class Visits:
    """One page of the list."""

    patients: tuple[VisitsOf, ...]
    number: int
    has_more: bool
    now: datetime


@reads("visits.list", "See which visits are under way", READS, about=About.CLINIC)
def list_visits(doing: Doing, order: VisitList) -> Visits:
    """A clinic's patients with what their records call for, the soonest due first."""
    rows = Patient.objects.filter(clinic=doing.clinic)
    start = (order.page - 1) * ON_A_PAGE
    soonest = F("next_due").asc(nulls_last=True)
    found = list(rows.order_by(soonest, "pk")[start : start + ON_A_PAGE + 1])
    shown = found[:ON_A_PAGE]
    doing.tell(patients=[one.pk for one in shown], page=order.page)
    listed = tuple(_of(one, doing.now) for one in shown)
    return Visits(listed, order.page, len(found) > ON_A_PAGE, doing.now)


def _of(patient: Patient, now: datetime) -> VisitsOf:
    called = tuple(
        Called(
            one.key,
            str(one.title),
            str(one.why),
            one.is_under_way,
            one.done,
            one.of,
            str(one.next_step),
            one.waits,
            one.address,
        )
        for one in flows_now(patient, now)
        if one.call is Call.NOW
    )
    return VisitsOf(
        patient.pk, patient.number, str(patient), patient.stage, patient.next_due, called
    )
