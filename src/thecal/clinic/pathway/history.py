"""The one place that turns a patient's standing entries into ``care.History``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from thecal import care
from thecal.care.facts import Role as CareRole
from thecal.care.facts import Waiver
from thecal.clinic.pathway.facts import Tells
from thecal.clinic.pathway.models import Indication
from thecal.clinic.pathway.told import Told, told_by
from thecal.clinic.patients.models import Patient
from thecal.clinic.record.entry import Entry
from thecal.clinic.record.models import Override
from thecal.therapy.file.prescription import SpasticityOrigin

E = TypeVar("E", bound=Entry)
_ANY = "SELECT 1 FROM {} WHERE patient_id = %s"
_BEFORE = timedelta(microseconds=1)
Teller = Callable[[Patient, datetime | None], Iterable[care.Event]]
_tellers: list[Teller] = []
_read: ContextVar[dict[UUID, care.History | None] | None] = ContextVar("read", default=None)


def teller(tells: Teller) -> Teller:
    """Enter a function that tells facts which no single entry tells.

    It is given the patient, and the instant as of which the record is read; None for now.
    """
    _tellers.append(tells)
    return tells


def told_beside(patient: Patient, as_of: datetime | None) -> list[care.Event]:
    """The facts that no single entry tells."""
    return [event for tells in _tellers for event in tells(patient, as_of)]


def history_of(
    patient: Patient, *, without: UUID | None = None, as_of: datetime | None = None
) -> care.History | None:
    """A patient's history; None while nobody has recorded what is treated.

    Args:
        patient: whose.
        without: an entry to leave out, as one that is about to be corrected.
        as_of: only what was recorded until then, and as it stood then.
    """
    if (read := _read.get()) is None or without is not None or as_of is not None:
        return _history(patient, without, as_of)
    if patient.pk not in read:
        read[patient.pk] = _history(patient, None, None)
    return read[patient.pk]


@contextmanager
def read_once() -> Iterator[None]:
    """Read each patient's history once while a page is made that only reads, in one transaction.

    Several parts of such a page need the same history; what a writer sees is never kept.
    """
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)


def _history(patient: Patient, without: UUID | None, as_of: datetime | None) -> care.History | None:
    rows = [
        one
        for one in told_by(patient, (Indication, Override))
        if as_of is None or one.recorded_at <= as_of
    ]
    left_out = {one.corrects_id for one in rows} | {without}
    stands = [one for one in rows if not one.withdrawn and one.pk not in left_out]
    treated = [one.pk for one in stands if one.kind is Indication]
    if not treated:
        return None
    signed = [one.pk for one in stands if one.kind is Override]
    told = [one for one in rows if issubclass(one.kind, Tells)]
    return care.History(
        patient=_patient(Indication.objects.get(pk=treated[-1])),
        zone=ZoneInfo(settings.TIME_ZONE),
        events=(
            *(_waiver(one, told) for one in _overrides(signed)),
            *(event for one in stands for event in one.events),
            *told_beside(patient, as_of),
        ),
    )


def _overrides(keys: Sequence[UUID]) -> list[Override]:
    """Those that care asks for, in the order of their keys."""
    if not keys:
        return []
    rows = Override.objects.select_related("recorded_by").in_bulk(keys)
    return [rows[key] for key in keys if rows[key].gate in care.requirement_cards()]


def present(kinds: Sequence[type[E]], patient: Patient) -> list[type[E]]:
    """The kinds of which the patient has entries, by one query in place of one for each."""
    quoted = [connection.ops.quote_name(kind._meta.db_table) for kind in kinds]
    tests = ", ".join(f"EXISTS ({_ANY.format(one)})" for one in quoted)
    key = Patient._meta.pk.get_db_prep_value(patient.pk, connection)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {tests}", [key] * len(kinds))
        found = cursor.fetchone()
    return [kind for kind, is_there in zip(kinds, found, strict=True) if is_there]


def _patient(one: Indication) -> care.Patient:
    origin = one.spasticity_origin
    return care.Patient(
        indication=care.Indication(one.indication),
        spasticity_origin=SpasticityOrigin(origin) if origin else None,
        child=one.small_screening,
    )


def _waiver(one: Override, told: Sequence[Told]) -> Waiver:
    """An override as a waiver of the occasion at hand.

    One signed with a procedure stands before it, whenever either was written down, and even where
    the procedure's entry was corrected since; else it would count for the occasion that the
    procedure begins, which is the next.
    """
    beside = [fact.happened_at - _BEFORE for fact in told if fact.recorded_at == one.recorded_at]
    return Waiver(
        at=min([one.happened_at, *beside]),
        requirement=one.gate,
        role=CareRole(one.recorded_role),
        who=one.recorded_by.name,
        reason=one.reason,
    )
