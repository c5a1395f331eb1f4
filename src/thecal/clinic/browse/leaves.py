"""A leaf: the page of one thing, as titles, tables and notes that one template draws."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from thecal.units import Provenance

Said = str | Promise
NO_FIGURE = _("no published figure")
_BADGES = {
    Provenance.FOUND: "ok",
    Provenance.DERIVED: "note",
    Provenance.RECALLED: "confirm",
    Provenance.RECALLED_WEAK: "confirm",
    Provenance.ASSUMED: "unknown",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table.

    Attributes:
        text: what it says.
        link: where it leads; empty if nowhere.
        mark: a word in a badge after the text, such as how a figure is known.
        badge: the badge's kind.
        is_number: whether its number and unit stay together.
    """

    text: Said
    link: str = ""
    mark: Said = ""
    badge: str = ""
    is_number: bool = False


Cells = Sequence["Cell | Said"]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; one without rows says why it is empty."""

    title: Said
    heads: tuple[Said, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: Said = NO_FIGURE


@dataclass(frozen=True, slots=True)
class Leaf:
    """The page of one thing.

    Attributes:
        shelf: what kind of thing it is, as its address has it.
        key: its own name there; empty for the one leaf of its shelf.
        title: for people.
        lead: the first paragraphs.
        grids: its tables.
    """

    shelf: str
    key: str
    title: Said
    lead: tuple[Cell, ...] = ()
    grids: tuple[Grid, ...] = ()

    @property
    def address(self) -> str:
        """Its own."""
        return address(self.shelf, self.key)

    def words(self) -> str:
        """All that it says, for a search."""
        cells = [*self.lead, *(cell for one in self.grids for row in one.rows for cell in row)]
        parts = [self.key, self.title, *(part for cell in cells for part in (cell.text, cell.mark))]
        return " ".join(str(part) for part in parts).casefold()


def address(shelf: str, key: str = "") -> str:
    """The address of a leaf."""
    if not key:
        return reverse("browse.shelf", kwargs={"shelf": shelf})
    return reverse("browse.leaf", kwargs={"shelf": shelf, "key": key})


def grid(
    title: Said, heads: Iterable[Said], rows: Iterable[Cells], empty: Said = NO_FIGURE
) -> Grid:
    """A table of cells and plain texts."""
    made = tuple(tuple(_cell(one) for one in row) for row in rows)
    return Grid(title, tuple(heads), made, empty)


def _cell(one: Cell | Said) -> Cell:
    return one if isinstance(one, Cell) else Cell(one)


def sourced(source: str, provenance: Provenance) -> Cell:
    """Where a figure comes from, and how it is known."""
    return Cell(source, mark=str(provenance), badge=_BADGES[provenance])


def figure(value: Any) -> Cell:
    """A figure with its unit; one that nobody published says so."""
    if value is None:
        return Cell(NO_FIGURE, badge="unknown")
    return Cell(str(value), is_number=True)


def words(name: str) -> str:
    """A field's name as words."""
    text = name.replace("_", " ").replace("-", " ")
    return text[:1].upper() + text[1:]
