"""The pumps and catheters: every figure of the catalogue, and what nobody published."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from django.utils.translation import gettext_lazy as _

from thecal.clinic.browse.leaves import (
    NO_FIGURE,
    Cell,
    Grid,
    Leaf,
    Said,
    figure,
    grid,
    sourced,
    words,
)
from thecal.devices import Catheter, Note, Pump, catheters, pumps
from thecal.units import Figure

TITLES: dict[str, Said] = {"pumps": _("Pumps"), "catheters": _("Catheters")}
_APART = {"key", "name", "maker", "family", "families", "notes"}


def leaves() -> Iterator[Leaf]:
    """One for each device."""
    for pump in pumps().values():
        lead = (_made_by(pump), Cell(_("Family: %(family)s") % {"family": pump.family}))
        yield Leaf("pumps", pump.key, pump.name, lead, (_figures(pump), _notes(pump)))
    for catheter in catheters().values():
        families = ", ".join(catheter.families) or NO_FIGURE
        lead = (_made_by(catheter), Cell(_("For pumps: %(families)s") % {"families": families}))
        yield Leaf(
            "catheters", catheter.key, catheter.name, lead, (_figures(catheter), _notes(catheter))
        )


def _made_by(one: Pump | Catheter) -> Cell:
    return Cell(
        _("Maker: %(maker)s. In a prescription file: %(key)s")
        % {"maker": one.maker, "key": one.key}
    )


def _figures(one: Pump | Catheter) -> Grid:
    names = [name for name in type(one).model_fields if name not in _APART]
    heads = (_("Figure"), _("Value"), _("Source"))
    return grid(_("Figures"), heads, [_row(name, getattr(one, name)) for name in names])


def _row(name: str, value: object) -> tuple[Cell | Said, ...]:
    if isinstance(value, Figure):
        return words(name), figure(value), sourced(value.source, value.provenance)
    if isinstance(value, Note):
        return words(name), value.text, sourced(value.source, value.provenance)
    if isinstance(value, Enum):
        return words(name), str(value.value), ""
    return words(name), figure(None), ""


def _notes(one: Pump | Catheter) -> Grid:
    rows = [(note.text, sourced(note.source, note.provenance)) for note in one.notes]
    return grid(_("Also known"), (_("What"), _("Source")), rows, _("Nothing more."))
