"""Read a clinic's own settings from a TOML file (schema 1): figures, schedules, what it omits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from thecal import formulary
from thecal.care.file.strict import CareFileError, Document, read_text
from thecal.care.gates import requirement_cards
from thecal.care.settings import (
    PUBLISHED,
    CareFigure,
    Schedule,
    SettingError,
    Settings,
    schedules,
)


def read_settings(path: Path) -> Settings:
    """The settings in a file.

    Raises:
        CareFileError: unreadable, not TOML, an unknown figure, one outside what may be set, or a
            requirement that is in force in every clinic.
    """
    return read_settings_text(read_text(path, "a clinic's settings"), str(path))


def read_settings_text(text: str, name: str = "<settings>") -> Settings:
    """The settings in a text; ``name`` stands in messages.

    Raises:
        CareFileError: as :func:`read_settings`.
    """
    document = Document(text, name)
    document.only({"figures", "observation", "off"})
    table = document.table.get("figures", {})
    if not isinstance(table, dict):
        raise document.error(("figures",), "expected a table [figures]")
    return Settings(
        {key: _figure(document, key, value) for key, value in table.items()},
        dict(
            _schedule(document, index, one)
            for index, one in enumerate(document.tables("observation"))
        ),
        dict(_off(document, index, one) for index, one in enumerate(document.tables("off"))),
    )


def _figure(document: Document, key: str, value: object) -> CareFigure:
    try:
        return PUBLISHED.figure(key).own(value)
    except SettingError as error:
        raise document.error(("figures", key), str(error)) from None


def _schedule(document: Document, index: int, table: dict[str, Any]) -> tuple[str, Schedule]:
    place = ("observation", index)
    if not set(table) <= {"drug", "steps", "signs"}:
        raise document.error(place, "expected only the keys drug, steps and signs")
    drug = table.get("drug")
    if drug not in formulary.drugs():
        known = ", ".join(formulary.drugs())
        raise document.error((*place, "drug"), f"unknown drug {drug!r}; expected one of: {known}")
    published = schedules().get(drug)
    beside = f"{published}, {published.source}" if published else ""
    try:
        return drug, Schedule(**table, own=True, published=beside)
    except ValidationError as error:
        first = error.errors()[0]
        said = first.get("ctx", {}).get("error", first["msg"])
        raise document.error((*place, *_inner(table, first["loc"])), str(said)) from None


def _inner(table: dict[str, Any], loc: tuple[str | int, ...]) -> tuple[str | int, ...]:
    return loc if loc and loc[0] in table else ()


def _off(document: Document, index: int, table: dict[str, Any]) -> tuple[str, str]:
    place = ("off", index)
    code, reason = table.get("requirement"), table.get("reason")
    if set(table) != {"requirement", "reason"} or not isinstance(reason, str) or not reason.strip():
        raise document.error(place, "expected a requirement and a reason")
    card = requirement_cards().get(str(code))
    if card is None:
        raise document.error((*place, "requirement"), f"unknown requirement {code!r}")
    if not card.clinic_may_switch_off:
        said = f"'{code}' is in force in every clinic and cannot be switched off"
        raise document.error((*place, "requirement"), said)
    return card.code, reason


__all__ = ["CareFileError", "read_settings", "read_settings_text"]
