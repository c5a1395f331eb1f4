"""Which rows the record is, and how each is written as plain values and read back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.apps import apps
from django.apps.registry import Apps
from django.db.models import BinaryField, Field, JSONField, Model

from thecal.clinic.audit.canonical import Plain, plain
from thecal.clinic.project.subjects import SUBJECTS

ACCOUNTS = ("account.EmailAddress", "mfa.Authenticator")
"""Of the accounts' own tables those that cannot be made again; only a backup has them."""
SECRETS = {"people.User": {"password": "!", "last_login": None}}
"""Columns that an export leaves out, and what an import puts there: a password that fits nobody."""
_CHUNK = 500


class UnreadableError(Exception):
    """A file that is no record, or not this version's; the message is one line."""


def models(with_secrets: bool) -> list[type[Model]]:
    """The record's models by label.

    One with ``is_secret = True`` is in backups only; one with ``is_derived = True`` in no file,
    since it is made again from the others.
    """
    own = [
        model
        for subject in SUBJECTS
        for model in apps.get_app_config(subject).get_models()
        if (with_secrets or not getattr(model, "is_secret", False))
        and not getattr(model, "is_derived", False)
    ]
    accounts = [apps.get_model(label) for label in ACCOUNTS] if with_secrets else []
    return sorted([*own, *accounts], key=lambda one: one._meta.label)


def written(model: type[Model], with_secrets: bool) -> Iterator[dict[str, Plain]]:
    """Every row of a model in the order of its keys."""
    hidden = set(getattr(model, "derived", ()))
    if not with_secrets:
        hidden |= set(SECRETS.get(model._meta.label, {}))
    names = [one.attname for one in model._meta.concrete_fields if one.attname not in hidden]
    for row in model._default_manager.order_by("pk").iterator(chunk_size=_CHUNK):
        yield {name: plain(getattr(row, name)) for name in names}


def read(label: str, columns: Mapping[str, Any], registry: Apps = apps) -> Model:
    """The row that those columns are.

    Raises:
        UnreadableError: this version has no such model or column, or the value does not fit.
    """
    try:
        model = registry.get_model(label)
    except LookupError:
        raise UnreadableError(f"this version has no {label}") from None
    fields = {one.attname: one for one in model._meta.concrete_fields}
    if unknown := set(columns) - set(fields):
        raise UnreadableError(f"this version's {label} has no {', '.join(sorted(unknown))}")
    values = {**SECRETS.get(label, {}), **columns}
    try:
        row: Model = model(**{name: _value(fields[name], one) for name, one in values.items()})
    except Exception as error:
        raise UnreadableError(f"a {label} cannot be read: {error}") from error
    return row


def _value(field: Field[Any, Any], value: Any) -> Any:
    if value is None or isinstance(field, JSONField):
        return value
    if isinstance(field, BinaryField):
        return bytes.fromhex(value)
    target = field.target_field if field.is_relation else field  # type: ignore[attr-defined]
    return target.to_python(value)
