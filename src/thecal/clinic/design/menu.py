"""The main menu: subjects enter their items in a ``menu`` module of their own.

``enter(Item("patients", _("Patients"), "patients", 20, READS))`` puts the page of that address in
the menu of whoever has one of those roles in the clinic at hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

from thecal.clinic.people.models import Clinic
from thecal.clinic.people.roles import Role


@dataclass(frozen=True, slots=True)
class Item:
    """A page in the menu.

    Attributes:
        key: its own name.
        title: as people read it.
        url_name: of a page with no argument, or with ``clinic`` alone.
        order: items stand in this order.
        roles: who sees it.
    """

    key: str
    title: str | Promise
    url_name: str
    order: int
    roles: frozenset[Role]


_items: dict[str, Item] = {}


def enter(item: Item) -> Item:
    """Put an item in the menu.

    Raises:
        ValueError: its key is taken.
    """
    if item.key in _items:
        raise ValueError(f"two items of the menu are called {item.key}")
    _items[item.key] = item
    return item


def items(held: Iterable[Role] = Role) -> list[Item]:
    """Those for somebody who has these roles, in their order."""
    able = frozenset(held)
    found = [one for one in _items.values() if one.roles & able]
    return sorted(found, key=lambda one: (one.order, one.key))


def address(item: Item, clinic: Clinic | None) -> str | None:
    """Where an item leads; None if only a clinic has it and there is none."""
    try:
        return reverse(item.url_name)
    except NoReverseMatch:
        if clinic is None:
            return None
        return reverse(item.url_name, kwargs={"clinic": clinic.pk})
