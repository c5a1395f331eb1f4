"""Read TOML strictly; whatever is wrong becomes one line that names the place."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Hashable
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from thecal.therapy.file.toml_lines import Path as Place
from thecal.therapy.file.toml_lines import line_of

MAX_BYTES = 1_048_576
"""No file of care comes near this; a larger one is not read."""

_LONGEST_LINE = 4_000
_LONGEST_MESSAGE = 400
_DEEPEST = 8
_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")

T = TypeVar("T")


class CareFileError(ValueError):
    """A file that is not what was expected.

    Attributes:
        file: its name as given.
        line: where, from 1.
        expected: what is wrong and what was expected, in one line.
    """

    def __init__(self, file: str, line: int, expected: str) -> None:
        said = " ".join(expected.split())
        if len(said) > _LONGEST_MESSAGE:
            said = f"{said[: _LONGEST_MESSAGE - 1]}…"
        self.file, self.line, self.expected = file, line, said
        super().__init__(f"{file}:{line}: {said}")


class Document:
    """The text of a file and its table, so that an error can name a line."""

    def __init__(self, text: str, name: str) -> None:
        """Parse a text; ``name`` stands in messages.

        Raises:
            CareFileError: empty, too long a line, not TOML, or nested too deeply.
        """
        self.text, self.name = text, name
        if not text.strip():
            raise CareFileError(name, 1, "is empty; expected a file that begins with schema = 1")
        for number, line in enumerate(text.splitlines(), start=1):
            if len(line) > _LONGEST_LINE:
                raise CareFileError(name, number, f"expected at most {_LONGEST_LINE} characters")
        self.table = self._parse()
        if _depth(self.table) > _DEEPEST:
            raise CareFileError(name, 1, "is nested too deeply; expected schema 1")
        if self.table.pop("schema", None) != 1:
            raise self.error(("schema",), "expected schema = 1")

    def _parse(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            place = _TOML_PLACE.search(str(error))
            end = self.text.rstrip().count("\n") + 1
            reason = _TOML_PLACE.sub("", str(error))
            line = int(place[1]) if place and place[1] else end
            raise CareFileError(self.name, line, f"is not TOML: {reason}") from None
        except (RecursionError, ValueError):  # too deep; or an integer of thousands of digits
            raise CareFileError(self.name, 1, "is not TOML that can be read") from None

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
            inner = _existing(value, first["loc"])
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
    """The text of a file; ``what`` it should be stands in messages.

    Raises:
        CareFileError: unreadable, too large, or not UTF-8.
    """
    name = str(path)
    try:
        with path.open("rb") as file:  # a size that a device or a pipe states is not to be trusted
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise CareFileError(name, 1, f"{reason}; expected {what}") from None
    if len(content) > MAX_BYTES:
        raise CareFileError(name, 1, f"is larger than {MAX_BYTES} bytes; expected {what}")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise CareFileError(name, line, "is not UTF-8; expected UTF-8 text") from None


def _depth(table: Any) -> int:
    """How deep a value is nested, without recursion."""
    depth, level = 0, [table]
    while level and depth <= _DEEPEST:
        depth += 1
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return depth


def _existing(value: Any, loc: tuple[str | int, ...]) -> Place:
    """The part of a location that exists in the value (a union's members are named in it too)."""
    path: list[str | int] = []
    here = value
    for part in loc:
        inside = part in here if isinstance(here, dict) else False
        if isinstance(here, list) and isinstance(part, int):
            inside = part < len(here)
        if inside:
            here = here[part]
            path.append(part)
    return tuple(path)


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
    return f"{key}: {error['msg']}, found {_short(error['input'])}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004
