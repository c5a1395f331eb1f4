"""What each entry of a patient tells care, without reading again what was read before.

An entry is written once, so what it tells never changes. One query finds which entries there are,
with the columns that say where each stands; only those that this process has not met are read.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter, itemgetter
from threading import Lock
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from thecal import care
from thecal.clinic.pathway.facts import Tells, telling_kinds
from thecal.clinic.patients.models import Patient
from thecal.clinic.record.entry import Entry
from thecal.clinic.record.histories import keeps

_COLUMNS = ("id", "happened_at", "recorded_at", "corrects_id", "withdrawn")
_KEPT_AT_MOST = 50_000

Found = tuple[Any, ...]
"""A row as the database gives it: the number of its kind, and its columns."""


class Told(NamedTuple):
    """An entry's place in the record, and what it tells."""

    pk: UUID
    happened_at: datetime
    recorded_at: datetime
    corrects_id: UUID | None
    withdrawn: bool
    kind: type[Entry]
    events: tuple[care.Event, ...]


class _Kept:
    """The newest used entries by their rows, of all threads; a row that differs is another."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Found, Told] = OrderedDict()
        self._lock = Lock()

    def of(self, rows: Iterable[Found]) -> dict[Found, Told]:
        with self._lock:
            held = {row: self._kept[row] for row in rows if row in self._kept}
            for row in held:
                self._kept.move_to_end(row)
        return held

    def add(self, told: Mapping[Found, Told]) -> None:
        with self._lock:
            self._kept.update(told)
            while len(self._kept) > _KEPT_AT_MOST:
                self._kept.popitem(last=False)

    def forget(self) -> None:
        with self._lock:
            self._kept.clear()


_kept = _Kept()


@keeps
def forget() -> None:
    """Read every entry anew from now on."""
    _kept.forget()


def told_by(patient: Patient, others: Sequence[type[Entry]] = ()) -> list[Told]:
    """Every entry that tells care something, withdrawn and corrected ones too, in order of time.

    Args:
        patient: whose.
        others: kinds beside those that tell, which are given with no events.
    """
    kinds = [*others, *telling_kinds()]
    rows = _rows(kinds, patient)
    held = _kept.of(rows)
    new = dict(_read(kinds, sorted({*rows} - {*held}, key=itemgetter(0))))
    _kept.add(new)
    told = [held.get(row) or new[row] for row in rows]
    return sorted(told, key=attrgetter("happened_at", "recorded_at"))


def _rows(kinds: Sequence[type[Entry]], patient: Patient) -> list[Found]:
    quote = connection.ops.quote_name
    columns = ", ".join(map(quote, _COLUMNS))
    parts = [
        f"SELECT {number}, {columns} FROM {quote(kind._meta.db_table)} WHERE patient_id = %s"  # noqa: S608
        for number, kind in enumerate(kinds)
    ]
    key = Patient._meta.pk.get_db_prep_value(patient.pk, connection)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), [key] * len(kinds))
        return [tuple(row) for row in cursor.fetchall()]


def _read(kinds: Sequence[type[Entry]], rows: Iterable[Found]) -> Iterator[tuple[Found, Told]]:
    for number, group in groupby(rows, itemgetter(0)):
        kind, these = kinds[number], list(group)
        reads = kind.reads if issubclass(kind, Tells) else ()
        keys = {UUID(str(row[1])): row for row in these}
        entries = kind._default_manager.select_related(*reads).in_bulk(list(keys))
        for pk, entry in entries.items():
            yield keys[pk], _told(kind, entry)


def _told(kind: type[Entry], one: Entry) -> Told:
    corrects: UUID | None = one.corrects_id  # type: ignore[attr-defined]
    place = (one.pk, one.happened_at, one.recorded_at, corrects, one.withdrawn, kind)
    return Told(*place, tuple(one.events()) if isinstance(one, Tells) else ())
