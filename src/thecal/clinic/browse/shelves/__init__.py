"""Every leaf there is, from the data that the program itself reads; a shelf for each kind."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.clinic.browse.leaves import Leaf, Said
from thecal.clinic.browse.shelves import care, devices, drugs, mixtures, rules

SHELVES: dict[str, Said] = {
    **drugs.TITLES,
    **mixtures.TITLES,
    **devices.TITLES,
    **rules.TITLES,
    **care.TITLES,
}
"""The kinds of things in their order, each with its title."""


def leaves() -> Iterator[Leaf]:
    """All of them, shelf by shelf."""
    yield from drugs.leaves()
    yield from mixtures.leaves()
    yield from devices.leaves()
    yield from rules.leaves()
    yield from care.leaves()


def leaf(shelf: str, key: str = "") -> Leaf | None:
    """The leaf of an address; None if there is none."""
    return next((one for one in leaves() if (one.shelf, one.key) == (shelf, key)), None)


def search(text: str) -> list[Leaf]:
    """The leaves that have all of these words, those with them in the title first."""
    asked = text.casefold().split()
    found = [one for one in leaves() if asked and all(word in one.words() for word in asked)]
    return sorted(found, key=lambda one: not _in_title(one, asked))


def _in_title(one: Leaf, asked: list[str]) -> bool:
    title = f"{one.key} {one.title}".casefold()
    return all(word in title for word in asked)
