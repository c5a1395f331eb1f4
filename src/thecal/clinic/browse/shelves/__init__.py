"""Every leaf there is, from the data that the program itself reads; a shelf for each kind."""

from __future__ import annotations

from functools import lru_cache

from django.utils.translation import get_language

from thecal.clinic.browse.leaves import Leaf, Said
from thecal.clinic.browse.shelves import care, devices, drugs, mixtures, rules
from thecal.clinic.pathway.figures import text_in_force

SHELVES: dict[str, Said] = {
    **drugs.TITLES,
    **mixtures.TITLES,
    **devices.TITLES,
    **rules.TITLES,
    **care.TITLES,
}
"""The kinds of things in their order, each with its title."""


def leaves() -> tuple[Leaf, ...]:
    """All of them, shelf by shelf, in the reader's language."""
    return _in_language(get_language() or "", text_in_force())


@lru_cache(maxsize=8)
def _in_language(language: str, own_figures: str) -> tuple[Leaf, ...]:  # noqa: ARG001
    """Made once for each language, and for each text of the clinic's own figures."""
    rooms = (drugs, mixtures, devices, rules, care)
    return tuple(one for room in rooms for one in room.leaves())


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
