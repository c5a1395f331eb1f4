"""Signatures: a person proves again that it is they, for this one deed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.utils import timezone

from thecal.clinic.audit.chain import Outcome
from thecal.clinic.audit.models import Event
from thecal.clinic.people.models import Clinic, User, roles_of
from thecal.clinic.people.roles import Role
from thecal.clinic.record.orders import Signature
from thecal.clinic.record.refusals import SignatureError

MOST_FAILURES = 5
WITHIN = timedelta(minutes=15)
_REFUSED = '"code":"signature"'


def signed_by(
    signature: Signature, clinic: Clinic, roles: Collection[Role], *, asker: User
) -> tuple[User, Role]:
    """Who signed, and the role by which they may.

    Args:
        signature: user name and password.
        clinic: where the signer must have a role.
        roles: those of which they need one.
        asker: who sent the request; wrong guesses count against them.

    Raises:
        SignatureError: of nobody here, wrong, or without such a role, or after too many guesses.
    """
    if _failures(asker) >= MOST_FAILURES:
        raise SignatureError("too many wrong signatures; wait a quarter of an hour")
    signer = User.objects.filter(username=signature.username, is_active=True).first()
    password = signature.password.get_secret_value()
    if signer is None or not signer.check_password(password):
        raise SignatureError("the signature's user name or password is wrong")
    able = roles_of(signer, clinic) & set(roles)
    role = next((role for role in Role if role in able), None)
    if role is None:
        wanted = ", ".join(sorted(roles)) or "nobody"
        raise SignatureError(f"this needs the signature of: {wanted}")
    return signer, role


def _failures(asker: User) -> int:
    return Event.objects.filter(
        who=asker.pk,
        outcome=Outcome.REFUSED.value,
        at__gt=timezone.now() - WITHIN,
        detail__contains=_REFUSED,
    ).count()
