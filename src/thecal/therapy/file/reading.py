"""Read a prescription file; whatever is wrong with it becomes one line that names the place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from thecal import devices, formulary
from thecal.therapy.file.prescription import Prescription
from thecal.therapy.file.strict_toml import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_LINE,
    FileError,
    FileKind,
    read_file,
    read_model,
    utf8,
)
from thecal.therapy.file.toml_lines import line_of

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_LINE",
    "PrescriptionError",
    "read",
    "read_bytes",
    "read_text",
]


class PrescriptionError(FileError):
    """A file that is not a prescription."""


_KIND = FileKind(
    "a prescription",
    "schema = 1",
    "schema 1",
    PrescriptionError,
    "therapy: expected mode = 'simple', 'flex', 'minimum-rate' or 'stopped'",
)


def read(path: Path) -> Prescription:
    """Read a prescription file.

    Raises:
        PrescriptionError: unreadable, too large, not UTF-8, not TOML, or not a prescription.
    """
    return read_bytes(read_file(path, _KIND), str(path))


def read_bytes(content: bytes, name: str = "<prescription>") -> Prescription:
    """Read a prescription from the bytes of a file; ``name`` stands in messages.

    Raises:
        PrescriptionError: as :func:`read`.
    """
    return read_text(utf8(content, name, _KIND), name)


def read_text(text: str, name: str = "<prescription>") -> Prescription:
    """Read a prescription from TOML text.

    Raises:
        PrescriptionError: as :func:`read`.
    """
    prescription = read_model(text, name, Prescription, _KIND)
    _check_names(prescription, text, name)
    return prescription


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
