"""Who asks: the owner of the request's token, or else somebody who is signed in."""

from __future__ import annotations

from django.http import HttpRequest

from thecal.clinic.people.models import User
from thecal.clinic.tokens.middleware import token_of


def caller(request: HttpRequest) -> User | None:
    """The person behind a request; None if nobody is known to be."""
    if (token := token_of(request)) is not None:
        return token.person
    return request.user if isinstance(request.user, User) else None
