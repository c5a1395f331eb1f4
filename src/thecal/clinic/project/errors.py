"""The pages for what cannot be served; none says what it has not been asked."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

Saying = Callable[[int, str], HttpResponse]
_tongues: dict[str, Saying] = {}


def speak(prefix: str, saying: Saying) -> None:
    """Let addresses that begin so be refused in another form than a page's, by status and words."""
    _tongues[prefix] = saying


def tongue_of(request: HttpRequest) -> Saying | None:
    """The form in which an address is refused; None for a page."""
    return next((one for prefix, one in _tongues.items() if request.path.startswith(prefix)), None)


def refused(request: HttpRequest, status: int, title: str, *lines: str) -> HttpResponse:
    """A page that says why not."""
    if (saying := tongue_of(request)) is not None:
        return saying(status, ". ".join([title, *lines]))
    return render(request, "refused.html", {"title": title, "lines": lines}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """400."""
    return refused(request, 400, _("This request could not be read"))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """403."""
    return refused(request, 403, _("You may not do this"))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """404."""
    return refused(request, 404, _("There is nothing here"))


def broken(request: HttpRequest) -> HttpResponse:
    """500: nothing of the action was kept, since every action is one transaction."""
    return refused(
        request, 500, _("Something went wrong"), _("Nothing of your last action was kept.")
    )


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """403 of the CSRF check."""
    return refused(
        request,
        403,
        _("This page was open for too long, or the request came from elsewhere"),
        _("Nothing was changed. Open the page again."),
    )
