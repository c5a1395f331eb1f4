"""The whole record out and in: backup and restore with the accounts, export and import without."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from django.core.management.color import no_style
from django.db import IntegrityError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model
from django.utils import timezone

import thecal
from thecal.clinic.audit.chain import Deed, append, head
from thecal.clinic.audit.verifying import verify
from thecal.clinic.project.subjects import SUBJECTS
from thecal.clinic.record import histories, projections
from thecal.clinic.storage import record_file
from thecal.clinic.storage.rows import UnreadableError, models, read, written
from thecal.clinic.storage.snapshot import snapshot

_BATCH = 500


class Kind(StrEnum):
    """What a file is for."""

    BACKUP = "backup"
    """Everything that cannot be made again, passwords' hashes and second factors too."""
    EXPORT = "export"
    """The record without the means to sign in as anybody."""


class NotEmptyError(Exception):
    """There is a record here already."""


def take_out(file: Path, kind: Kind) -> tuple[str, int]:
    """Write the whole record, as of one moment; returns the checksum and the last event's number.

    The trail tells of it afterwards, since all of it was read.
    """
    with snapshot():
        number, last = head()
        header = {
            "kind": kind.value,
            "thecal": thecal.__version__,
            "migrations": migrations(),
            "head": [number, last],
        }
        checksum = record_file.write(file, header, _every_row(kind))
    with transaction.atomic():
        deed = Deed(f"storage.{kind}", who_name="command line")
        append(deed, {"sha256": checksum, "up_to": number})
    return checksum, number


def put_in(file: Path, kind: Kind) -> int:
    """Load a file into an empty record, all or nothing; returns the number of events.

    Raises:
        NotEmptyError: there is a record here.
        UnreadableError: the file is damaged, of the other kind, or its record does not hold.
    """
    header = record_file.check(file)
    if header.get("kind") != kind:
        raise UnreadableError(f"{file} is of kind '{header.get('kind')}', not '{kind}'")
    with transaction.atomic():
        _refuse_unless_empty()
        try:
            load(record_file.rows(file), with_secrets=kind is Kind.BACKUP)
            connection.check_constraints()
        except IntegrityError as error:
            raise UnreadableError(f"{file} contradicts itself: {error}") from error
        _prove(file, header)
        projections.renew_all(timezone.now())
    return head()[0]


def load(rows: Iterator[dict[str, Any]], with_secrets: bool) -> None:
    """Put rows into their tables as they are, with the keys that they had."""
    allowed = {model._meta.label for model in models(with_secrets)}
    for label, group in groupby(rows, key=lambda one: str(one["model"])):
        if label not in allowed:
            raise UnreadableError(f"a {label} does not belong into this file")
        batch: list[Model] = []
        while batch := [read(label, one["row"]) for one in islice(group, _BATCH)]:
            type(batch[0])._default_manager.bulk_create(batch)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models(with_secrets)):
            cursor.execute(statement)


def migrations() -> dict[str, str]:
    """The last migration of each subject."""
    applied = MigrationRecorder(connection).applied_migrations()
    return {app: max(n for a, n in applied if a == app) for app in _migrated(applied)}


def _migrated(applied: Any) -> list[str]:
    return sorted({app for app, _ in applied} & set(SUBJECTS))


def _every_row(kind: Kind) -> Iterator[dict[str, Any]]:
    with_secrets = kind is Kind.BACKUP
    for model in models(with_secrets):
        for row in written(model, with_secrets):
            yield {"model": model._meta.label, "row": row}


def _refuse_unless_empty() -> None:
    for model in models(with_secrets=True):
        if model._default_manager.exists():
            raise NotEmptyError(f"there is a record here already: {model._meta.verbose_name}")


def _prove(file: Path, header: dict[str, Any]) -> None:
    number, last = header["head"]
    proof = verify((number, last) if number else None)
    if proof.broken is not None:
        raise UnreadableError(f"{file}: event {proof.broken.seq}: {proof.broken.what}")
    for complaint in histories.complaints():
        raise UnreadableError(f"{file}: {complaint}")
