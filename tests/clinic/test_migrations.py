"""Every released state of the tables, with a record in it, becomes today's, and still holds.

A release adds its record to ``released/``: an export made by that version, whose header names the
migrations that its tables were at.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import databases
import pytest
import staff
from databases import Engine
from django.apps.registry import Apps
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from thecal.clinic.audit import triggers
from thecal.clinic.audit.chain import head
from thecal.clinic.audit.verifying import verify
from thecal.clinic.record import histories
from thecal.clinic.storage import record_file
from thecal.clinic.storage.rows import read
from thecal.clinic.storage.whole import Kind, take_out

HERE = Path(__file__).parent / "released"
RELEASED = sorted(file.stem for file in HERE.glob("*.record"))


def to_state(wanted: dict[str, str]) -> Apps:
    """Migrate an empty database to these states; returns the models as they were then."""
    executor = MigrationExecutor(connection)
    targets = list(wanted.items())
    executor.migrate(targets)
    return executor.loader.project_state(targets).apps


def fill(rows: Iterator[dict[str, Any]], registry: Apps) -> None:
    """Put rows in as the models were."""
    with transaction.atomic():
        for line in rows:
            row = read(line["model"], line["row"], registry)
            type(row)._default_manager.bulk_create([row])


def becomes_todays(file: Path) -> None:
    """The record of a release, on tables as they were, migrated."""
    header = record_file.check(file)
    fill(record_file.rows(file), to_state(header["migrations"]))
    call_command("migrate", verbosity=0)
    assert head() == tuple(header["head"])
    assert verify((header["head"][0], header["head"][1])).broken is None
    assert list(histories.complaints()) == []


@pytest.fixture
def fresh(engine: Engine) -> Iterator[str]:
    """A database with nothing in it; its URL."""
    name = f"fresh_{uuid4().hex[:8]}"
    yield engine.create(name)
    databases.leave()
    engine.drop(name)


def test_nothing_becomes_todays_tables(fresh: str) -> None:
    databases.use(databases.described(fresh))
    call_command("migrate", verbosity=0)
    assert triggers.missing() == []
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.usefixtures("own_record")
@pytest.mark.parametrize("release", [*RELEASED, "this"])
def test_a_release_s_record_becomes_todays(release: str, fresh: str, tmp_path: Path) -> None:
    file = HERE / f"{release}.record"
    if release == "this":  # what the next release will add
        file = tmp_path / "this.record"
        staff.patient()
        take_out(file, Kind.EXPORT)
    databases.use(databases.described(fresh))
    becomes_todays(file)
