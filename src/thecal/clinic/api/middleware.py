"""Whatever goes wrong below ``/api/``, its answer is a problem document and no page."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from thecal.clinic.api.problems import MEDIA_TYPE, of_status

_FIRST_ERROR = 400


class Problems:
    """Put a problem in place of an error's page; its headers stay."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, readable by a program."""
        answer = self._answer(request)
        is_problem = answer.headers.get("Content-Type", "").startswith(MEDIA_TYPE)
        if not request.path.startswith("/api/") or answer.status_code < _FIRST_ERROR or is_problem:
            return answer
        said = of_status(answer.status_code)
        said.status_code = answer.status_code
        for name in ("Allow", "Retry-After", "WWW-Authenticate"):
            if name in answer.headers:
                said.headers[name] = answer.headers[name]
        return said
