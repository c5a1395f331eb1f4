"""Read TOML strictly; whatever is wrong becomes one line that names the place."""

from __future__ import annotations

import json
from collections.abc import Hashable
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from thecal.therapy.file.strict_toml import (
    FileError,
    FileKind,
    parse,
    path_in,
    read_file,
    short,
    utf8,
)
from thecal.therapy.file.toml_lines import Path as Place
from thecal.therapy.file.toml_lines import line_of

T = TypeVar("T")


class CareFileError(FileError):
    """A file of care that is not what was expected."""


def _kind(what: str) -> FileKind:
    return FileKind(what, "schema = 1", "schema 1", CareFileError, "")


class Document:
    """The text of a file and its table, so that an error can name a line."""

    def __init__(self, text: str, name: str) -> None:
        """Parse a text; ``name`` stands in messages.

        Raises:
            CareFileError: empty, too long a line, not TOML, or nested too deeply.
        """
        self.text, self.name = text, name
        self.table = parse(text, name, _kind("a file"))
        if self.table.pop("schema", None) != 1:
            raise self.error(("schema",), "expected schema = 1")

    def error(self, place: Place, expected: str) -> CareFileError:
        """An error at a place of the table."""
        return CareFileError(self.name, line_of(self.text, place), expected)

    def only(self, keys: set[str]) -> None:
        """Refuse any other key at the top.

        Raises:
            CareFileError: there is one.
        """
        for key in self.table:
            if key not in keys:
                known = ", ".join(["schema", *sorted(keys)])
                raise self.error((key,), f"unknown key '{key}'; expected only {known}")

    def tables(self, key: str) -> list[dict[str, Any]]:
        """The tables of an array ``[[key]]``.

        Raises:
            CareFileError: it is no such array.
        """
        listed = self.table.get(key, [])
        if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
            raise self.error((key,), f"expected tables [[{key}]]")
        return listed

    def validated(self, kind: type[T], value: Any, place: Place) -> T:
        """A value as ``kind``, strictly.

        Raises:
            CareFileError: it is not one.
        """
        try:
            text = json.dumps(self._plain(value, place))
            return cast("T", _adapter(cast("Hashable", kind)).validate_json(text, strict=True))
        except ValidationError as error:
            first, more = _gravest(error)
            inner = path_in(value, first["loc"])
            raise self.error((*place, *inner), f"{_said(first)}{more}") from None

    def _plain(self, value: Any, place: Place) -> Any:
        """TOML's dates as JSON's texts; a time without an offset is refused."""
        if isinstance(value, datetime) and value.utcoffset() is None:
            example = f"{value.isoformat()}+00:00"
            raise self.error(place, f"has no offset from UTC; expected for example {example}")
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, dict):
            return {key: self._plain(one, (*place, key)) for key, one in value.items()}
        if isinstance(value, list):
            return [self._plain(one, (*place, index)) for index, one in enumerate(value)]
        if not isinstance(value, str | int | float | bool):
            raise self.error(place, f"{value} is not expected here")
        return value


@lru_cache(maxsize=256)
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    """Building one takes longer than reading a whole file with it."""
    return TypeAdapter(cast("Any", kind))


def read_text(path: Path, what: str) -> str:
    """The text of a file; ``what`` kind of file it should be, with its article, stands in messages.

    Raises:
        CareFileError: unreadable, too large, or not UTF-8.
    """
    return utf8(read_file(path, _kind(what)), str(path), _kind(what))


def _gravest(error: ValidationError) -> tuple[ErrorDetails, str]:
    """The error to name, and how many more there are; a misspelt key is also a missing one."""
    found = error.errors()
    first = min(found, key=lambda one: one["type"] != "unexpected_keyword_argument")
    return first, f" (and {len(found) - 1} more)" if len(found) > 1 else ""


def _said(error: ErrorDetails) -> str:
    named = [str(part) for part in error["loc"] if isinstance(part, str)]
    key = named[-1] if named else "this"
    if error["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
        return f"unknown key '{key}'; expected only keys of schema 1"
    if error["type"] in ("missing", "missing_argument"):
        return f"missing key '{key}'; expected it here"
    if error["type"] == "value_error":
        return f"{key}: {error['ctx']['error']}" if named else str(error["ctx"]["error"])
    return f"{key}: {error['msg']}, found {short(error['input'])}"
