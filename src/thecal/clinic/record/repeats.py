"""The same request twice: it is done once, and its key is good for no other request."""

from __future__ import annotations

import json
from uuid import UUID

from pydantic import BaseModel

from thecal.clinic.audit.canonical import sha256, text
from thecal.clinic.audit.models import Event
from thecal.clinic.record.doing import Doing
from thecal.clinic.record.orders import Overriding
from thecal.clinic.record.refusals import DoneBeforeError, KeyReusedError

ASKED = "asked"
"""Where an event keeps the digest of the request that had a key."""


def fingerprint(doing: Doing, order: BaseModel, overriding: Overriding | None) -> str:
    """The digest of who asks what of whom; a secret in it counts as any other, and is not told."""
    whose = doing.whose.pk if doing.whose else doing.clinic.pk
    return sha256(
        text(
            {
                "action": doing.action,
                "who": str(doing.who.pk),
                "whose": str(whose),
                "order": order.model_dump(mode="json"),
                "overriding": overriding.model_dump(mode="json") if overriding else None,
            }
        )
    )


def not_before(once: UUID | None, asked: str) -> None:
    """Let a key through that nobody has used.

    Raises:
        DoneBeforeError: the same request was done with it.
        KeyReusedError: another was.
    """
    before = Event.objects.filter(once=once).first() if once else None
    if before is None:
        return
    if json.loads(before.detail).get(ASKED) != asked:
        raise KeyReusedError(before.seq)
    raise DoneBeforeError(before.seq)
