"""Reading the trail: a clinic's, and one patient's."""

from __future__ import annotations

from django.db.models import Q
from pydantic import Field

from thecal.clinic.audit.models import Event
from thecal.clinic.people.roles import Role
from thecal.clinic.record.actions import About
from thecal.clinic.record.doing import Doing
from thecal.clinic.record.orders import Order
from thecal.clinic.record.services import reads

ON_A_PAGE = 75
_EVERY = '"patients":"every"'


class Leafing(Order):
    """A page of the trail, the newest first; ``before`` is an event's number."""

    before: int | None = Field(default=None, ge=1)


@reads("audit.clinic", "Read the audit trail", {Role.ADMINISTRATOR}, about=About.CLINIC)
def clinic_trail(doing: Doing, order: Leafing) -> list[Event]:
    """What was done in this clinic."""
    return _page(Q(clinic=doing.clinic.pk), order)


@reads("audit.patient", "See who read or changed a record", {Role.PHYSICIAN, Role.PATIENT})
def patient_trail(doing: Doing, order: Leafing) -> list[Event]:
    """What was done with this record; lists that showed the patient, what took out all of them."""
    key = doing.patient.pk
    named = Q(detail__contains=str(key))
    every = Q(detail__contains=_EVERY, at__gte=doing.patient.registered_at)
    return _page(Q(patient=key) | Q(clinic=doing.clinic.pk, patient=None) & (named | every), order)


def _page(which: Q, order: Leafing) -> list[Event]:
    rows = Event.objects.filter(which)
    if order.before is not None:
        rows = rows.filter(seq__lt=order.before)
    return list(rows.order_by("-seq")[:ON_A_PAGE])
