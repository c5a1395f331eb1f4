"""Raise tasks: each function looks at a scene and yields the tasks that are open in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from thecal.care.facts import History, TaskDone
from thecal.care.result import Gate, Source, Task, Urgency
from thecal.care.rules import rule
from thecal.care.settings import CareFigure, Settings
from thecal.care.tasks.cards import task_cards


@dataclass(frozen=True, slots=True)
class Scene:
    """What a task's function may look at.

    Attributes:
        facts: of the course under way, until ``now``.
        whole: every fact until ``now``, earlier courses too.
        gates: all of them, judged at ``now``.
    """

    facts: History
    whole: History
    now: datetime
    settings: Settings
    gates: Mapping[str, Gate]

    @property
    def zone(self) -> ZoneInfo:
        """The clinic's time zone."""
        return self.facts.zone

    def figure(self, key: str) -> CareFigure:
        """A figure in force."""
        return self.settings.figure(key)


Raiser = Callable[[Scene], Iterator[Task]]
_RAISERS: list[Raiser] = []


def raises(raiser: Raiser) -> Raiser:
    """Enter a function that raises tasks."""
    _RAISERS.append(raiser)
    return raiser


def task(
    code: str,
    raised: datetime,
    reason: str,
    *figures: CareFigure,
    about: str = "",
    title: str = "",
    urgency: Urgency | None = None,
    earliest: datetime | None = None,
    due: datetime | None = None,
    latest: datetime | None = None,
    undated: str = "",
    reminders: tuple[datetime, ...] = (),
) -> Task:
    """A task of a code; ``about`` tells apart several that one fact raises."""
    card = task_cards()[code]
    key = ":".join(part for part in (code, about, raised.isoformat()) if part)
    rules = tuple(Source(one.code, one.source, one.provenance) for one in map(rule, card.rules))
    return Task(
        code,
        key,
        title or card.title,
        reason,
        urgency or card.urgency,
        raised,
        (*rules, *(one.as_source() for one in figures)),
        earliest,
        due,
        latest,
        undated,
        reminders,
    )


_PRESSING = list(Urgency)


def open_tasks(scene: Scene) -> tuple[Task, ...]:
    """Every open task, the most pressing first, without those that a person has closed."""
    done = {one.key for one in scene.whole.all(TaskDone)}
    found = {one.key: one for raiser in _RAISERS for one in raiser(scene) if one.key not in done}
    return tuple(sorted(found.values(), key=_order))


def _order(one: Task) -> tuple[int, bool, float, str]:
    due = one.due.timestamp() if one.due else 0.0
    return (_PRESSING.index(one.urgency), one.due is None, due, one.key)
