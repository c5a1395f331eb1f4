"""By which means somebody acts, if it is no page: a token, which lets them do no more than it says.

Whoever answers a request sets the means for as long as that takes; every service then holds the
action against them, and the trail names them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from thecal.clinic.record.actions import Action, Kind, table
from thecal.clinic.record.refusals import OutOfScopeError


@dataclass(frozen=True, slots=True)
class Means:
    """A token by which somebody acts.

    Attributes:
        kind: what it is, as the trail calls it; ``key`` and ``name`` say which.
        scopes: ``read`` or ``write`` for every subject, ``read:SUBJECT`` or ``write:SUBJECT``.
    """

    kind: str
    key: str
    name: str
    scopes: frozenset[str]

    def lets(self, action: Action) -> bool:
        """Whether an action is within the scopes."""
        return not self.scopes.isdisjoint(scopes_for(action))


_at_hand: ContextVar[Means | None] = ContextVar("means", default=None)


def scopes_for(action: Action) -> tuple[str, str]:
    """The scopes of which a token needs one for an action."""
    kind = action.kind.value
    return kind, f"{kind}:{action.name.partition('.')[0]}"


@contextmanager
def acting_by(means: Means) -> Iterator[None]:
    """Let whatever is done within be done by these means."""
    before = _at_hand.set(means)
    try:
        yield
    finally:
        _at_hand.reset(before)


def check(action: Action) -> None:
    """Hold an action against the means at hand.

    Raises:
        OutOfScopeError: they do not reach so far.
    """
    means = _at_hand.get()
    if means is not None and not means.lets(action):
        raise OutOfScopeError(action.name, scopes_for(action))


def told() -> dict[str, object]:
    """What the trail says of the means; nothing of a page."""
    means = _at_hand.get()
    return {f"by_{means.kind}": {"id": means.key, "name": means.name}} if means else {}


def every_scope() -> list[str]:
    """Every scope that a token can have, those for all subjects first."""
    kinds = [kind.value for kind in Kind]
    needed = {scopes_for(action)[1] for action in table().values()}
    return [*kinds, *sorted(needed, key=lambda one: (one.partition(":")[2], one))]
