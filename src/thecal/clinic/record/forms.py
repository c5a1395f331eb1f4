"""Forms made from orders, so that a page can ask for exactly what a service takes."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from django import forms
from django.db.models import Choices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from thecal.clinic.record.orders import InLines

Offered = Callable[[], Iterable[tuple[str, str]]]


def form_of(
    order: type[BaseModel], offered: Mapping[str, Offered] | None = None, prefix: str = ""
) -> type[forms.Form]:
    """A form class with a field for each part of an order; nested orders are flattened.

    Args:
        order: the order.
        offered: for a part by name, the values to choose from with their texts.
        prefix: what the fields' names begin with.
    """
    fields: dict[str, Any] = {}
    for name, part in order.model_fields.items():
        inner = kind_of(part.annotation)
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            fields |= form_of(inner, offered, f"{prefix}{name}.").base_fields
        else:
            fields[prefix + name] = _field(name, part, (offered or {}).get(name))
    return type(f"{order.__name__}Form", (forms.Form,), fields)


def data_of(form: forms.Form) -> dict[str, Any]:
    """What was typed, in the order's shape; what was left empty is left out."""
    data: dict[str, Any] = {}
    for name, value in form.cleaned_data.items():
        if value in (None, "", []):
            continue
        *outer, last = name.split(".")
        place = data
        for step in outer:
            place = place.setdefault(step, {})
        place[last] = value
    return data


def label_of(name: str, part: FieldInfo) -> str:
    """What a field of an order is called, in the source's language."""
    return part.title or name.replace("_", " ").capitalize()


def _field(name: str, part: FieldInfo, offered: Offered | None) -> forms.Field:
    common: dict[str, Any] = {
        "label": _(label_of(name, part)),
        "required": part.is_required(),
        "help_text": _(part.description) if part.description else "",
    }
    if not part.is_required() and part.default not in (None, []):
        common["initial"] = part.default
    kind = kind_of(part.annotation)
    if offered is not None:
        return forms.ChoiceField(choices=offered, **common)
    if choices := _choices(kind):
        return forms.ChoiceField(choices=choices, **common)
    if many := _many(kind):
        return forms.MultipleChoiceField(
            choices=many, widget=forms.CheckboxSelectMultiple, **common
        )
    return _plain_field(kind, part, common)


def _plain_field(kind: Any, part: FieldInfo, common: dict[str, Any]) -> forms.Field:
    if kind is bool:
        return forms.TypedChoiceField(
            choices=[("", "—"), ("yes", _("Yes")), ("no", _("No"))],
            coerce=lambda text: text == "yes",
            empty_value=None,
            **{**common, "initial": _YES_NO.get(str(common.get("initial")), "")},
        )
    if kind is datetime:
        widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        return forms.DateTimeField(widget=widget, **{"initial": _now, **common})
    if kind is date:
        return forms.DateField(
            widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **common
        )
    if kind is int:
        return forms.IntegerField(**common)
    if kind is SecretStr:
        return forms.CharField(widget=_unkept(part), strip=False, **common)
    long = forms.Textarea({"rows": 4}) if _is_long(part) else forms.TextInput()
    return forms.CharField(widget=long, **common)


def _unkept(part: FieldInfo) -> forms.Widget:
    """What a secret is typed into; one of several lines would lose them in a password's field."""
    if _is_long(part):
        return forms.Textarea({"rows": 2, "autocomplete": "off", "spellcheck": "false"})
    return forms.PasswordInput({"autocomplete": "current-password"})


def _now() -> datetime:
    return timezone.localtime().replace(second=0, microsecond=0)


def _is_long(part: FieldInfo) -> bool:
    many = get_origin(kind_of(part.annotation)) is list
    in_lines = any(isinstance(one, InLines) for one in part.metadata)
    return (
        many
        or in_lines
        or any(getattr(one, "max_length", 0) == _LONG_TEXT for one in part.metadata)
    )


_LONG_TEXT = 20_000
_YES_NO = {"True": "yes", "False": "no"}


def kind_of(annotation: Any) -> Any:
    """The kind below annotations and ``| None``."""
    if get_origin(annotation) is Annotated:
        return kind_of(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        kinds = [one for one in get_args(annotation) if one is not type(None)]
        return kind_of(kinds[0])
    return annotation


def _choices(kind: Any) -> list[tuple[Any, Any]]:
    if get_origin(kind) is Literal:
        return [(one, one or "—") for one in get_args(kind)]
    if isinstance(kind, type) and issubclass(kind, Choices):
        return [("", "—"), *kind.choices]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return [("", "—"), *((one.value, str(one.value)) for one in kind)]
    return []


def _many(kind: Any) -> list[tuple[Any, Any]]:
    if get_origin(kind) in (list, tuple, set, frozenset):
        return [one for one in _choices(kind_of(get_args(kind)[0])) if one[0] != ""]
    return []
