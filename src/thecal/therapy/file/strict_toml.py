"""Read a TOML file into a strict model; whatever is wrong becomes one line that names the place."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from thecal.therapy.file.toml_lines import line_of

MAX_BYTES = 1_048_576
"""No such file comes near this; a larger file is not one, and is not read."""

MAX_LINE = 4_000
MAX_DEPTH = 8
"""Schema 1 is five deep; what is deeper is not one, and would exhaust the reader."""
_LONGEST_MESSAGE = 400

_EXPECTED = {
    "tuple_type": "a list",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "too_short": "at least one",
    "string_type": "a text in quotes",
    "string_too_short": "a text",
    "string_pattern_mismatch": "a text",
    "string_too_long": "a shorter text",
    "bool_type": "true or false",
    "int_type": "a whole number",
}
"""What to write instead, by the kind of pydantic's error."""

_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_Model = TypeVar("_Model", bound=BaseModel)


class FileError(ValueError):
    """A file that is not what it should be.

    Attributes:
        file: the file's name as given.
        line: where, from 1.
        expected: what is wrong and what was expected, in one line.
    """

    def __init__(self, file: str, line: int, expected: str) -> None:
        said = " ".join(expected.split())
        if len(said) > _LONGEST_MESSAGE:
            said = f"{said[: _LONGEST_MESSAGE - 1]}…"
        self.file, self.line, self.expected = file, line, said
        super().__init__(f"{file}:{line}: {self.expected}")


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file.

    Attributes:
        what: what it is, with its article.
        beginning: its first line.
        schema: what its keys are called.
        error: what is raised.
        modes: what is said where a table's mode is none.
    """

    what: str
    beginning: str
    schema: str
    error: type[FileError]
    modes: str


def read_file(path: Path, kind: FileKind) -> bytes:
    """A file's bytes.

    Raises:
        FileError: unreadable, or too large.
    """
    name = str(path)
    try:
        with path.open("rb") as file:  # a size that a device or a pipe states is not to be trusted
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise kind.error(name, 1, f"{reason}; expected {kind.what} file") from None
    if len(content) > MAX_BYTES:
        raise kind.error(name, 1, f"is larger than {MAX_BYTES} bytes; expected {kind.what} file")
    return content


def utf8(content: bytes, name: str, kind: FileKind) -> str:
    """The text of a file.

    Raises:
        FileError: it is not UTF-8.
    """
    try:
        return content.decode("utf-8-sig")  # some editors put a mark before the first line
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise kind.error(name, line, "is not UTF-8; expected UTF-8 text") from None


def read_model(text: str, name: str, model: type[_Model], kind: FileKind) -> _Model:
    """Read a model from TOML text; ``name`` stands in messages.

    Raises:
        FileError: it is not TOML, or not such a file.
    """
    table = parse(text, name, kind)
    try:
        return model.model_validate(table)
    except ValidationError as error:
        first, more = _gravest(error)
        path = path_in(table, (*first["loc"], *_inner(first)))
        raise kind.error(name, line_of(text, path), f"{_said(first, kind)}{more}") from None


def parse(text: str, name: str, kind: FileKind) -> dict[str, Any]:
    """The table of a text, not too deep.

    Raises:
        FileError: it is empty, has too long a line, is not TOML, or is nested too deeply.
    """
    if not text.strip():
        raise kind.error(name, 1, f"is empty; expected {kind.what}, beginning {kind.beginning}")
    _refuse_long_lines(text, name, kind)
    table = _parse(text, name, kind)
    if _depth(table) > MAX_DEPTH:
        raise kind.error(name, 1, f"is nested too deeply; expected {kind.schema}")
    return table


def _parse(text: str, name: str, kind: FileKind) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        line = int(place[1]) if place and place[1] else text.rstrip().count("\n") + 1
        reason = _TOML_PLACE.sub("", str(error))
        hint = _toml_hint(text.splitlines()[line - 1] if text else "")
        raise kind.error(name, line, f"is not TOML: {reason}; {hint}") from None
    except (RecursionError, ValueError):  # too deep; or an integer of thousands of digits
        raise kind.error(name, 1, f"is not TOML that can be read; expected {kind.schema}") from None


def _refuse_long_lines(text: str, name: str, kind: FileKind) -> None:
    for number, line in enumerate(text.splitlines(), start=1):
        if len(line) > MAX_LINE:
            raise kind.error(
                name,
                number,
                f"a line of {len(line)} characters; expected at most {MAX_LINE} characters",
            )


def _depth(table: Any) -> int:
    """How deep a value is nested, without recursion."""
    depth, level = 0, [table]
    while level and depth <= MAX_DEPTH:
        depth += 1
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return depth


def _toml_hint(line: str) -> str:
    if re.search(r"=\s*[\d.,]+,\d", line):
        return 'a comma is not a decimal mark; expected a quantity such as "0.5 mL"'
    return 'expected key = "value"'


def path_in(table: Any, loc: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """The part of a pydantic location that exists in the file (it also names union members)."""
    path: list[str | int] = []
    here = table
    for part in loc:
        inside = part in here if isinstance(here, dict) else False
        if isinstance(here, list) and isinstance(part, int):
            inside = part < len(here)
        if inside:
            here = here[part]
            path.append(part)
    return tuple(path)


def _gravest(error: ValidationError) -> tuple[ErrorDetails, str]:
    """The error to name, and how many more there are.

    A misspelt key is also a missing one: the misspelling is the place to name. A list that lost
    its bad item is not an error of its own.
    """
    found = error.errors()
    own = [one for one in found if one["type"] != "too_short"] or found
    first = min(own, key=lambda one: one["type"] != "extra_forbidden")
    return first, f" (and {len(own) - 1} more)" if len(own) > 1 else ""


def _inner(error: ErrorDetails) -> tuple[str | int, ...]:
    """Where in its table an error is, as far as it says more than its location."""
    if error["type"].startswith("union_tag"):
        return ("mode",)
    path: tuple[str | int, ...] = error.get("ctx", {}).get("path", ())
    return path


def _said(error: ErrorDetails, kind: FileKind) -> str:
    key = next((str(part) for part in reversed(error["loc"]) if isinstance(part, str)), "file")
    if error["type"] == "extra_forbidden":
        return f"unknown key '{key}'; expected only keys of {kind.schema}"
    if error["type"] == "missing":
        return f"missing key '{key}'; expected it here"
    if error["type"] == "placed":
        return str(error["ctx"]["message"])
    if error["type"] == "value_error":
        return f"{key}: {error['ctx']['error']}"
    if error["type"].startswith("union_tag"):
        return kind.modes
    return f"{key}: {_expected(error)}, found {short(error['input'])}"


def _expected(error: ErrorDetails) -> str:
    """What pydantic would have accepted, in this file's words."""
    if error["type"] in _EXPECTED:
        return f"expected {_EXPECTED[error['type']]}"
    return error["msg"].replace("Input should be", "expected")


def short(value: object) -> str:
    """What was found, short enough for a line."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004
