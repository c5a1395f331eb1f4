"""What marks a demo: the first event of its trail, which nothing can take away or put in later."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest

from thecal.clinic.audit.chain import Deed, append
from thecal.clinic.audit.models import Event

FOUNDED = "demo.found"
SAYS = (
    "A demo: every patient and every event in this record is invented, and was written when the"
    " demo was founded, at the times that its own clock showed. Nothing here is for care."
)
_known: dict[str, bool] = {}
"""By the database's name: the first event of a record is its first for ever."""


class NotADemoError(Exception):
    """A record that has another beginning cannot become a demo."""


def make_it_a_demo(founded_at: datetime) -> None:
    """Begin an empty record as a demo's.

    Args:
        founded_at: by this computer's clock, whatever the demo's own shows.

    Raises:
        NotADemoError: it has begun otherwise.
    """
    with transaction.atomic():
        if Event.objects.exists():
            raise NotADemoError("this record has begun, and cannot become a demo")
        told = {"says": SAYS, "founded_at": founded_at.isoformat()}
        append(Deed(FOUNDED, who_name="thecal clinic demo"), told)


def founded_at() -> datetime:
    """When the demo at hand was founded.

    Raises:
        Event.DoesNotExist: it is no demo.
    """
    detail = Event.objects.get(seq=1, action=FOUNDED).detail
    return datetime.fromisoformat(json.loads(detail)["founded_at"])


def is_demo() -> bool:
    """Whether the record at hand is a demo's."""
    name = str(connection.settings_dict["NAME"])
    if name not in _known:
        first = Event.objects.filter(seq=1).values_list("action", flat=True).first()
        if first is None:
            return False
        _known[name] = first == FOUNDED
    return _known[name]


def banner(request: HttpRequest) -> dict[str, bool]:  # noqa: ARG001
    """For every page: whether to say that this is a demo."""
    try:
        return {"is_demo": is_demo()}
    except DatabaseError:  # the page that says so must still be drawn
        return {"is_demo": False}
