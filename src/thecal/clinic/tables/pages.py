"""The tables' addresses, each a CSV file that is written as it is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import Clinic
from thecal.clinic.record.orders import Nothing
from thecal.clinic.record.pages import page, person
from thecal.clinic.tables.cells import Cell, lines
from thecal.clinic.tables.entries import COLUMNS, entry_rows
from thecal.clinic.tables.rows import TABLES, TRAIL
from thecal.clinic.tables.services import take, take_entries, take_trail


@page("GET")
def table(request: HttpRequest, clinic: UUID, name: str) -> HttpResponse:
    """A table of a clinic."""
    where = get_object_or_404(Clinic, pk=clinic)
    granted = take.ask(person(request), where, {"table": name})
    found = TABLES[granted.table]
    return _file(name, found.columns, found.rows(where, granted.at))


@page("GET")
def trail(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """A clinic's audit trail."""
    where = get_object_or_404(Clinic, pk=clinic)
    granted = take_trail(person(request), where, Nothing())
    return _file("trail", TRAIL.columns, TRAIL.rows(where, granted.at))


@page("GET")
def entries(request: HttpRequest, patient: UUID) -> HttpResponse:
    """A patient's entries."""
    whose = get_object_or_404(Patient, pk=patient)
    take_entries(person(request), whose, Nothing())
    return _file("entries", COLUMNS, entry_rows(whose))


def _file(name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    day = timezone.localdate().isoformat()
    made = StreamingHttpResponse(
        lines(columns, rows),
        content_type="text/csv; charset=utf-8; header=present",
        headers={"Content-Disposition": f'attachment; filename="{name}-{day}.csv"'},
    )
    return cast("HttpResponse", made)  # a page's answer, though Django's types part the two
