"""Entries from which care learns; of most the columns are the keys of a facts file."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar, cast

from django.apps import apps
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import TypeAdapter, ValidationError

from thecal import care
from thecal.care.file import name_problems
from thecal.clinic.audit.canonical import plain
from thecal.clinic.record.entry import OWN_COLUMNS, Entry
from thecal.clinic.record.orders import problems
from thecal.clinic.record.refusals import InvalidError


class Tells(Entry):
    """An entry from which ``care`` learns something.

    Attributes:
        reads: the rows that ``events`` looks at beside its own, as ``select_related`` names them.
    """

    reads: ClassVar[tuple[str, ...]] = ()

    class Meta(Entry.Meta):
        abstract = True

    def events(self) -> Iterator[care.Event]:
        """What it says, as facts of care; nothing, where it says nothing that care asks for."""
        return iter(())


class Fact(Tells):
    """An entry whose columns are the keys of one fact.

    Attributes:
        event: what it is there.
        beside: columns that ``care`` does not ask for.
    """

    event: ClassVar[type[care.Event]]
    beside: ClassVar[tuple[str, ...]] = ()

    class Meta(Tells.Meta):
        abstract = True

    def __str__(self) -> str:
        shown = ((one, self._shown(one)) for one in self._own_columns())
        said = "; ".join(f"{self._label(one)}: {text}" for one, text in shown if text)
        return f"{self._meta.verbose_name}: {said}" if said else str(self._meta.verbose_name)

    def events(self) -> Iterator[care.Event]:
        """What it says, as facts of care.

        Raises:
            ValidationError: pydantic's, where a column holds what care cannot read.
        """
        yield self.as_event(self.event, **self._told())

    def as_event(self, kind: type[care.Event], **keys: object) -> care.Event:
        """One fact of this entry's instant; what is empty is left out."""
        table = {name: plain(value) for name, value in keys.items() if value not in (None, "")}
        text = json.dumps({"at": self.happened_at.isoformat(), **table})
        return _reader(cast("Hashable", kind)).validate_json(text, strict=True)

    def _told(self) -> dict[str, object]:
        return {
            one: getattr(self, one) for one in self._own_columns() if one not in type(self).beside
        }

    @classmethod
    def _own_columns(cls) -> list[str]:
        return [one.name for one in cls._meta.concrete_fields if one.name not in OWN_COLUMNS]

    def _shown(self, column: str) -> str:
        display = getattr(self, f"get_{column}_display", None)
        value = display() if display else getattr(self, column)
        return _as_text(value)

    def _label(self, column: str) -> str:
        return str(self._meta.get_field(column).verbose_name)  # type: ignore[union-attr]


class Beside(Fact):
    """An entry that is kept like a fact, though nothing of the pathway is judged by it."""

    event = care.Event

    class Meta(Fact.Meta):
        abstract = True

    def events(self) -> Iterator[care.Event]:
        """None."""
        return iter(())


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_as_text(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(_as_text(one) for one in value)
    return str(value)


@lru_cache(maxsize=128)
def _reader(kind: Hashable) -> TypeAdapter[care.Event]:
    return TypeAdapter(cast("Any", kind))


def fact_kinds() -> list[type[Fact]]:
    """Every kind of entry that is a fact by its columns, by label."""
    return [one for one in telling_kinds() if issubclass(one, Fact)]


@lru_cache(maxsize=1)
def telling_kinds() -> list[type[Tells]]:
    """Every kind of entry from which care learns, by label."""
    kinds = [one for one in apps.get_models() if issubclass(one, Tells)]
    return sorted(kinds, key=lambda one: one._meta.label)


def check(entry: Fact) -> None:
    """Whether ``care`` can read an entry and knows every name in it.

    Raises:
        InvalidError: with the place and what was expected.
    """
    try:
        events = list(entry.events())
    except ValidationError as error:
        raise InvalidError(problems(error)) from None
    wrong = [(place, said) for event in events for place, said in name_problems(event)]
    if wrong:
        raise InvalidError({".".join(map(str, place)): said for place, said in wrong})
