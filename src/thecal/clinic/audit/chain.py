"""Adding to the trail: one event after another, in the transaction of what it tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from thecal.clinic.audit.canonical import text
from thecal.clinic.audit.models import Event

BEFORE_THE_FIRST = "0" * 64
_PEN = 7_468_652_361  # this chain's advisory lock; any number that nothing else here uses


class Outcome(StrEnum):
    """How an action ended."""

    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Deed:
    """What an event tells, before it has its place in the chain."""

    action: str
    outcome: Outcome = Outcome.DONE
    who: UUID | None = None
    who_name: str = ""
    role: str = ""
    clinic: UUID | None = None
    patient: UUID | None = None
    once: UUID | None = None


def take_the_pen() -> None:
    """Wait until nobody else adds to the chain; it is given back when the transaction ends.

    In SQLite whoever is in a transaction has it. A transaction that touches several patients
    takes it first, so that no two such wait for each other.

    Raises:
        RuntimeError: outside a transaction the event and what it tells could come apart.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an event is written in the transaction of what it tells")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_PEN])


def append(deed: Deed, detail: Mapping[str, Any]) -> Event:
    """Add an event.

    Args:
        deed: what happened.
        detail: plain values; see :func:`thecal.clinic.audit.canonical.plain`.
    """
    take_the_pen()
    last = Event.objects.order_by("-seq").values_list("seq", "hash").first()
    seq, previous = last or (0, BEFORE_THE_FIRST)
    event = Event(
        seq=seq + 1,
        at=timezone.now(),
        who=deed.who,
        who_name=deed.who_name,
        role=deed.role,
        clinic=deed.clinic,
        patient=deed.patient,
        action=deed.action,
        outcome=deed.outcome.value,
        once=deed.once,
        detail=text(detail),
        previous=previous,
    )
    event.hash = event.computed_hash()
    event.save()
    return event


def head() -> tuple[int, str]:
    """Number and hash of the last event; kept elsewhere, they prove that none was cut off."""
    last = Event.objects.order_by("-seq").values_list("seq", "hash").first()
    return last or (0, BEFORE_THE_FIRST)
