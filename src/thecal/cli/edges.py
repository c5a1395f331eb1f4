"""What every command does at its edge: read the input or fail in one line, write files safely."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo, available_timezones

import typer

from thecal.formulary import drugs
from thecal.therapy.file.prescription import Prescription
from thecal.therapy.file.reading import PrescriptionError, read
from thecal.units import CONCENTRATION, Kind, UnitError, parse

REFUSED, BAD_INPUT = 1, 2
FIRST_YEAR, LAST_YEAR = 1970, 2200


def fail(message: str) -> NoReturn:
    """One line on standard error, exit 2."""
    typer.echo(f"thecal: {' '.join(message.split())}", err=True)
    raise typer.Exit(BAD_INPUT)


def missing_extra(what: str, extra: str, error: ModuleNotFoundError) -> NoReturn:
    """A part that is not installed: one line that says which extra has it, exit 2."""
    fail(f"{what} needs {error.name}, which is not installed; install thecal[{extra}]")


def read_prescription(path: Path) -> Prescription:
    """The prescription of a file, or exit 2 with its place."""
    try:
        return read(path)
    except PrescriptionError as error:
        fail(str(error))


def read_zone(name: str | None) -> ZoneInfo | None:
    """A time zone of the IANA data, or exit 2."""
    if name is None:
        return None
    if name not in available_timezones():
        fail(f"--zone: unknown time zone '{name}'; expected for example Europe/London")
    return ZoneInfo(name)


def read_date(text: str | None) -> date:
    """An ISO date, today if none is given, or exit 2."""
    if text is None:
        return date.today()  # noqa: DTZ011  (the clinic's own calendar day)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        fail(f"--on: '{text}' is not a date; expected for example 2026-03-01")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        fail(f"--on: {text} is out of range; expected {FIRST_YEAR} to {LAST_YEAR}")
    return day


def read_quantity(option: str, text: str | None, kind: Kind) -> Fraction | None:
    """A quantity with its unit, or exit 2."""
    if text is None:
        return None
    try:
        return parse(text, kind)
    except UnitError as error:
        fail(f"{option}: {error}")


def read_label(texts: list[str] | None) -> dict[str, Fraction] | None:
    """What a pharmacy's label says, drug to µg/mL, or exit 2."""
    if not texts:
        return None
    label: dict[str, Fraction] = {}
    for text in texts:
        name, _, strength = text.strip().partition(" ")
        value = read_quantity("--pharmacy-label", strength, CONCENTRATION)
        if name not in drugs():
            fail(f"--pharmacy-label: unknown drug '{name}'; expected one of: {', '.join(drugs())}")
        if value is not None:
            label[name] = value
    return label


def write_file(path: Path, write: Callable[[Path], None]) -> None:
    """Write one file; a place that cannot be written is exit 2."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path)
    except OSError as error:
        fail(f"cannot write {path}: {error.strerror}")
