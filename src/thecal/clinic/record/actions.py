"""The table of permissions: every action, and the roles that may do it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from thecal.clinic.people.roles import Role


class Kind(StrEnum):
    """What an action does to the record."""

    READ = "read"
    WRITE = "write"


class About(StrEnum):
    """Whose record an action is about."""

    PATIENT = "patient"
    CLINIC = "clinic"


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be asked of the record.

    Attributes:
        name: ``subject.verb-object``.
        roles: who may do it; ``Role.PATIENT`` means the patient themself, for their own record.
    """

    name: str
    title: str
    kind: Kind
    about: About
    roles: frozenset[Role]


_table: dict[str, Action] = {}


def enter(action: Action) -> Action:
    """Put an action in the table.

    Raises:
        ValueError: the name is taken, or nobody may do it.
    """
    if action.name in _table:
        raise ValueError(f"two actions are called {action.name}")
    if not action.roles:
        raise ValueError(f"nobody may do {action.name}")
    _table[action.name] = action
    return action


def table() -> dict[str, Action]:
    """Every action by its name."""
    return dict(sorted(_table.items()))


def may(held: Iterable[Role], action: Action) -> Role | None:
    """The role by which somebody may do an action: of several the first in the roles' order."""
    able = action.roles & set(held)
    return next((role for role in Role if role in able), None)
