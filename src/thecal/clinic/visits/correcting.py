"""Correcting an earlier step from within a flow: the form, filled with what was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from pydantic import BaseModel

from thecal.clinic.fills.models import Aspirate, Label, Rinse
from thecal.clinic.pathway.facts import Fact
from thecal.clinic.pathway.recording import Recorded, recorded
from thecal.clinic.record.entry import Entry

_WITHDRAWN = (Aspirate, Label, Rinse)
"""Steps of a fill are withdrawn, and written anew."""


def sort_of(entry: Entry) -> Recorded | None:
    """How a fact got into the record; None for what is no such fact."""
    if not isinstance(entry, Fact):
        return None
    return next((one for one in recorded() if one.has(entry)), None)


def action_for(entry: Entry) -> str:
    """The action that corrects an entry; empty if none does."""
    if isinstance(entry, _WITHDRAWN):
        return "fills.correct"
    sort = sort_of(entry)
    return sort.correct.action.name if sort else ""


def begins_with(entry: Entry) -> Mapping[str, Any]:
    """What the correcting form begins with: the entry as it was typed."""
    sort = sort_of(entry)
    if sort is None:
        return {"step": str(entry.pk)}
    typed = dict(_typed(sort.write.order, entry))
    return {**typed, "corrects": str(entry.pk)}


def _typed(order: type[BaseModel], entry: Entry) -> Iterator[tuple[str, Any]]:
    for name in order.model_fields:
        if hasattr(entry, name):
            yield from _flat(name, getattr(entry, name))


def _flat(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _flat(f"{name}.{key}", one)
    elif isinstance(value, bool):
        yield name, "yes" if value else "no"
    elif isinstance(value, list):
        yield name, _lines(value)
    elif isinstance(value, datetime):
        yield name, timezone.localtime(value)
    else:
        yield name, value


def _lines(values: list[Any]) -> Any:
    """A list of choices as it is; of texts, or of a drug and its dose, a line each."""
    if all(isinstance(one, dict) for one in values):
        return "\n".join(": ".join(map(str, one.values())) for one in values)
    return values
