"""The table of one patient's entries, corrected and withdrawn ones too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.utils import translation

from thecal.clinic.pathway.history import present
from thecal.clinic.patients.models import Patient
from thecal.clinic.record.entry import Entry
from thecal.clinic.tables.cells import Cell

COLUMNS = (
    "happened_utc",
    "recorded_utc",
    "entry",
    "kind",
    "said",
    "recorded_by",
    "recorded_as",
    "counts",
    "withdrawn",
    "corrects",
    "why_corrected",
)


def entry_rows(patient: Patient) -> Iterator[tuple[Cell, ...]]:
    """Every entry in the order of when it was so, in English as the columns are."""
    kinds = [one for one in apps.get_models() if issubclass(one, Entry)]
    rows: list[Any] = [
        row
        for kind in present(kinds, patient)
        for row in kind._default_manager.filter(patient=patient).select_related(*_BESIDE)
    ]
    rows.sort(key=lambda one: (one.happened_at, one.recorded_at))
    with translation.override("en"):
        for row in rows:
            yield (
                row.happened_at,
                row.recorded_at,
                str(row.pk),
                row._meta.label,
                str(row),
                row.recorded_by.name,
                row.recorded_role,
                row.is_current,
                row.withdrawn,
                str(row.corrects_id or ""),
                row.why,
            )


_BESIDE = ("recorded_by", "corrected_by")
