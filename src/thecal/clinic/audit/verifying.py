"""The proof: every link fits the one before it, and every entry is what its event says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.apps import apps
from django.db.models import Model

from thecal.clinic.audit import triggers
from thecal.clinic.audit.canonical import digest
from thecal.clinic.audit.chain import BEFORE_THE_FIRST
from thecal.clinic.audit.kept import AppendOnlyModel
from thecal.clinic.audit.models import Event

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where the record is not what it was.

    Attributes:
        seq: the event's number; 0 where no event is to blame.
    """

    seq: int
    what: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What was proven: ``events`` links and ``entries`` rows, up to the head, or the break."""

    events: int
    entries: int
    head: str
    broken: Break | None

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return self.broken is None


class _BrokenError(Exception):
    def __init__(self, seq: int, what: str) -> None:
        super().__init__(what)
        self.found = Break(seq, what)


def verify(expected_head: tuple[int, str] | None = None) -> Proof:
    """Walk the whole chain and every entry.

    Args:
        expected_head: an event's number and hash as noted elsewhere, which must still be there.

    Cost: time in proportion to the events and entries, memory for one batch of them.
    """
    walk = _Walk(expected_head)
    try:
        walk.chain()
        walk.nothing_beside_the_chain()
    except _BrokenError as broken:
        return Proof(walk.events, walk.entries, walk.previous, broken.found)
    return Proof(walk.events, walk.entries, walk.previous, None)


class _Walk:
    def __init__(self, expected_head: tuple[int, str] | None) -> None:
        self.previous, self.events, self.entries = BEFORE_THE_FIRST, 0, 0
        self._expected = expected_head
        self._rows: dict[str, int] = {}

    def chain(self) -> None:
        """Every link, and the entries that it names."""
        for batch in _batches():
            for event in batch:
                self._link(event)
            self._entries(batch)
        if self._expected and self._expected[0] > self.events:
            raise _BrokenError(self.events, f"the trail ends here, before {self._expected[0]}")

    def _link(self, event: Event) -> None:
        if event.seq != self.events + 1:
            raise _BrokenError(self.events + 1, "this event is missing")
        if event.previous != self.previous:
            raise _BrokenError(event.seq, "it does not follow the event before it")
        if event.computed_hash() != event.hash:
            raise _BrokenError(event.seq, "it was altered after it was written")
        self.previous, self.events = event.hash, event.seq
        if self._expected and self._expected[0] == event.seq and self._expected[1] != event.hash:
            raise _BrokenError(event.seq, "it is not the event that was noted elsewhere")

    def _entries(self, batch: Sequence[Event]) -> None:
        named = list(_named(batch))
        found: dict[str, dict[Any, Model]] = {}
        for label in {one["kind"] for _, one in named}:
            keys = [one["id"] for _, one in named if one["kind"] == label]
            rows = _model(label)._default_manager.in_bulk(keys)
            found[label] = {str(key): row for key, row in rows.items()}
        for seq, one in named:
            row = found[one["kind"]].get(one["id"])
            if row is None:
                raise _BrokenError(seq, f"its {one['kind']} {one['id']} is gone")
            if digest(row) != one["digest"]:
                raise _BrokenError(seq, f"its {one['kind']} {one['id']} was altered")
            self.entries += 1
            self._rows[one["kind"]] = self._rows.get(one["kind"], 0) + 1

    def nothing_beside_the_chain(self) -> None:
        """No entry without its event, and the triggers in their places."""
        for model in entry_models():
            there, told = model._default_manager.count(), self._rows.get(model._meta.label, 0)
            if there != told:
                raise _BrokenError(0, f"{model._meta.label}: {there} rows, the trail tells {told}")
        for name in triggers.missing():
            raise _BrokenError(0, f"the trigger {name} is missing")


def entry_models() -> list[type[Model]]:
    """Every model whose rows the trail tells one by one."""
    return [
        model
        for model in apps.get_models()
        if issubclass(model, AppendOnlyModel) and model is not Event
    ]


def _batches() -> Iterator[list[Event]]:
    rows = Event.objects.order_by("seq").iterator(chunk_size=_BATCH)
    while batch := list(islice(rows, _BATCH)):
        yield batch


def _named(batch: Sequence[Event]) -> Iterator[tuple[int, dict[str, str]]]:
    for event in batch:
        for one in json.loads(event.detail).get("entries", ()):
            yield event.seq, one


def _model(label: str) -> type[Model]:
    try:
        return apps.get_model(label)
    except LookupError:
        raise _BrokenError(0, f"the trail tells of {label}, which this version lacks") from None
