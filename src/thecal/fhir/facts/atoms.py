"""A fact's fields as single values: one for a plain field, one for each member of a repeated one.

Back, they become the table of a facts file, which the fact's own type then reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from thecal.care import name_problems
from thecal.care.facts import EVENTS, Event, Ingredient, OralMedicine
from thecal.fhir.amounts import amount, counted, read_text
from thecal.fhir.elements import Json, concept, instant, own_concept
from thecal.fhir.errors import FhirError
from thecal.fhir.facts.table import KINDS, quantities
from thecal.fhir.reading import Place

_EMPTY = "an empty text"
_REPEATED = (tuple, frozenset, Mapping)


@dataclass(frozen=True, slots=True)
class Atom:
    """One value of a fact.

    Attributes:
        field: the fact's field.
        value: plain: no tuple, no map.
        key: which medicine, drug or question it is about; empty for a plain field.
    """

    field: str
    value: Any
    key: str = ""


def atoms(event: Event, without: frozenset[str] = frozenset()) -> Iterator[Atom]:
    """The values of a fact, but for its instant, what is its default and the fields left out."""
    for field in fields(event):
        value = getattr(event, field.name)
        if field.name in {"at", *without} or value is None:
            continue
        if isinstance(value, _REPEATED):
            yield from _members(field.name, value)
        elif value != "" or field.default != "":
            yield Atom(field.name, value)


def _members(name: str, value: Any) -> Iterator[Atom]:
    if isinstance(value, Mapping):
        yield from (Atom(name, one, key) for key, one in value.items())
        return
    for one in sorted(value) if isinstance(value, frozenset) else value:
        if isinstance(one, Ingredient):
            yield Atom(name, one.concentration_ug_per_ml, one.drug)
        elif isinstance(one, OralMedicine):
            yield Atom(name, one.ug_per_day, one.drug)
        else:
            yield Atom(name, one)


def value_of(atom: Atom, *, in_component: bool) -> Json:
    """The value[x] of an atom; a component has fewer types to choose from than an extension."""
    value, quantity = atom.value, quantities().get(atom.field)
    if value == "":
        return {"dataAbsentReason": concept(_EMPTY)} if in_component else {}
    if isinstance(value, date) and not isinstance(value, datetime):
        return {"valueDateTime" if in_component else "valueDate": value.isoformat()}
    if quantity is not None:
        kind = KINDS.get(quantity.kind)
        measured = amount(Fraction(value), kind) if kind else counted(value, quantity.unit)
        return {"valueQuantity": measured}
    return _plain_value(value)


def _plain_value(value: Any) -> Json:
    for kind, (name, written) in _WRITERS.items():
        if isinstance(value, kind):
            return {name: written(value)}
    raise TypeError(f"{value!r} is of no type that a fact may have")


_WRITERS: dict[type, tuple[str, Any]] = {
    StrEnum: ("valueCodeableConcept", lambda value: own_concept("value", value)),
    str: ("valueString", str),
    bool: ("valueBoolean", bool),
    datetime: ("valueDateTime", instant),
    int: ("valueInteger", int),
}


def read_value(place: Place, field: str) -> Any:
    """The value of an atom as a facts file has it: a quantity as a text with its unit.

    Raises:
        FhirError: no value, or one of a kind that no fact has.
    """
    for name, read in _READERS.items():
        if found := place.get(name):
            return read(found)
    if place.get("dataAbsentReason") or set(place.value) == {"url"}:
        return ""
    quantity = quantities().get(field)
    if quantity is None:
        place.fail("has no value that a fact may have")
    found = place.need("valueQuantity")
    if quantity.kind:
        return read_text(found, KINDS[quantity.kind])
    found.need("code").word(quantity.unit)
    number = found.need("value").number()
    return int(number) if quantity.sign and number == int(number) else number


def _dated(place: Place) -> datetime | date:
    return place.moment() if "T" in place.text() else place.day()


_READERS: dict[str, Any] = {
    "valueCodeableConcept": lambda place: place.need_own_code("value"),
    "valueString": Place.text,
    "valueBoolean": Place.truth,
    "valueInteger": Place.whole,
    "valueDateTime": _dated,
    "valueDate": Place.day,
}


@dataclass(frozen=True, slots=True)
class ReadAtom:
    """An atom that was read, and where."""

    field: str
    value: Any
    key: str
    path: str


@lru_cache(maxsize=len(EVENTS))
def _adapter(kind: str) -> TypeAdapter[Event]:
    return TypeAdapter(EVENTS[kind])


def event_of(kind: str, at: datetime, read: list[ReadAtom], place: Place) -> Event:
    """The fact of a kind with these values.

    Raises:
        FhirError: a value is missing, too much, or not one that the fact may have.
    """
    table: dict[str, Any] = {"at": at}
    owner = EVENTS[kind]
    for field in fields(owner):
        mine = [one for one in read if one.field == field.name]
        name = _name_in_file(field.name)
        if _is_repeated(owner, field.name):
            table[name] = _gathered(field.name, mine)
        elif len(mine) > 1:
            raise FhirError(mine[1].path, f"a second {field.name}")
        elif mine:
            table[name] = mine[0].value
    try:
        event = _adapter(kind).validate_python(table)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = [one.path for one in read if _name_in_file(one.field) == first["loc"][0]]
        message = f"{kind}.{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise FhirError(where[0] if where else place.path, message) from None
    for keys, problem in name_problems(event):
        place.fail(f"{kind}.{'.'.join(map(str, keys))}: {problem}")
    return event


def _name_in_file(field: str) -> str:
    """The name of a field in a facts file."""
    return quantities()[field].name if field in quantities() else field


def _annotation(owner: type[Event], field: str) -> str:
    return str(next(one.type for one in fields(owner) if one.name == field))


def _is_repeated(owner: type[Event], field: str) -> bool:
    return _annotation(owner, field).startswith(("tuple[", "frozenset[", "Mapping["))


def _gathered(field: str, mine: list[ReadAtom]) -> Any:
    if field == "answers":
        return {one.key: one.value for one in mine}
    if field == "medicines":
        return [{"drug": one.key, "daily_dose": one.value} for one in mine]
    if any(one.key for one in mine):
        return [{"drug": one.key, "concentration": one.value} for one in mine]
    return [one.value for one in mine]
