"""A patient who was invited makes their account: the one act of somebody who is nobody yet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from thecal.clinic.audit.canonical import digest, sha256
from thecal.clinic.audit.chain import Deed, Outcome, append
from thecal.clinic.audit.models import Event
from thecal.clinic.for_patient.models import Invitation, InvitationUsed
from thecal.clinic.for_patient.orders import Accepting
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import User
from thecal.clinic.people.roles import Role
from thecal.clinic.record.orders import read
from thecal.clinic.record.refusals import InvalidError, RefusalError

ACTION = "for_patient.accept-invitation"
MOST_FAILURES = 5
"""Wrong dates of birth after which a link ends."""


class EndedError(RefusalError):
    """The link cannot be used: it is unknown, too old, used, or replaced by a newer one."""

    code = "ended"


def invitation_of(secret: str, now: datetime) -> Invitation:
    """The invitation of a link's secret.

    Raises:
        EndedError: it cannot be used any more, or never could.
    """
    found = Invitation.objects.filter(digest=sha256(secret)).select_related("patient").first()
    if found is None or not _stands(found, now):
        raise EndedError("this link has ended; ask your clinic for another")
    return found


def _stands(one: Invitation, now: datetime) -> bool:
    newer = Invitation.objects.filter(patient=one.patient_id, made_at__gt=one.made_at)
    return (
        now <= one.ends_at
        and one.patient.account_id is None
        and not InvitationUsed.objects.filter(invitation=one).exists()
        and not newer.exists()
        and _failures(one) < MOST_FAILURES
    )


def _failures(one: Invitation) -> int:
    return Event.objects.filter(
        action=ACTION,
        outcome=Outcome.REFUSED.value,
        patient=one.patient_id,
        at__gte=one.made_at,
    ).count()


def accept(secret: str, data: Mapping[str, Any]) -> User:
    """Make the account, and give it the patient's own record.

    Raises:
        EndedError: the link cannot be used.
        InvalidError: the date of birth is not the patient's, or name or password will not do.
    """
    order = read(Accepting, data)
    try:
        with transaction.atomic():
            return _accept(secret, order)
    except _NotTheirsError as refusal:
        with transaction.atomic():
            deed = Deed(ACTION, Outcome.REFUSED, clinic=refusal.clinic, patient=refusal.patient)
            append(deed, {"code": "birth-date"})
        raise InvalidError({"birth_date": _("this is not the date that the clinic has")}) from None
    except IntegrityError as error:
        raise EndedError("this link was used just now") from error


class _NotTheirsError(Exception):
    def __init__(self, patient: Patient) -> None:
        super().__init__()
        self.patient, self.clinic = patient.pk, patient.clinic_id


def _accept(secret: str, order: Accepting) -> User:
    now = timezone.now()
    invitation = invitation_of(secret, now)
    patient = Patient.objects.select_for_update().get(pk=invitation.patient_id)
    if patient.birth_date != order.birth_date:
        raise _NotTheirsError(patient)
    user = _account(patient, order)
    Patient.objects.filter(pk=patient.pk).update(account=user, version=patient.version + 1)
    used = InvitationUsed(invitation=invitation, at=now, account=user)
    used.save()
    append(
        Deed(
            ACTION,
            who=user.pk,
            who_name=user.name,
            role=Role.PATIENT.value,
            clinic=patient.clinic_id,
            patient=patient.pk,
        ),
        {
            "user": str(user.pk),
            "username": user.username,
            "entries": [{"kind": used._meta.label, "id": str(used.pk), "digest": digest(used)}],
        },
    )
    return user


def _account(patient: Patient, order: Accepting) -> User:
    password = order.password.get_secret_value()
    name = f"{patient.given_name} {patient.family_name}"
    try:
        validate_password(password, User(username=order.username, name=name))
    except ValidationError as error:
        raise InvalidError({"password": " ".join(error.messages)}) from None
    try:
        return User.objects.enrol(order.username, name, patient.email, password)
    except ValidationError as error:
        raise InvalidError({"username": " ".join(error.messages)}) from None
