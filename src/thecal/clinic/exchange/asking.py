"""What a FHIR request asks for: its parameters read strictly, an unknown one refused."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict

from thecal.clinic.exchange.orders import MOST_AT_ONCE

FORMATS = {"json", "application/json", "application/fhir+json", "text/json"}
OUTPUTS = {"application/fhir+ndjson", "application/ndjson", "ndjson"}
PATIENT_SEARCH = (
    ("_id", "token"),
    ("identifier", "token"),
    ("name", "string"),
    ("family", "string"),
    ("given", "string"),
    ("birthdate", "date"),
    ("gender", "token"),
)
"""What patients are searched by, and the type of each."""
_PAGING = ("_count", "_offset")
_ANYWHERE = ("_format", "_pretty")
_COMMA = re.compile(r"(?<!\\),")
_DAY = re.compile(r"(?:eq)?(\d{4}-\d{2}-\d{2})")


class AskingError(ValueError):
    """A request that asks for what is not offered, or cannot be read; ``code`` is of FHIR's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def parameters(request: HttpRequest, known: Collection[str]) -> MultiValueDict[str, str]:
    """The request's parameters, all of which are offered.

    Raises:
        AskingError: one is not; leaving it out would answer another question than was asked.
    """
    offered = [*known, *_ANYWHERE]
    for name in request.GET:
        if name not in offered:
            raise AskingError(
                "not-supported",
                f"the parameter '{name}' is not offered here; offered: {', '.join(offered)}",
            )
    wanted = request.GET.get("_format", "json").partition(";")[0].strip()
    if wanted not in FORMATS:
        raise AskingError("not-supported", f"the format '{wanted}' is not offered; json is")
    return request.GET


def only(asked: MultiValueDict[str, str], name: str) -> str:
    """A parameter that may be there once.

    Raises:
        AskingError: it is there more than once.
    """
    found = asked.getlist(name)
    if len(found) > 1:
        raise AskingError("invalid", f"the parameter '{name}' is there {len(found)} times")
    return found[0] if found else ""


def whole(asked: MultiValueDict[str, str], name: str, least: int, most: int, usual: int) -> int:
    """A number.

    Raises:
        AskingError: it is none, or out of its bounds.
    """
    text = only(asked, name) or str(usual)
    if not (text.isascii() and text.isdecimal()) or not least <= int(text[:9]) <= most:
        raise AskingError("value", f"'{name}' is not a whole number from {least} to {most}")
    return int(text)


def types(asked: MultiValueDict[str, str]) -> list[str]:
    """The types of ``_type``; none means all."""
    return [one for text in asked.getlist("_type") for one in text.split(",") if one]


def paging(asked: MultiValueDict[str, str]) -> dict[str, int]:
    """Which page is asked for."""
    return {
        "count": whole(asked, "_count", 1, MOST_AT_ONCE, 50),
        "offset": whole(asked, "_offset", 0, 10_000_000, 0),
    }


def patient_search(request: HttpRequest, systems: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a search for patients; what is repeated must all hold, a comma means or.

    Args:
        request: what was asked.
        systems: the URIs of the record numbers that there are here.

    Raises:
        AskingError: an unknown parameter, or one that cannot be read.
    """
    asked = parameters(request, [name for name, _ in PATIENT_SEARCH] + list(_PAGING))
    order: dict[str, Any] = dict(paging(asked))
    for name in ("name", "family", "given"):
        order[name] = tuple(_words(name, text) for text in asked.getlist(name))
    if identity := only(asked, "_id"):
        order["identity"] = tuple(filter(None, (key_of(one) for one in _words("_id", identity))))
    if identifier := only(asked, "identifier"):
        words = _words("identifier", identifier)
        order["identifier"] = tuple(filter(None, (_number(one, systems) for one in words)))
    if gender := only(asked, "gender"):
        order["gender"] = _words("gender", gender)
    if born := only(asked, "birthdate"):
        order["birth_date"] = _day(born)
    return order


def _words(name: str, text: str) -> tuple[str, ...]:
    words = tuple(re.sub(r"\\([,$|\\])", r"\1", one).strip() for one in _COMMA.split(text))
    if not all(words):
        raise AskingError("value", f"'{name}' is empty")
    return words


def key_of(text: str) -> UUID | None:
    """A patient's key; None for an id that none can have."""
    try:
        return UUID(text) if text == str(UUID(text)) else None
    except ValueError:
        return None


def _number(text: str, systems: Mapping[str, Any]) -> str | None:
    """A record number; None where a system is named that is not this clinic's."""
    system, bar, value = text.partition("|")
    if not bar:
        return text
    if not value:
        raise AskingError("not-supported", "an identifier is searched by its value")
    return value if system in systems else None


def _day(text: str) -> date:
    found = _DAY.fullmatch(text)
    if found is None:
        raise AskingError("not-supported", "'birthdate' is searched by a whole date: 1970-01-02")
    try:
        return date.fromisoformat(found[1])
    except ValueError:
        raise AskingError("value", f"'{text}' is no date") from None
