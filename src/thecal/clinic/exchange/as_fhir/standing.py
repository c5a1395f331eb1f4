"""The entries of a patient that stood at a moment, and the name that outlives a correction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar, cast
from uuid import UUID

from thecal.clinic.patients.models import Patient
from thecal.clinic.record.entry import Entries, Entry

E = TypeVar("E", bound=Entry)


@dataclass(frozen=True)
class Standing(Generic[E]):
    """Entries of one kind as they were at a moment, in order of when they were so.

    Attributes:
        rows: those that counted: neither corrected nor withdrawn until then.
        written: every row until then.
    """

    rows: tuple[E, ...]
    written: tuple[E, ...]

    def root(self, entry: E) -> UUID:
        """The key of the first writing of an entry: the same before and after a correction."""
        before: Mapping[UUID, UUID | None] = {one.pk: corrects(one) for one in self.written}
        key: UUID = entry.pk
        while (earlier := before.get(key)) is not None:
            key = earlier
        return key


def corrects(entry: Entry) -> UUID | None:
    """The key of the entry that this one corrects; the concrete kinds alone have the column."""
    key: UUID | None = getattr(entry, "corrects_id")  # noqa: B009
    return key


def standing(kind: type[E], patient: Patient, as_of: datetime) -> Standing[E]:
    """A patient's entries of a kind at a moment."""
    rows = cast("Entries[E]", kind._default_manager.all())
    rows = rows.filter(patient=patient, recorded_at__lte=as_of)
    written = tuple(sorted(rows, key=lambda one: (one.happened_at, one.recorded_at)))
    corrected = {corrects(one) for one in written}
    kept = tuple(one for one in written if not one.withdrawn and one.pk not in corrected)
    return Standing(kept, written)
