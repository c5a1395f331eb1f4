"""What can be asked of the API alone."""

from __future__ import annotations

from typing import Annotated, Any

from django.apps import apps
from pydantic import AfterValidator, Field, WithJsonSchema

from thecal.clinic.record.entry import Entry
from thecal.clinic.record.orders import Line, Order


def entry_kinds() -> dict[str, type[Entry]]:
    """Every kind of entry by its label."""
    kinds = [one for one in apps.get_models() if issubclass(one, Entry)]
    return {one._meta.label: one for one in sorted(kinds, key=lambda one: one._meta.label)}


def _known(label: str) -> str:
    if label not in entry_kinds():
        raise ValueError(f"expected one of: {', '.join(entry_kinds())}")
    return label


_SCHEMA: dict[str, Any] = {"type": "string", "enum": list(entry_kinds())}


class EntryListing(Order):
    """A page of a patient's entries of one kind, the newest first."""

    entry_kind: Annotated[Line, AfterValidator(_known), WithJsonSchema(_SCHEMA)] = Field(
        description="The entries' kind."
    )
    only_current: bool = Field(
        default=False, description="Leave out what was corrected or withdrawn."
    )
    page: int = Field(default=1, ge=1, le=1_000_000)
