"""What every request passes: no caching, so many a minute, an end to sessions, a second factor."""

from __future__ import annotations

import time
from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from thecal.clinic.project.errors import refused, tongue_of
from thecal.clinic.tokens.middleware import token_of

Next = Callable[[HttpRequest], HttpResponse]
_STARTED = "thecal_started"
_MINUTE_S = 60


class NothingIsCached:
    """No browser and no proxy keeps a page of the record."""

    def __init__(self, answer: Next) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers that Django and django-csp do not."""
        response = self._answer(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Permissions-Policy", _NO_SENSORS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


_NO_SENSORS = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=()"


class RateLimit:
    """So many requests in a minute for a person, fewer for an address that has not signed in."""

    def __init__(self, answer: Next) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """429 beyond the limit."""
        kind, who = _caller(request)
        if _count(f"rate:{kind}:{who}") > settings.THECAL_REQUESTS_A_MINUTE[kind]:
            response = refused(
                request, 429, _("Too many requests"), _("Wait a minute, then try again.")
            )
            response.headers["Retry-After"] = str(_MINUTE_S)
            return response
        return self._answer(request)


def _caller(request: HttpRequest) -> tuple[str, object]:
    """Who asks, by session or by token; of nobody known the address."""
    token = token_of(request)
    if token is not None:
        return "person", token.person_id
    if request.user.is_authenticated:
        return "person", request.user.pk
    return "address", request.META.get("REMOTE_ADDR", "")


def _count(key: str) -> int:
    """How many came in this minute with this one."""
    now = f"{key}:{int(time.time() // _MINUTE_S)}"
    cache.add(now, 0, timeout=2 * _MINUTE_S)
    try:
        return cache.incr(now)
    except ValueError:  # it was pushed out between the two
        return 1


class SessionEnds:
    """A session ends when nobody does anything, and after a working day however busy it was.

    What a page asks by itself, with the header ``X-Unattended``, is not somebody doing something.
    """

    def __init__(self, answer: Next) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Sign out whose session is over."""
        if request.user.is_authenticated:
            started = request.session.setdefault(_STARTED, time.time())
            if time.time() - started > settings.THECAL_SESSION_ENDS_AFTER.total_seconds():
                logout(request)
                return redirect(settings.LOGIN_URL)
            if "X-Unattended" not in request.headers:
                request.session.modified = True  # it lasts as long again from now on
        return self._answer(request)


class SecondFactor:
    """Whoever has no second factor yet sees nothing but the pages to set one up."""

    def __init__(self, answer: Next) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Lead to the accounts' pages."""
        if (
            settings.THECAL_SECOND_FACTOR
            and request.user.is_authenticated
            and not request.path.startswith("/accounts/")
            and not is_mfa_enabled(request.user)
        ):
            if (saying := tongue_of(request)) is not None:
                return saying(403, _("Set up a second factor first, on the pages"))
            return redirect("mfa_index")
        return self._answer(request)
