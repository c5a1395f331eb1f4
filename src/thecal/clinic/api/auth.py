"""Who may ask the API: whoever has a token."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import HttpBearer

from thecal.clinic.tokens.middleware import token_of
from thecal.clinic.tokens.models import Token


class Bearer(HttpBearer):
    """``Authorization: Bearer SECRET``; it was looked up before the requests were counted."""

    def authenticate(self, request: HttpRequest, token: str) -> Token | None:  # noqa: ARG002
        """The token, None if there is none that is good."""
        return token_of(request)


def token_at_hand(request: HttpRequest) -> Token:
    """The token of a request that was let in."""
    token = token_of(request)
    assert token is not None  # noqa: S101  (``Bearer`` lets nobody else in)
    return token
