"""Read a patient's facts from a TOML file (schema 1): the zone, the patient, the events."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from thecal.care.facts import EVENTS, Event, History, Patient
from thecal.care.file.names import name_problems
from thecal.care.file.strict import Document, read_text

FIRST_YEAR, LAST_YEAR = 1970, 2200


def read_facts(path: Path) -> History:
    """The history in a facts file.

    Raises:
        CareFileError: unreadable, too large, not TOML, or not facts.
    """
    return read_facts_text(read_text(path, "a facts"), str(path))


def read_facts_text(text: str, name: str = "<facts>") -> History:
    """The history in a text; ``name`` stands in messages.

    Raises:
        CareFileError: as :func:`read_facts`.
    """
    document = Document(text, name)
    document.only({"zone", "patient", "event"})
    patient = document.table.get("patient")
    if not isinstance(patient, dict):
        raise document.error(("patient",), "missing table [patient]; expected it here")
    events = tuple(
        _event(document, index, table) for index, table in enumerate(document.tables("event"))
    )
    return History(
        patient=document.validated(Patient, patient, ("patient",)),
        zone=_zone(document),
        events=events,
    )


def _zone(document: Document) -> ZoneInfo:
    zone = document.table.get("zone")
    if not isinstance(zone, str) or zone not in available_timezones():
        said = f"{zone!r} is not a time zone" if zone else "missing key 'zone'"
        raise document.error(("zone",), f'{said}; expected for example "Europe/London"')
    return ZoneInfo(zone)


def _event(document: Document, index: int, table: dict[str, Any]) -> Event:
    place = ("event", index)
    kind = table.get("kind")
    if not isinstance(kind, str) or kind not in EVENTS:
        said = f"unknown kind {kind!r}" if kind is not None else "missing key 'kind'"
        raise document.error((*place, "kind"), f"{said}; expected one of: {', '.join(EVENTS)}")
    fields = {key: value for key, value in table.items() if key != "kind"}
    event = document.validated(EVENTS[kind], fields, place)
    for name in event.__dataclass_fields__:
        value = getattr(event, name)
        if isinstance(value, date) and not FIRST_YEAR <= value.year <= LAST_YEAR:
            said = f"expected a year from {FIRST_YEAR} to {LAST_YEAR}"
            raise document.error((*place, name), said)
    for inner, problem in name_problems(event):
        raise document.error((*place, *inner), problem)
    return event
