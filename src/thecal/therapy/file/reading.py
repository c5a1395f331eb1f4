"""Read a prescription file; whatever is wrong with it becomes one line that names the place."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from thecal import devices, formulary
from thecal.therapy.file.prescription import Prescription
from thecal.therapy.file.toml_lines import line_of

MAX_BYTES = 1_048_576
"""No prescription comes near this; a larger file is not one, and is not read."""

MAX_LINE = 4_000
MAX_DEPTH = 8
"""Schema 1 is five deep; what is deeper is not one, and would exhaust the reader."""
_LONGEST_MESSAGE = 400

_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


class PrescriptionError(ValueError):
    """A file that is not a prescription.

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


def read(path: Path) -> Prescription:
    """Read a prescription file.

    Raises:
        PrescriptionError: unreadable, too large, not UTF-8, not TOML, or not a prescription.
    """
    name = str(path)
    try:
        with path.open("rb") as file:  # a size that a device or a pipe states is not to be trusted
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise PrescriptionError(name, 1, f"{reason}; expected a prescription file") from None
    if len(content) > MAX_BYTES:
        raise PrescriptionError(
            name, 1, f"is larger than {MAX_BYTES} bytes; expected a prescription file"
        )
    return read_bytes(content, name)


def read_bytes(content: bytes, name: str = "<prescription>") -> Prescription:
    """Read a prescription from the bytes of a file; ``name`` stands in messages.

    Raises:
        PrescriptionError: as :func:`read`.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise PrescriptionError(name, line, "is not UTF-8; expected UTF-8 text") from None
    return read_text(text, name)


def read_text(text: str, name: str = "<prescription>") -> Prescription:
    """Read a prescription from TOML text.

    Raises:
        PrescriptionError: as :func:`read`.
    """
    if not text.strip():
        raise PrescriptionError(name, 1, "is empty; expected a prescription, beginning schema = 1")
    _refuse_long_lines(text, name)
    table = _parse(text, name)
    if _depth(table) > MAX_DEPTH:
        raise PrescriptionError(name, 1, "is nested too deeply; expected schema 1")
    try:
        prescription = Prescription.model_validate(table)
    except ValidationError as error:
        first, more = _gravest(error)
        path = _path_in(table, (*first["loc"], *_inner(first)))
        raise PrescriptionError(name, line_of(text, path), f"{_said(first)}{more}") from None
    _check_names(prescription, text, name)
    return prescription


def _parse(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        line = int(place[1]) if place and place[1] else text.rstrip().count("\n") + 1
        reason = _TOML_PLACE.sub("", str(error))
        hint = _toml_hint(text.splitlines()[line - 1] if text else "")
        raise PrescriptionError(name, line, f"is not TOML: {reason}; {hint}") from None
    except (RecursionError, ValueError):  # too deep; or an integer of thousands of digits
        raise PrescriptionError(
            name, 1, "is not TOML that can be read; expected schema 1"
        ) from None


def _refuse_long_lines(text: str, name: str) -> None:
    for number, line in enumerate(text.splitlines(), start=1):
        if len(line) > MAX_LINE:
            raise PrescriptionError(
                name, number, f"a line of {len(line)} characters; expected at most {MAX_LINE}"
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


def _path_in(table: Any, loc: tuple[str | int, ...]) -> tuple[str | int, ...]:
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


def _said(error: ErrorDetails) -> str:
    key = next((str(part) for part in reversed(error["loc"]) if isinstance(part, str)), "file")
    if error["type"] == "extra_forbidden":
        return f"unknown key '{key}'; expected only keys of schema 1"
    if error["type"] == "missing":
        return f"missing key '{key}'; expected it here"
    if error["type"] == "placed":
        return str(error["ctx"]["message"])
    if error["type"] == "value_error":
        return f"{key}: {error['ctx']['error']}"
    if error["type"].startswith("union_tag"):
        return "therapy: expected mode = 'simple', 'flex', 'minimum-rate' or 'stopped'"
    return f"{key}: {error['msg']}, found {_short(error['input'])}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004


def _check_names(prescription: Prescription, text: str, name: str) -> None:
    """Names must be in the catalogue, and signatures must name a rule."""
    from thecal.therapy.rules import SIGNABLE  # noqa: PLC0415  (the rules read prescriptions)

    named: list[tuple[tuple[str | int, ...], Any, str]] = [
        (("pump", "model"), devices.pump, prescription.pump.model),
        (("catheter", "model"), devices.catheter, prescription.catheter.model),
    ]
    for group, drugs in (
        ("fill", prescription.fill.drugs),
        ("before", prescription.before.drugs if prescription.before else ()),
    ):
        named += [
            ((group, "drugs", index, "drug"), formulary.drug, one.drug)
            for index, one in enumerate(drugs)
        ]
    for path, look_up, key in named:
        try:
            look_up(key)
        except KeyError as error:
            raise PrescriptionError(name, line_of(text, path), str(error)) from None
    for index, signature in enumerate(prescription.signed):
        if signature.rule not in SIGNABLE:
            raise PrescriptionError(
                name,
                line_of(text, ("signed", index, "rule")),
                f"unknown rule '{signature.rule}'; expected a code that 'thecal rules' lists",
            )
