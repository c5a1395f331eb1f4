"""What a request asks: its body, its key, the version that was seen."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn
from uuid import UUID

from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError

from thecal.clinic.api.problems import ProblemError
from thecal.clinic.record.refusals import InvalidError

MOST_BYTES = 8 * 1024 * 1024
"""A document of 5 MiB in base64, and the rest."""
_ETAG = re.compile(r'"?(\d{1,9})"?', re.ASCII)


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The body, an object of JSON; an empty body is an empty object.

    Raises:
        ProblemError: too large, of another type, or no JSON.
        InvalidError: JSON, but no object.
    """
    written = _bytes(request)
    if not written:
        return {}
    if request.content_type != "application/json":
        raise ProblemError("not-json", f"its type is {request.content_type or 'not said'}")
    try:
        value = json.loads(written, parse_constant=_no_number, object_pairs_hook=_named_once)
    except (ValueError, RecursionError) as error:
        raise ProblemError("unreadable", f"the body is no JSON: {error}") from None
    if not isinstance(value, dict):
        raise InvalidError({"body": "it is no object"})
    return value


def _bytes(request: HttpRequest) -> bytes:
    """Read past Django's own limit for forms, up to this one."""
    try:
        written = bytes(request.read(MOST_BYTES + 1))
    except (OSError, UnreadablePostError, MultiPartParserError):
        raise ProblemError("unreadable", "the body ended early") from None
    if len(written) > MOST_BYTES:
        raise ProblemError("too-large", f"the body is larger than {MOST_BYTES} bytes")
    return written


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object names a part twice")
    return found


def key_of(request: HttpRequest) -> UUID | None:
    """The request's own key, by which it is done once.

    Raises:
        InvalidError: it is no UUID.
    """
    text = request.headers.get("Idempotency-Key")
    if text is None:
        return None
    try:
        return UUID(text.strip().strip('"'))
    except ValueError:
        raise InvalidError({"Idempotency-Key": "expected a UUID"}) from None


def seen_of(request: HttpRequest, body: Mapping[str, Any]) -> int | None:
    """The version of the record that the asker has seen, by ``If-Match`` or ``seen``.

    Raises:
        InvalidError: no version, or two different ones.
    """
    said = body.get("seen")
    if said is not None and (isinstance(said, bool) or not isinstance(said, int)):
        raise InvalidError({"seen": "expected a version's number"})
    text = request.headers.get("If-Match")
    if text is None:
        return said
    found = _ETAG.fullmatch(text.strip())
    if found is None:
        raise InvalidError({"If-Match": "expected the version that an ETag said, as it was"})
    version = int(found[1])
    if said is not None and said != version:
        raise InvalidError({"seen": "If-Match says another version"})
    return version
