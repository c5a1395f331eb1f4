"""Who asks by a token: found before anything else looks at the request."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

from thecal.clinic.record.means import acting_by
from thecal.clinic.tokens.models import Token
from thecal.clinic.tokens.services import found, means_of

BY_TOKEN_ALONE = ("/api/",)
"""What is asked for by a token alone: cookies count for nothing there, so nobody can forge."""
BY_TOKEN_TOO = ("/fhir",)
"""What is asked for by a token or by a session; who says that it is by a token has no session."""
_KEPT = "thecal.token"


class ByToken:
    """Find the token of a request, and let whatever it asks be done by that and no further."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """With the token, and with no user: a session does not count then."""
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        says_so = scheme.lower() == "bearer"
        if not request.path.startswith(BY_TOKEN_ALONE) and not (
            says_so and request.path.startswith(BY_TOKEN_TOO)
        ):
            return self._answer(request)
        request.user = AnonymousUser()
        token = found(secret.strip()) if says_so and secret else None
        if token is None:
            return self._answer(request)
        request.META[_KEPT] = token
        vars(request)["_dont_enforce_csrf_checks"] = True  # no cookie lets this request in
        with acting_by(means_of(token)):
            return self._answer(request)


def token_of(request: HttpRequest) -> Token | None:
    """The token by which somebody asks."""
    token = request.META.get(_KEPT)
    return token if isinstance(token, Token) else None
