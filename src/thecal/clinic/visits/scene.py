"""What a flow looks at: one patient's record at one instant, each part of it read once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar, cast

from thecal import care
from thecal.care.gates.judging import answer, course
from thecal.care.gates.moment import OPERATIONS
from thecal.clinic.pathway import figures
from thecal.clinic.pathway.history import history_of
from thecal.clinic.patients.models import Patient
from thecal.clinic.record.entry import Entries, Entry

E = TypeVar("E", bound=Entry)
V = TypeVar("V")


def _is_operation(event: care.Event, at: datetime) -> bool:
    return event.at == at and isinstance(event, OPERATIONS)


class Scene:
    """A patient's record.

    Attributes:
        patient: whose.
        now: the instant of which it is asked.
    """

    def __init__(self, patient: Patient, now: datetime) -> None:
        self.patient, self.now = patient, now
        self._rows: dict[type[Entry], list[Any]] = {}
        self._kept: dict[str, Any] = {}

    @cached_property
    def history(self) -> care.History | None:
        """Every fact that stands; None while nobody has recorded what is treated."""
        return history_of(self.patient)

    @cached_property
    def facts(self) -> care.History | None:
        """Those of the course under way, until now."""
        return course(self.history, self.now) if self.history else None

    @cached_property
    def pathway(self) -> care.Pathway | None:
        """Stage, gates and tasks now."""
        return care.follow(self.history, self.now, self.settings) if self.history else None

    @cached_property
    def settings(self) -> care.Settings:
        """The figures in force."""
        return figures.in_force()

    @property
    def stage(self) -> str:
        """Where the patient stands; empty before the pathway begins."""
        return str(self.pathway.stage) if self.pathway else ""

    def tasks(self, *codes: str) -> tuple[care.Task, ...]:
        """The open tasks of these codes, the most pressing first."""
        found = self.pathway.tasks if self.pathway else ()
        return tuple(one for one in found if one.code in codes)

    def rows(
        self,
        kind: type[E],
        since: datetime | None = None,
        until: datetime | None = None,
        **columns: Any,
    ) -> list[E]:
        """The entries of a kind that count, the newest first.

        Args:
            kind: the entry's model.
            since: none that happened before.
            until: none that happened later.
            columns: what the entry's own columns must be.
        """
        return [
            one
            for one in self._all(kind)
            if (since is None or one.happened_at >= since)
            and (until is None or one.happened_at <= until)
            and all(getattr(one, name) == value for name, value in columns.items())
        ]

    def last(self, kind: type[E], since: datetime | None = None, **columns: Any) -> E | None:
        """The newest of them, None if there is none."""
        return next(iter(self.rows(kind, since, **columns)), None)

    def _all(self, kind: type[E]) -> list[E]:
        if kind not in self._rows:
            rows = cast("Entries[E]", kind._default_manager.all()).current().of(self.patient)
            self._rows[kind] = list(rows.select_related("recorded_by"))
        return self._rows[kind]

    def once(self, key: str, look: Callable[[], V]) -> V:
        """What ``look`` finds, looked for once under a name."""
        if key not in self._kept:
            self._kept[key] = look()
        return cast("V", self._kept[key])

    def requirement(self, code: str, before: datetime | None = None) -> care.Requirement | None:
        """One requirement of the pathway, answered now, or as an operation of an instant began.

        What was written of the operation's own minute stands before it.
        """
        if self.history is None:
            return None
        at, facts = before or self.now, self.history
        if before:
            kept = (one for one in facts.events if not _is_operation(one, before))
            facts = replace(facts, events=tuple(kept))
        return answer(care.requirement_cards()[code], course(facts, at), at, self.settings)

    def stands(self, *codes: str, before: datetime | None = None) -> bool:
        """Whether all of these requirements stand."""
        asked = [self.requirement(code, before) for code in codes]
        return all(one is not None and one.stands for one in asked)
