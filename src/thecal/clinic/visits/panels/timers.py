"""Timers: what is due when, from the server's time, and by whose rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from thecal import care
from thecal.care.trial import Required, strictest
from thecal.clinic.visits.scene import Scene

_WHOLE = 100


@dataclass(frozen=True, slots=True)
class Timer:
    """Something that is due.

    Attributes:
        at: when, and once that has come the latest that it may be; None if nobody published a
            time, and then ``undated`` says so.
        pressing: whether it is to be done at once.
        sources: whose rules ask for it.
    """

    title: str
    why: str
    at: datetime | None
    undated: str
    pressing: bool
    late: bool
    sources: tuple[care.Source, ...]


@dataclass(frozen=True, slots=True)
class Period:
    """A time of observation that a rule asks for.

    Attributes:
        share: how much of it is over, in percent.
        decides: whether it is the one that ends last.
    """

    what: str
    since: datetime
    ends: datetime
    figure: str
    source: care.Source
    share: int
    is_over: bool
    decides: bool


def timers(scene: Scene, *codes: str) -> tuple[Timer, ...]:
    """The open tasks of these codes as timers, the most pressing first."""
    return tuple(_timer(one, scene.now) for one in scene.tasks(*codes))


def _timer(one: care.Task, now: datetime) -> Timer:
    pressing = one.urgency is care.Urgency.EMERGENCY
    late = one.is_overdue(now)
    at = one.latest if one.due and one.latest and one.due <= now else one.due
    return Timer(one.title, one.reason, at, one.undated, pressing, late, one.sources)


def periods(required: Iterable[Required], now: datetime) -> tuple[Period, ...]:
    """Every rule's time, the one that decides last."""
    rules = tuple(required)
    last = strictest(rules)
    return tuple(
        Period(
            one.what,
            one.since,
            one.ends,
            str(one.figure),
            one.figure.as_source(),
            _share(one, now),
            now >= one.ends,
            one is last,
        )
        for one in sorted(rules, key=lambda one: one.ends)
    )


def _share(one: Required, now: datetime) -> int:
    whole = (one.ends - one.since).total_seconds()
    gone = (now - one.since).total_seconds()
    return max(0, min(_WHOLE, int(_WHOLE * gone / whole))) if whole else _WHOLE
