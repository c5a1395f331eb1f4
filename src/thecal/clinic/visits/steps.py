"""A step of a flow: which services it calls, what makes it done, what must be open before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from thecal.clinic.record.entry import Entry
from thecal.clinic.record.gates import Closed
from thecal.clinic.visits.scene import Scene

Words = str | Promise
Since = Callable[[Scene], datetime | None]


@dataclass(frozen=True, slots=True)
class Done:
    """What the record has of a step.

    Attributes:
        so: whether the step is done.
        entries: what tells of it, the newest first.
        said: what else there is to say, as that the step is not needed here.
    """

    so: bool
    entries: tuple[Entry, ...] = ()
    said: Words = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A page elsewhere on which a step is done.

    Attributes:
        names: of addresses; the first that there is counts.
        query: what is added to the address.
    """

    title: Words
    names: tuple[str, ...]
    query: str = ""


def _never(scene: Scene) -> Done:  # noqa: ARG001
    return Done(False)


def _always(scene: Scene) -> bool:  # noqa: ARG001
    return True


def _open(scene: Scene) -> Sequence[Closed]:  # noqa: ARG001
    return ()


def _nothing(scene: Scene) -> Mapping[str, Any]:  # noqa: ARG001
    return {}


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Attributes:
        key: its name in the flow.
        title: what to do.
        help: how, and what to look out for, in plain words.
        actions: the services that it calls, by name; the first is the step's own form.
        done: what the record has of it; nothing of a flow is stored beside the record.
        gate: the pathway's gate that must be open; ``only`` names those of its requirements
            that count here, all if empty.
        closes: what else keeps it closed.
        asked: whether this patient's flow has the step at all.
        optional: the steps after it do not wait for it.
        fixed: parts of the order that the step sets, by name; they are not asked.
        begins: what the form begins with.
        panel: what is drawn above the form, by name.
        links: other pages on which the step is done.
        apart: it is done without a sight of what the steps before it said.
    """

    key: str
    title: Words
    help: Words
    actions: tuple[str, ...] = ()
    done: Callable[[Scene], Done] = _never
    gate: str = ""
    only: frozenset[str] = frozenset()
    closes: Callable[[Scene], Sequence[Closed]] = _open
    asked: Callable[[Scene], bool] = _always
    optional: bool = False
    fixed: Mapping[str, Any] = field(default_factory=dict)
    begins: Callable[[Scene], Mapping[str, Any]] = _nothing
    panel: str = ""
    links: tuple[Link, ...] = ()
    apart: bool = False


def by_entries(*kinds: type[Entry], since: Since, **columns: Any) -> Callable[[Scene], Done]:
    """Done once there is an entry of one of these kinds since an instant.

    Args:
        kinds: the entries' models.
        since: when this occasion began; None if it never did, and then nothing counts.
        columns: what the entry's own columns must be.
    """

    def look(scene: Scene) -> Done:
        start = since(scene)
        if start is None:
            return Done(False)
        found = [row for kind in kinds for row in scene.rows(kind, start, **columns)]
        return Done(bool(found), tuple(found))

    return look


def by_requirements(
    *codes: str,
    kinds: tuple[type[Entry], ...] = (),
    since: Since,
    before: Since,
    says: bool = True,
    **columns: Any,
) -> Callable[[Scene], Done]:
    """Done while the pathway's own requirements stand.

    Args:
        codes: of the requirements.
        kinds: the entries that tell of it.
        since: when what counts for this occasion began.
        before: when the occasion was carried out, before which the requirements must have stood;
            None if it still is to be.
        says: whether what is missing is said, once something was written; a panel may say it.
        columns: what the entries' own columns must be.
    """

    def look(scene: Scene) -> Done:
        until = before(scene)
        found = [row for kind in kinds for row in scene.rows(kind, since(scene), until, **columns)]
        asked = [scene.requirement(code, until) for code in codes]
        missing = [one for one in asked if one is None or not one.stands]
        said = [f"{one.text}: {one.reason}" for one in missing if one] if found and says else []
        return Done(not missing, tuple(found), "; ".join(said))

    return look
