"""Writing an export's files: a few patients at a time, so that a restart loses nothing.

Whoever asks how far it is does the next bit. The row says how many bytes of each file are good;
what a crash left behind them is cut off before the next bit is written.
"""

from __future__ import annotations

import os
import shutil
import time
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from thecal.clinic.exchange.as_fhir import everything
from thecal.clinic.exchange.models import KEPT_FOR, Export
from thecal.clinic.patients.models import Patient
from thecal.fhir import ndjson

SPELL_S = 0.5
"""How long one request writes, at the least one patient."""


def write_some(export: Export) -> list[UUID]:
    """Write the next patients and say who they were; the last bit finishes the export."""
    begun, told = time.monotonic(), list[UUID]()
    files = {str(name): int(size) for name, size in export.files.items()}
    export.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _cut(export.folder, files)
    for patient in _waiting(export):
        _append(export, patient, files)
        told.append(patient.pk)
        if time.monotonic() - begun > SPELL_S:
            break
    export.files, export.done = files, export.done + len(told)
    export.after = told[-1] if told else export.after
    if not _waiting(export).exists():
        export.finished_at = timezone.now()
    export.save(update_fields=["files", "done", "after", "finished_at"])
    return told


def _waiting(export: Export) -> QuerySet[Patient]:
    rows = Patient.objects.filter(clinic=export.clinic, registered_at__lte=export.asked_at)
    rows = rows.filter(pk__gt=export.after) if export.after else rows
    return rows.order_by("pk")


def _cut(folder: Path, files: dict[str, int]) -> None:
    """Cut off what no row speaks of."""
    for path in folder.iterdir():
        if path.name not in files:
            path.unlink()
        elif path.stat().st_size > files[path.name]:
            os.truncate(path, files[path.name])


def _append(export: Export, patient: Patient, files: dict[str, int]) -> None:
    wanted = set(export.types)
    resources = [
        one
        for one in everything(patient, export.asked_at)
        if not wanted or one["resourceType"] in wanted
    ]
    for name, text in ndjson(resources).items():
        data = text.encode()
        with open(export.folder / name, "ab", opener=_private) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        files[name] = files.get(name, 0) + len(data)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


def end(export: Export, now: datetime) -> None:
    """Remove an export's files."""
    shutil.rmtree(export.folder, ignore_errors=True)
    export.ended_at = now
    export.save(update_fields=["ended_at"])


def sweep(now: datetime) -> int:
    """End every export whose time is over; how many were."""
    over = Q(finished_at__lte=now - KEPT_FOR) | Q(finished_at=None, asked_at__lte=now - KEPT_FOR)
    found = list(Export.objects.filter(over, ended_at=None))
    for one in found:
        end(one, now)
    return len(found)
