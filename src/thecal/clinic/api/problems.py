"""What is not done, as the API says it: problem documents by RFC 9457, with their facts."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse

from thecal.clinic.record.refusals import NotAllowedError, RefusalError

MEDIA_TYPE = "application/problem+json"
TITLES: dict[str, tuple[int, str]] = {
    "unreadable": (400, "The request cannot be read"),
    "no-token": (401, "A token is missing, wrong, ended or revoked"),
    "not-allowed": (403, "Your roles do not let you do this"),
    "out-of-scope": (403, "Your token does not reach so far"),
    "signature": (403, "A signature is missing, wrong, or of somebody who cannot give it"),
    "not-found": (404, "There is nothing here, or nothing that you may know of"),
    "method": (405, "This is not asked for by that method"),
    "gate-closed": (409, "The pathway does not let this happen now"),
    "stale": (409, "The record has changed since you saw it"),
    "conflict": (409, "Something excludes this"),
    "too-large": (413, "The request is too large"),
    "not-json": (415, "The request is not application/json"),
    "invalid": (422, "The order cannot be read"),
    "key-reused": (422, "The idempotency key was used for another request"),
    "unseen": (428, "Say which version you have seen"),
    "too-many": (429, "Too many requests; wait a minute"),
    "broken": (500, "Something went wrong, and nothing was kept"),
}
"""Every problem by its code: its status and its title."""
_BY_STATUS = {status: code for code, (status, _) in reversed(TITLES.items())}


class ProblemError(Exception):
    """Something about a request that is no refusal of a service."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def problem(code: str, detail: str = "", **facts: Any) -> HttpResponse:
    """A problem document.

    Args:
        code: one of :data:`TITLES`.
        detail: what is the matter this time; the title, if empty.
        facts: members of its own.
    """
    status, title = TITLES[code]
    document = {
        **facts,
        "type": f"/api/problems/{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail or title,
    }
    return HttpResponse(
        json.dumps(document, ensure_ascii=False), status=status, content_type=MEDIA_TYPE
    )


def refused(refusal: RefusalError) -> HttpResponse:
    """The problem that a refusal is; who has no part in a clinic does not learn what it has."""
    if isinstance(refusal, NotAllowedError) and refusal.is_stranger:
        return problem("not-found")
    facts = refusal.facts()
    code, message = str(facts.pop("code")), str(facts.pop("message"))
    if code not in TITLES:
        code = "conflict"
    return problem(code, message, **facts)


def of_status(status: int) -> HttpResponse:
    """The problem of a status that something below the API answered."""
    return problem(_BY_STATUS.get(status, "broken" if status >= 500 else "unreadable"))  # noqa: PLR2004


def schema() -> dict[str, Any]:
    """The schema of a problem document."""
    text = {"type": "string"}
    texts = {"type": "array", "items": text}
    gate = {
        "type": "object",
        "required": ["gate", "reasons", "source", "opens_with", "override_roles"],
        "properties": {
            "gate": text,
            "reasons": texts,
            "source": text,
            "opens_with": {**text, "description": "What would open it; empty if nothing does."},
            "override_roles": {
                **texts,
                "description": "Who may pass it by a signed reason; nobody, if empty.",
            },
        },
    }
    return {
        "type": "object",
        "description": "What is the matter, by RFC 9457.",
        "required": ["type", "title", "status", "code", "detail"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": text,
            "status": {"type": "integer"},
            "code": {"type": "string", "enum": list(TITLES)},
            "detail": text,
            "problems": {
                "type": "object",
                "additionalProperties": text,
                "description": "For `invalid`: what is wrong, by its place in the order.",
            },
            "gates": {
                "type": "array",
                "items": gate,
                "description": "For `gate-closed`: each gate, why it is closed, whose rule it is.",
            },
            "needs_one_of": {
                **texts,
                "description": "For `out-of-scope`: the scopes of which the token needs one.",
            },
            "event": {
                "type": "integer",
                "description": "For `key-reused`: the event of the trail that the key belongs to.",
            },
        },
    }
