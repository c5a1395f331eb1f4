"""Triggers by which the database itself refuses to change what stays, whoever asks it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model

from thecal.clinic.audit.kept import AppendOnlyModel, KeptModel

_FUNCTION = """
CREATE OR REPLACE FUNCTION thecal_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% stays as it is: % refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def kept_models() -> list[type[Model]]:
    """Every model whose rows stay."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if issubclass(model, KeptModel) and model._meta.managed
    ]


def install(**_: Any) -> None:
    """Set every trigger that is missing; after every migration, since those may remake tables."""
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for model in kept_models():
            if model._meta.db_table in there:
                for statement in _statements(model):
                    cursor.execute(statement)


def missing() -> list[str]:
    """The names of triggers that should be there and are not, or are switched off."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        there = {row[0] for row in cursor.fetchall()}
    wanted = [name for model in kept_models() for name, _ in _named(model)]
    return [name for name in wanted if name not in there]


def _statements(model: type[Model]) -> Iterator[str]:
    for _, statement in _named(model):
        yield statement


def _named(model: type[Model]) -> Iterator[tuple[str, str]]:
    """Name and statement of each of a model's triggers."""
    table = model._meta.db_table
    refused = ["UPDATE", "DELETE"] if issubclass(model, AppendOnlyModel) else ["DELETE"]
    if connection.vendor == "postgresql":
        yield from _postgresql(table, refused)
    else:
        yield from _sqlite(table, str(model._meta.pk.column), refused)


def _postgresql(table: str, refused: list[str]) -> Iterator[tuple[str, str]]:
    each = {"stays": (" OR ".join(refused), "ROW"), "not_emptied": ("TRUNCATE", "STATEMENT")}
    for suffix, (events, every) in each.items():
        name = f"{table}_{suffix}"
        yield (
            name,
            f'CREATE OR REPLACE TRIGGER "{name}" BEFORE {events} ON "{table}"'
            f" FOR EACH {every} EXECUTE FUNCTION thecal_stays()",
        )


def _sqlite(table: str, key: str, refused: list[str]) -> Iterator[tuple[str, str]]:
    for event in refused:
        name = f"{table}_no_{event.lower()}"
        yield (
            name,
            f'CREATE TRIGGER IF NOT EXISTS "{name}" BEFORE {event} ON "{table}" BEGIN'
            f" SELECT RAISE(ABORT, '{table} stays as it is: {event} refused'); END",
        )
    name = f"{table}_no_replace"  # INSERT OR REPLACE deletes without asking the other triggers
    yield (
        name,
        f'CREATE TRIGGER IF NOT EXISTS "{name}" BEFORE INSERT ON "{table}"'  # noqa: S608
        f' WHEN EXISTS (SELECT 1 FROM "{table}" WHERE "{key}" = NEW."{key}") BEGIN'
        f" SELECT RAISE(ABORT, '{table} stays as it is: REPLACE refused'); END",
    )
