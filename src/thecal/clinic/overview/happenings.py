"""Everything that happened to a patient: every entry of every subject, as it was written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.apps import apps
from django.utils import timezone
from django.utils.functional import Promise

from thecal.clinic.overview.orders import Sifting
from thecal.clinic.pathway.history import present
from thecal.clinic.patients.models import Patient
from thecal.clinic.record.entry import Entry

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry.

    Attributes:
        kind: its model's label, as in ``fills.fill``; ``title`` is that for people.
        at: when it was so, ``recorded_at`` when it was written down.
        counts: whether it was neither corrected nor withdrawn.
        withdrawn: whether it only says that the one before it should not have been made.
        why: of a correction.
        corrects: the entry that it corrects; None if none.
    """

    key: UUID
    kind: str
    title: str
    text: str
    at: datetime
    recorded_at: datetime
    by: str
    role: str
    counts: bool
    withdrawn: bool
    why: str
    corrects: UUID | None


@dataclass(frozen=True, slots=True)
class Happenings:
    """One page of what happened, the newest first.

    Attributes:
        kinds: every kind that this patient has, with its title; ``people`` likewise who wrote.
        total: how many passed the sieve, on all pages.
    """

    rows: tuple[Happening, ...]
    kinds: tuple[tuple[str, str], ...]
    people: tuple[str, ...]
    page: int
    pages: int
    total: int


def entry_kinds() -> list[type[Entry]]:
    """Every kind of entry that there is."""
    kinds = [one for one in apps.get_models() if issubclass(one, Entry)]
    return sorted(kinds, key=lambda one: one._meta.label_lower)


def everything(patient: Patient) -> list[Happening]:
    """All of it, the newest first."""
    found = [one for kind in present(entry_kinds(), patient) for one in _of_kind(kind, patient)]
    return sorted(found, key=lambda one: (one.at, one.recorded_at), reverse=True)


def sifted(patient: Patient, order: Sifting) -> Happenings:
    """A page of what passes an order's sieve."""
    whole = everything(patient)
    kinds = sorted({(one.kind, one.title) for one in whole}, key=lambda one: one[1].casefold())
    passed = [one for one in whole if _passes(one, order)]
    start = (order.page - 1) * ON_A_PAGE
    return Happenings(
        tuple(passed[start : start + ON_A_PAGE]),
        tuple(kinds),
        tuple(sorted({one.by for one in whole})),
        order.page,
        max(1, -(-len(passed) // ON_A_PAGE)),
        len(passed),
    )


def _passes(one: Happening, order: Sifting) -> bool:
    day = timezone.localdate(one.at)
    said = f"{one.title} {one.text} {one.why} {one.by}".casefold()
    return (
        (not order.kind or one.kind == order.kind)
        and (not order.person or one.by == order.person)
        and all(word in said for word in order.text.casefold().split())
        and _within(day, order.since, order.until)
        and (not order.corrections or not one.counts or one.corrects is not None)
    )


def _within(day: date, since: date | None, until: date | None) -> bool:
    return (since is None or day >= since) and (until is None or day <= until)


def _of_kind(kind: type[Entry], patient: Patient) -> Iterator[Happening]:
    related = [
        one.name
        for one in kind._meta.concrete_fields
        if one.is_relation and one.name not in {"patient", "corrects"}
    ]
    rows = list(kind._default_manager.filter(patient=patient).select_related(*related))
    corrected = {one.corrects_id for one in rows}  # type: ignore[attr-defined]
    title = _title(kind)
    for row in rows:
        yield Happening(
            row.pk,
            kind._meta.label_lower,
            title,
            _without(title, str(row)),
            row.happened_at,
            row.recorded_at,
            row.recorded_by.name,
            row.recorded_role,
            not row.withdrawn and row.pk not in corrected,
            row.withdrawn,
            row.why,
            row.corrects_id,  # type: ignore[attr-defined]
        )


def _title(kind: type[Entry]) -> str:
    name: str | Promise = kind._meta.verbose_name or kind._meta.label
    text = str(name)
    return text[:1].upper() + text[1:]


def _without(title: str, text: str) -> str:
    """An entry's text without its kind's name before it, which stands beside it."""
    if text.casefold().startswith(title.casefold()):
        return text[len(title) :].lstrip(": ")
    return text
