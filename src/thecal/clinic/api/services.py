"""What only the API does: list a patient's entries by kind, those that were corrected too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from thecal.clinic.api.orders import EntryListing, entry_kinds
from thecal.clinic.people.roles import READS
from thecal.clinic.record.doing import Doing
from thecal.clinic.record.entry import Entry
from thecal.clinic.record.services import reads

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Entries:
    """One page of entries; each says which it corrects, and by which it was corrected."""

    entries: list[Entry]
    number: int
    has_more: bool


@reads("api.list-entries", "List a patient's entries of a kind", READS)
def list_entries(doing: Doing, order: EntryListing) -> Entries:
    """Current and corrected ones, with their links."""
    kind: Any = entry_kinds()[order.entry_kind]  # of which kind is known only now
    rows = kind.objects.filter(patient=doing.patient)
    if order.only_current:
        rows = rows.current()
    start = (order.page - 1) * ON_A_PAGE
    ordered = rows.select_related("recorded_by", "corrected_by").order_by(
        "-happened_at", "-recorded_at", "pk"
    )
    found = list(ordered[start : start + ON_A_PAGE + 1])
    doing.tell(kind=order.entry_kind, page=order.page)
    return Entries(found[:ON_A_PAGE], order.page, len(found) > ON_A_PAGE)
