"""A program with a token, every answer to which must be what the API's description says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, lru_cache
from typing import Any
from uuid import UUID, uuid4

import jsonschema_rs
from django.test import Client
from django.utils import timezone

from thecal.clinic.api.site import site
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import User
from thecal.clinic.record.actions import About, table
from thecal.clinic.tokens.models import Token
from thecal.clinic.tokens.orders import Making
from thecal.clinic.tokens.services import make

EVERYTHING = ("read", "write")


@dataclass(frozen=True)
class Answer:
    """What the API answered."""

    status: int
    said: Any
    headers: Mapping[str, str]

    @property
    def result(self) -> Any:
        """What an action gave."""
        assert self.status == 200, self.said
        return self.said["result"]

    @property
    def code(self) -> str:
        """What the problem is."""
        assert self.status >= 400, self.said
        return str(self.said["code"])


def token(who: User, scopes: Iterable[str] = EVERYTHING) -> tuple[Token, str]:
    """A new token of somebody, good for a month."""
    ends_on = timezone.localdate() + timedelta(days=30)
    order = {"name": uuid4().hex, "scopes": list(scopes), "ends_on": ends_on}
    return make(who, Making.model_validate(order))


class Program:
    """A program that acts for a person."""

    def __init__(self, who: User, scopes: Iterable[str] = EVERYTHING) -> None:
        self.token, self.secret = token(who, scopes)
        self._client = Client()

    def get(self, path: str, **asked: Any) -> Answer:
        """Fetch from below ``/api``."""
        answer = self._client.get(f"/api{path}", asked, headers=self._headers())
        return _held("get", path, answer)

    def post(self, path: str, body: Any, **headers: str) -> Answer:
        """Send JSON, or a text as it is."""
        text = body if isinstance(body, str | bytes) else json.dumps(body, default=str)
        answer = self._client.post(
            f"/api{path}", text, content_type="application/json", headers=self._headers(headers)
        )
        return _held("post", path, answer)

    def do(
        self,
        subject: Patient | UUID,
        action: str,
        order: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **beside: Any,
    ) -> Answer:
        """Ask for an action; ``beside`` stands in the body beside the order."""
        key = subject.pk if isinstance(subject, Patient) else subject
        where = "patients" if table()[action].about is About.PATIENT else "clinics"
        body = {"order": order or {}, **beside}
        return self.post(f"/{where}/{key}/do/{action}", body, **(headers or {}))

    def _headers(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}", **(more or {})}


def _held(method: str, path: str, answer: Any) -> Answer:
    """The answer, once it has been held against the description."""
    said = json.loads(answer.content)
    media_type = answer.headers["Content-Type"].partition(";")[0]
    validator = _validator(method, _template(path), answer.status_code, media_type)
    errors = [f"{one.instance_path}: {one.message}" for one in validator.iter_errors(said)]
    assert errors == [], (method, path, answer.status_code, said)
    return Answer(answer.status_code, said, dict(answer.headers))


def _template(path: str) -> str:
    parts = path.split("/")
    if parts[1] in {"patients", "clinics"}:
        parts[2] = "{subject}"
    if parts[1] == "problems":
        parts[2] = "{code}"
    return "/api" + "/".join(parts)


@lru_cache(maxsize=1)
def description() -> dict[str, Any]:
    """The API's description, as a stranger reads it."""
    written = json.dumps(site().get_openapi_schema(path_prefix="/api/"))
    return dict(json.loads(written))


def _validator(method: str, template: str, status: int, media_type: str) -> Any:
    operation = description()["paths"][template][method]
    schema = operation["responses"][str(status)]["content"][media_type]["schema"]
    return _compiled(json.dumps(schema))


@cache
def _compiled(schema: str) -> Any:
    whole = {**json.loads(schema), "components": description()["components"]}
    return jsonschema_rs.validator_for(whole)
