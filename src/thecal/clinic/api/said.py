"""What a service gives, as JSON's values; ``api.described`` gives the schema of the same.

A quantity stays the text with its unit that was written; an exact number is a text too, since JSON
has only such as lose digits on the way.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from django.db.models import BinaryField, Field, Model
from django.utils.duration import duration_iso_string
from django.utils.functional import Promise
from pydantic import BaseModel

from thecal.clinic.audit.models import Event
from thecal.clinic.people.models import User
from thecal.clinic.record.entry import Entry
from thecal.clinic.storage.rows import SECRETS

NOT_SENT = "not_sent"
_MOST_PLACES = 24
_OTHERS = {"builtins", "django", "pydantic", "typing", "enum"}
"""Whose properties say nothing of the record."""
_TEXTS = (str, float, Decimal, Fraction, date, time, timedelta, UUID, Promise, Path)
_SCALARS = (str, bool, int, float, Decimal, Fraction, date, time, timedelta, UUID, Enum, Promise)


def said(value: Any, *, whole: bool = True) -> Any:
    """A value as JSON has it.

    Args:
        value: what a service gave.
        whole: whether a row's binary content is sent too, in base64.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return said(value.value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, _TEXTS):
        return _plain(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode("ascii") if whole else None
    return _made_of(value, whole)


def _plain(value: Any) -> Any:
    way = next((way for kind, way in _WAYS if isinstance(value, kind)), str)
    return way(value)


def _moment(value: datetime) -> str:
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat().replace("+00:00", "Z")


def exact(value: Fraction) -> str:
    """A fraction as a decimal if it is one, else as ``1/3``."""
    places, scaled = 0, value
    while scaled.denominator != 1 and places < _MOST_PLACES:
        places, scaled = places + 1, scaled * 10
    if scaled.denominator != 1:
        return str(value)
    return format(Decimal(scaled.numerator).scaleb(-places), "f")


_WAYS: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (float, lambda value: value if math.isfinite(value) else None),
    (Fraction, exact),
    (Decimal, lambda value: format(value, "f")),
    (datetime, _moment),
    (date, date.isoformat),
    (time, time.isoformat),
    (timedelta, duration_iso_string),
)
"""The way of each plain kind; of any other it is its text."""


def _made_of(value: Any, whole: bool) -> Any:
    if isinstance(value, Model):
        return row(value, whole=whole)
    if isinstance(value, Mapping):
        return {str(said(key)): said(one, whole=whole) for key, one in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((said(one, whole=whole) for one in value), key=str)
    names = _parts_of(type(value))
    if names is not None:
        return {name: said(getattr(value, name), whole=whole) for name in names}
    if isinstance(value, Iterable):
        return [said(one, whole=whole) for one in value]
    return {NOT_SENT: type(value).__name__}


def _parts_of(kind: type) -> list[str] | None:
    """The names of a value's parts, None if it is no value with parts."""
    if issubclass(kind, BaseModel):
        return list(kind.model_fields)
    if is_dataclass(kind):
        return [*(one.name for one in fields(kind)), *shown_properties(kind)]
    return None


def row(one: Model, *, whole: bool = True) -> dict[str, Any]:
    """A row by its columns; one that it refers to by its key, a person by name too."""
    told: dict[str, Any] = {"kind": one._meta.label, "text": str(one)}
    for column in columns_of(type(one)):
        told[column.name] = _cell(one, column, whole)
    for name in shown_properties(type(one)):
        told[name] = said(getattr(one, name), whole=whole)
    if isinstance(one, Entry):
        told["corrected_by"] = said(getattr(getattr(one, "corrected_by", None), "pk", None))
    return told


def _cell(one: Model, column: Field[Any, Any], whole: bool) -> Any:
    if column.is_relation and column.related_model is User:
        return person(getattr(one, column.name))
    if column.is_relation:
        return said(getattr(one, column.attname))
    if isinstance(one, Event) and column.name == "detail":
        return getattr(one, column.name)
    return said(getattr(one, column.attname), whole=whole)


def person(user: User | None) -> dict[str, str] | None:
    """Who somebody is."""
    if user is None:
        return None
    return {"id": str(user.pk), "username": user.username, "name": user.name}


def columns_of(model: type[Model]) -> Iterator[Field[Any, Any]]:
    """The columns that are told; never the means to sign in, nor a backup's secrets."""
    hidden = set(SECRETS.get(model._meta.label, {}))
    if getattr(model, "is_secret", False):
        hidden.add("digest")  # of the secret by which somebody comes in
    for column in model._meta.concrete_fields:
        if column.name not in hidden:
            yield column


def is_binary(column: Field[Any, Any]) -> bool:
    """Whether it holds bytes, which only the action that fetches them sends."""
    return isinstance(column, BinaryField)


def shown_properties(kind: type) -> list[str]:
    """The properties of a row or a value that say something plain beside its columns."""
    return list(
        dict.fromkeys(
            name
            for one in reversed(kind.__mro__)
            if one.__module__.partition(".")[0] not in _OTHERS
            for name, member in vars(one).items()
            if not name.startswith("_") and property_kind(member) is not None
        )
    )


def property_kind(member: object) -> Any:
    """What a property gives, if it is plain; None if it is no such property."""
    function = member.fget if isinstance(member, property) else getattr(member, "func", None)
    if function is None or not isinstance(member, property | cached_property):
        return None
    try:
        given = get_type_hints(function).get("return")
    except (NameError, TypeError):
        return None
    return given if given is not None and _is_plain(given) else None


def _is_plain(kind: Any) -> bool:
    if get_origin(kind) in (Union, UnionType):
        return all(one is NoneType or _is_plain(one) for one in get_args(kind))
    return isinstance(kind, type) and issubclass(kind, _SCALARS)
