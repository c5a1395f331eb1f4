"""What can be done with patients: list, open, register, amend, give an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from thecal.clinic.patients.models import IDENTITY, Details, Patient
from thecal.clinic.patients.orders import (
    NO_STAGE,
    Account,
    Amending,
    Due,
    Listing,
    Opening,
    Particulars,
)
from thecal.clinic.people.models import User
from thecal.clinic.people.roles import CLINICAL, READS, Role
from thecal.clinic.record.actions import About
from thecal.clinic.record.doing import Doing
from thecal.clinic.record.refusals import ConflictError
from thecal.clinic.record.services import reads, writes

ON_A_PAGE = 50
WITHIN = {
    Due.OVERDUE: timedelta(0),
    Due.DAY: timedelta(days=1),
    Due.WEEK: timedelta(days=7),
    Due.MONTH: timedelta(days=30),
}
"""What each choice of the list means."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list."""

    patients: list[Patient]
    number: int
    has_more: bool


@reads("patients.list", "List patients", READS, about=About.CLINIC)
def list_patients(doing: Doing, order: Listing) -> Page:
    """One page of a clinic's patients; the event names each of them."""
    rows = Patient.objects.filter(clinic=doing.clinic)
    for word in order.search.split():
        rows = rows.filter(
            Q(family_name__istartswith=word) | Q(given_name__istartswith=word) | Q(number=word)
        )
    rows = _filtered(rows, order, doing.now)
    start = (order.page - 1) * ON_A_PAGE
    by = ("next_due", "pk") if order.due else ("family_name", "given_name", "pk")
    found = list(rows.order_by(*by)[start : start + ON_A_PAGE + 1])
    shown = found[:ON_A_PAGE]
    doing.tell(patients=[patient.pk for patient in shown], page=order.page)
    return Page(shown, order.page, len(found) > ON_A_PAGE)


def _filtered(rows: QuerySet[Patient], order: Listing, now: datetime) -> QuerySet[Patient]:
    if order.stage:
        rows = rows.filter(stage="" if order.stage == NO_STAGE else order.stage)
    if order.due:
        rows = rows.filter(next_due__lte=now + WITHIN[Due(order.due)])
    return rows


@reads("patients.open", "Open a patient's record", READS | {Role.PATIENT})
def open_patient(doing: Doing, order: Opening) -> Patient:
    """The patient, as of now."""
    doing.tell(page=order.page)
    return doing.patient


@writes("patients.register", "Register a patient", CLINICAL, about=About.CLINIC)
def register(doing: Doing, order: Particulars) -> Patient:
    """Begin a record.

    Raises:
        ConflictError: the clinic has a patient with this number.
    """
    who = order.model_dump()
    if Patient.objects.filter(clinic=doing.clinic, number=order.number).exists():
        raise ConflictError(f"this clinic has a patient with the number {order.number}")
    doing.whose = doing.add(Patient(clinic=doing.clinic, registered_at=doing.now, **who))
    doing.write(Details, **who)
    return doing.whose


@writes("patients.amend", "Change who a patient is", CLINICAL, needs_sight=True)
def amend(doing: Doing, order: Amending) -> Details:
    """Correct name, number, date of birth or how to reach them.

    Raises:
        ConflictError: the clinic has another patient with this number.
    """
    patient, who = doing.patient, order.model_dump(include=set(IDENTITY))
    others = Patient.objects.filter(clinic=doing.clinic, number=order.number)
    if others.exclude(pk=patient.pk).exists():
        raise ConflictError(f"this clinic has another patient with the number {order.number}")
    newest = Details.objects.current().get(patient=patient)
    entry = doing.correct(newest, order.why, happened_at=doing.now, **who)
    Patient.objects.filter(pk=patient.pk).update(**who)
    return entry


@writes("patients.give-account", "Give a patient an account", {Role.PHYSICIAN, Role.NURSE})
def give_account(doing: Doing, order: Account) -> Patient:
    """Let a person see this record as its patient.

    Raises:
        ConflictError: there is no such person, or they are another patient.
    """
    user = User.objects.filter(username=order.username, is_active=True).first()
    if user is None:
        raise ConflictError("there is no such person")
    if Patient.objects.filter(account=user).exists():
        raise ConflictError("this person has a record of their own already")
    if doing.patient.account_id is not None:
        raise ConflictError("this patient has an account already")
    Patient.objects.filter(pk=doing.patient.pk).update(account=user)
    doing.tell(account=user.pk, account_name=user.name)
    doing.patient.account = user
    return doing.patient
