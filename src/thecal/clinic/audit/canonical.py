"""One way to write any row as bytes, so that equal rows have equal digests on every database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db import models

Plain = None | bool | int | str | list[Any] | dict[str, Any]


def text(value: Mapping[str, Any] | list[Any]) -> str:
    """JSON with sorted keys and no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256(written: str) -> str:
    """The digest of a text, in hexadecimal."""
    return hashlib.sha256(written.encode("utf-8")).hexdigest()


def plain(value: object) -> Plain:
    """A column's value as JSON has it.

    Raises:
        TypeError: a binary float or another kind that has no one way to be written.
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str | UUID):
        return str(value)
    if isinstance(value, date):
        return _moment(value)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _moment(value: date) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.isoformat()


def columns(row: models.Model) -> dict[str, Plain]:
    """A row's columns by name.

    What is null is left out: a column added later is null in the rows before it, and must not
    alter their digests.
    """
    found = {
        field.attname: plain(getattr(row, field.attname)) for field in row._meta.concrete_fields
    }
    return {name: value for name, value in found.items() if value is not None}


def digest(row: models.Model) -> str:
    """The digest of a row: its table and all its columns."""
    return sha256(text({"table": row._meta.db_table, "columns": columns(row)}))
