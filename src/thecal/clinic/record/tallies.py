"""Counts that pages show: kept as each patient changes, so that no page counts a clinic's rows.

A subject enters as what each row is counted that its projections keep. Beside a clinic's counts
stands as what each patient is counted, and a write adds the difference alone.

Whoever changes a count has the audit trail's pen, which every write needs at its end anyway, and
takes it while the patient's row is theirs: first the patient, then the pen, then the counts. So no
two writers wait for each other, and none loses what another counted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Model, QuerySet

from thecal.clinic.audit.chain import take_the_pen
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import Clinic
from thecal.clinic.record.models import Counted, Tally

Naming = Callable[..., Iterable[str]]
_BATCH = 500


@dataclass(frozen=True, slots=True)
class _Tallied:
    """Rows, the columns by which each is counted, and how a row is counted."""

    model: type[Model]
    columns: tuple[str, ...]
    naming: Naming

    @property
    def whose(self) -> str:
        return "pk" if self.model is Patient else "patient"

    def rows(self, *columns: str) -> QuerySet[Any, Any]:
        return self.model._default_manager.order_by().values_list(*columns, *self.columns)


_tallied: list[_Tallied] = []


def tally(model: type[Model], *columns: str) -> Callable[[Naming], Naming]:
    """Enter a function that says from a row's columns as what it is counted: ``kind:value``.

    Args:
        model: the patients, or rows of theirs that a projection alone changes.
        columns: what the function is given.
    """

    def entered(naming: Naming) -> Naming:
        _tallied.append(_Tallied(model, columns, naming))
        return naming

    return entered


def of(clinic: Clinic) -> dict[str, dict[str, int]]:
    """A clinic's counts by kind and value; a value that nothing has is not there."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    rows = Tally.objects.filter(clinic=clinic).order_by("kind", "value")
    for kind, value, count in rows.values_list("kind", "value", "count"):
        found[kind][value] = count
    return found


def count(patient: Patient) -> None:
    """Count a patient as their rows now are; the caller has the patient's row to themself."""
    found = _found(patient)
    kept = Counted.objects.filter(patient=patient)
    was = next(iter(kept.values_list("what", flat=True)), None)
    if was == found:
        return
    take_the_pen()
    _add(patient.clinic_id, _difference(was or {}, found))
    if was is None:
        Counted(patient=patient, what=found).save(force_insert=True)
    else:
        kept.update(what=found)


def recount() -> None:
    """Count all patients anew, as after rows were put in by the thousand."""
    with transaction.atomic():
        every = Patient.objects.order_by("pk").values_list("pk", "clinic")
        list(every.select_for_update(of=("self",)))
        take_the_pen()
        clinics = dict(every)
        found: dict[UUID, Counter[str]] = {key: Counter() for key in clinics}
        sums: dict[UUID, Counter[str]] = {key: Counter() for key in clinics.values()}
        for key, name in _every():
            found[key][name] += 1
            sums[clinics[key]][name] += 1
        _put(Counted, (Counted(patient_id=key, what=dict(what)) for key, what in found.items()))
        _put(Tally, (_row(key, name, n) for key, one in sums.items() for name, n in one.items()))


def _found(patient: Patient) -> dict[str, int]:
    names = (
        name for one in _tallied for row in _rows_of(patient, one) for name in one.naming(*row)
    )
    return dict(Counter(names))


def _rows_of(patient: Patient, one: _Tallied) -> Iterable[tuple[Any, ...]]:
    if one.model is Patient:
        return [tuple(getattr(patient, column) for column in one.columns)]
    return one.rows().filter(patient=patient)


def _every() -> Iterator[tuple[UUID, str]]:
    for one in _tallied:
        for key, *row in one.rows(one.whose).iterator():
            yield from ((key, name) for name in one.naming(*row))


def _difference(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    names = sorted({*before, *after})
    changes = {name: after.get(name, 0) - before.get(name, 0) for name in names}
    return {name: by for name, by in changes.items() if by}


def _add(clinic: UUID, changes: Mapping[str, int]) -> None:
    for name, by in changes.items():
        kind, _, value = name.partition(":")
        rows = Tally.objects.filter(clinic=clinic, kind=kind, value=value)
        if not rows.update(count=F("count") + by):
            _row(clinic, name, by).save(force_insert=True)
    if any(by < 0 for by in changes.values()):
        Tally.objects.filter(clinic=clinic, count=0).delete()


def _row(clinic: UUID, name: str, count: int) -> Tally:
    kind, _, value = name.partition(":")
    return Tally(clinic_id=clinic, kind=kind, value=value, count=count)


def _put(model: type[Model], rows: Iterator[Model]) -> None:
    """Let a model's rows be these."""
    model._default_manager.all().delete()
    model._default_manager.bulk_create(rows, batch_size=_BATCH)
