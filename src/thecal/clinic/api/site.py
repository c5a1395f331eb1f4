"""The API itself: its operations, its description, and how it says that something is not done."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError
from ninja.openapi.schema import OpenAPISchema

import thecal
from thecal.clinic.api import descriptions, listing, operations, problems
from thecal.clinic.api.auth import Bearer
from thecal.clinic.api.described import Described
from thecal.clinic.record.refusals import RefusalError
from thecal.clinic.record.services import services

_DESCRIPTION = """\
What a page of this clinic can do, a program can do here, by the same services: the same roles, the
same gates, the same trail. A token (`Authorization: Bearer`) is made by its owner on the page
`/tokens`.

An action takes `{"order": {...}}`. Quantities are texts with their unit, `"0.25 mg"`. What is not
done is a problem document (RFC 9457), a closed gate with its reasons, its source and what would
open it; nothing of it is kept. A result of pages alone is not sent; a row's bytes are base64.
"""


class ClinicAPI(NinjaAPI):
    """Ninja's, with the schemas of orders and results beside its own."""

    def __init__(self, described: Described, **said: Any) -> None:
        super().__init__(**said)
        self._described = described

    def get_openapi_schema(self, **said: Any) -> OpenAPISchema:
        """The description of everything."""
        schema = super().get_openapi_schema(**said)
        schema["components"]["schemas"] |= self._described.named
        return schema


@lru_cache(maxsize=1)
def site() -> ClinicAPI:
    """The API; every service has been entered by the time that it is first asked for."""
    described = Described()
    described.named["Problem"] = problems.schema()
    described.named["DoneBefore"] = descriptions.done_before()
    made = ClinicAPI(
        described,
        title="Thecal's clinic",
        version=thecal.__version__,
        description=_DESCRIPTION,
        docs_url=None,
        openapi_url="/openapi.json",
        auth=Bearer(),
        urls_namespace="api",
    )
    for kind, answer in _SAID.items():
        made.add_exception_handler(kind, answer)
    listing.enter(made, described)
    for service in services().values():
        operations.enter(made, service, described)
    return made


def _refused(request: HttpRequest, refusal: Any) -> HttpResponse:  # noqa: ARG001
    return problems.refused(refusal)


def _problem(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ARG001
    return problems.problem(error.code, str(error))


def _not_found(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ARG001
    return problems.problem("not-found")


def _no_token(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ARG001
    answer = problems.problem("no-token")
    answer.headers["WWW-Authenticate"] = 'Bearer realm="clinic"'
    return answer


_SAID: dict[type[Exception], Any] = {
    RefusalError: _refused,
    problems.ProblemError: _problem,
    Http404: _not_found,
    AuthenticationError: _no_token,
}
