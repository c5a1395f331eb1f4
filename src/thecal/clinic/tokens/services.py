"""Making, finding and revoking tokens; each is its owner's affair, and the trail tells of it."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime, time, timedelta
from uuid import UUID

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from thecal.clinic.audit.chain import Deed, append
from thecal.clinic.people.models import User
from thecal.clinic.record.means import Means
from thecal.clinic.record.refusals import ConflictError
from thecal.clinic.tokens.models import Token
from thecal.clinic.tokens.orders import Making

PREFIX = "thecal_"
"""What a secret begins with, so that scanners of leaked files know one."""
_SECRET_BYTES = 32


def make(who: User, order: Making) -> tuple[Token, str]:
    """Make a token; its secret is told now and never again.

    Raises:
        ConflictError: the person has a token of this name that was not revoked.
    """
    secret = PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
    token = Token(
        person=who,
        name=order.name,
        scopes=sorted(set(order.scopes)),
        digest=_digest(secret),
        made_at=timezone.now(),
        ends_at=_end_of(order.ends_on),
    )
    try:
        with transaction.atomic():
            token.save(force_insert=True)
            _tell("tokens.make", token)
    except IntegrityError as error:
        raise ConflictError("you have a token of this name; revoke it first") from error
    return token, secret


def revoke(who: User, key: UUID) -> Token:
    """Let a person's token be good for nothing from now on.

    Raises:
        ConflictError: they have no such token, or it was revoked before.
    """
    with transaction.atomic():
        rows = Token.objects.select_for_update(of=("self",))
        token = rows.filter(pk=key, person=who, revoked_at=None).first()
        if token is None:
            raise ConflictError("you have no such token")
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        _tell("tokens.revoke", token)
    return token


def found(secret: str) -> Token | None:
    """The token of a secret, if it and its owner may come in now."""
    rows = Token.objects.select_related("person")
    token = rows.filter(digest=_digest(secret), revoked_at=None, ends_at__gt=timezone.now()).first()
    return token if token is not None and _may_come_in(token.person) else None


def means_of(token: Token) -> Means:
    """What the services are told of it."""
    return Means("token", str(token.pk), token.name, frozenset(token.scopes))


def _may_come_in(person: User) -> bool:
    has_factor = not settings.THECAL_SECOND_FACTOR or is_mfa_enabled(person)
    return person.is_active and has_factor


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def _end_of(day: date) -> datetime:
    """The first instant of the day after, in the clinic's zone."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


def _tell(action: str, token: Token) -> None:
    deed = Deed(action, who=token.person_id, who_name=token.person.name)
    append(
        deed,
        {
            "token": str(token.pk),
            "name": token.name,
            "scopes": token.scopes,
            "ends_at": token.ends_at.isoformat(),
        },
    )
