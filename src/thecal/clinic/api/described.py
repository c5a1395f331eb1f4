"""The schema of what a service gives: the same walk as ``api.said``, over kinds and not values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

from django.db import models
from django.db.models import Field, Model
from pydantic import BaseModel

from thecal.clinic.api.said import columns_of, is_binary, property_kind, shown_properties
from thecal.clinic.people.models import User
from thecal.clinic.record.entry import Entry

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
EXACT = {"type": "string", "description": "An exact number: a decimal, or a fraction as 1/3."}
MOMENT = {"type": "string", "format": "date-time"}
KEY = {"type": "string", "format": "uuid"}
BASE64 = {"type": "string", "contentEncoding": "base64"}
PERSON: Schema = {
    "type": "object",
    "required": ["id", "username", "name"],
    "additionalProperties": False,
    "properties": {"id": KEY, "username": TEXT, "name": TEXT},
}
_PLAIN: tuple[tuple[type, Schema], ...] = (
    (bool, {"type": "boolean"}),
    (int, {"type": "integer"}),
    (float, {"type": ["number", "null"], "description": "Null if it is no finite number."}),
    (str, TEXT),
    (Fraction, EXACT),
    (Decimal, EXACT),
    (datetime, MOMENT),
    (date, {"type": "string", "format": "date"}),
    (time, {"type": "string"}),
    (timedelta, {"type": "string", "description": "A duration by ISO 8601."}),
    (UUID, KEY),
    (bytes, BASE64),
    (dict, {"type": "object"}),
    (list, {"type": "array"}),
    (tuple, {"type": "array"}),
)


class Described:
    """Schemas by kind; those of rows and values with parts are named, and kept to be referred to.

    Attributes:
        named: by name; it fills while kinds are described.
    """

    def __init__(self) -> None:
        self.named: dict[str, Schema] = {"Person": PERSON}
        self._names: dict[type, str] = {}

    def of(self, kind: Any) -> Schema:
        """The schema of a kind; one that allows everything where the kind says nothing."""
        if kind is None or kind is NoneType:
            return {"type": "null"}
        origin = get_origin(kind)
        if origin is Annotated:
            return self.of(get_args(kind)[0])
        if origin in (Union, UnionType):
            return {"anyOf": [self.of(one) for one in get_args(kind)]}
        if origin is Literal:
            return {"enum": list(get_args(kind))}
        if origin is not None:
            return self._many(origin, get_args(kind))
        return self._one(kind) if isinstance(kind, type) else {}

    def _many(self, origin: Any, inner: tuple[Any, ...]) -> Schema:
        if not isinstance(origin, type):
            return {}
        if issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": self.of(inner[1])}
        if issubclass(origin, tuple) and inner and inner[-1] is not Ellipsis:
            size = len(inner)
            parts = [self.of(one) for one in inner]
            return {"type": "array", "prefixItems": parts, "minItems": size, "maxItems": size}
        if issubclass(origin, Iterable):
            return {"type": "array", "items": self.of(inner[0]) if inner else {}}
        return self._one(origin)

    def _one(self, kind: type) -> Schema:
        if issubclass(kind, Enum):
            return {"enum": [one.value for one in kind]}
        for plain, schema in _PLAIN:
            if issubclass(kind, plain):
                return schema
        describe = self._describing(kind)
        return self._referred(kind, describe) if describe else {}

    def _describing(self, kind: type) -> Callable[[Any], Schema] | None:
        if issubclass(kind, Model):
            return self._row
        if issubclass(kind, BaseModel):
            return self._model
        return self._value if is_dataclass(kind) else None

    def _referred(self, kind: type, describe: Callable[[Any], Schema]) -> Schema:
        if kind not in self._names:
            name = self._names[kind] = _name(kind)
            self.named[name] = {}  # so that one that holds its like comes to an end
            self.named[name] = describe(kind)
        return {"$ref": f"#/components/schemas/{self._names[kind]}"}

    def _value(self, kind: type) -> Schema:
        hints = _hints(kind)
        parts = {one.name: self._hinted(hints, one.name) for one in fields(cast("Any", kind))}
        return _object(kind, parts | self._properties(kind))

    def _hinted(self, hints: Mapping[str, Any], name: str) -> Schema:
        return self.of(hints[name]) if name in hints else {}

    def _model(self, kind: type[BaseModel]) -> Schema:
        parts = {name: self.of(one.annotation) for name, one in kind.model_fields.items()}
        return _object(kind, parts)

    def _row(self, kind: type[Model]) -> Schema:
        if kind._meta.abstract:
            return {
                "type": "object",
                "required": ["kind", "id", "text"],
                "description": "An entry of one of several kinds, as `kind` says.",
                "properties": {"kind": TEXT, "id": KEY, "text": TEXT},
            }
        parts = {"kind": {"const": kind._meta.label}, "text": TEXT}
        parts |= {one.name: self._column(one) for one in columns_of(kind)}
        parts |= self._properties(kind)
        if issubclass(kind, Entry):
            parts["corrected_by"] = {"anyOf": [KEY, {"type": "null"}]}
        return {**_object(kind, parts), "additionalProperties": False}

    def _properties(self, kind: type) -> dict[str, Schema]:
        return {
            name: self.of(property_kind(_member(kind, name))) for name in shown_properties(kind)
        }

    def _column(self, column: Field[Any, Any]) -> Schema:
        schema = self._cell(column)
        if (column.null or is_binary(column)) and schema:
            return {"anyOf": [schema, {"type": "null"}]}
        return schema

    def _cell(self, column: Field[Any, Any]) -> Schema:
        if column.is_relation:
            is_person = column.related_model is User
            return {"$ref": "#/components/schemas/Person"} if is_person else KEY
        if is_binary(column):
            return {**BASE64, "description": "Null in a list."}
        for kind, schema in _COLUMNS:
            if isinstance(column, kind):
                return schema
        return {} if isinstance(column, models.JSONField) else TEXT


_COLUMNS: tuple[tuple[type[Field[Any, Any]], Schema], ...] = (
    (models.BooleanField, {"type": "boolean"}),
    (models.IntegerField, {"type": "integer"}),
    (models.FloatField, {"type": "number"}),
    (models.DecimalField, EXACT),
    (models.DateTimeField, MOMENT),
    (models.DateField, {"type": "string", "format": "date"}),
    (models.UUIDField, KEY),
)


def _object(kind: type, parts: Mapping[str, Schema]) -> Schema:
    first = (kind.__doc__ or "").strip().partition("\n")[0]
    return {
        "type": "object",
        "description": first,
        "required": list(parts),
        "properties": dict(parts),
    }


def _name(kind: type) -> str:
    """A name that no other kind has: ``patients.Details``, ``care.result.Gate``."""
    if issubclass(kind, Model) and not kind._meta.abstract:
        return kind._meta.label
    module = kind.__module__.removeprefix("thecal.").removeprefix("clinic.")
    return f"{module}.{kind.__qualname__}"


def _hints(kind: type) -> dict[str, Any]:
    try:
        return get_type_hints(kind)
    except (NameError, TypeError):  # a name that only type checkers import
        return {}


def _member(kind: type, name: str) -> object:
    return next(vars(one)[name] for one in kind.__mro__ if name in vars(one))
