"""Who asks: somebody who is signed in."""

from __future__ import annotations

from django.http import HttpRequest

from thecal.clinic.people.models import User


def caller(request: HttpRequest) -> User | None:
    """The person behind a request; None if nobody is known to be."""
    return request.user if isinstance(request.user, User) else None
