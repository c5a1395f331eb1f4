"""The drugs: every limit by its layer, products, how long they keep, what nobody published."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

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
from thecal.formulary import Drug, Layer, Limit, LimitOf, Statement, drugs
from thecal.units import CONCENTRATION, Figure

SHELF = "drugs"
TITLES: dict[str, Said] = {SHELF: _("Drugs")}
_EXPECTED = (LimitOf.START_DOSE, LimitOf.DAILY_DOSE, LimitOf.CONCENTRATION)
_SHOWN_APART = {"name", "drug_class", "shown_in", "notes", "products", "stability", "limits"}


def leaves() -> Iterator[Leaf]:
    """One for each drug."""
    return (_leaf(one) for one in drugs().values())


def _leaf(drug: Drug) -> Leaf:
    labelled = drug.labelled_for.text if drug.labelled_for else _("nothing: off label")
    return Leaf(
        SHELF,
        drug.name,
        drug.name.capitalize(),
        (
            Cell(words(str(drug.drug_class))),
            Cell(_("Labelled for, in an implanted pump: %(what)s") % {"what": labelled}),
        ),
        (_limits(drug), _gaps(drug), _facts(drug), _products(drug), _stability(drug), _notes(drug)),
    )


def _limits(drug: Drug) -> Grid:
    order = list(Layer)
    listed = sorted(drug.limits, key=lambda one: (order.index(one.layer), one.of, one.who))
    heads = (
        _("Limit"),
        _("For"),
        _("Lowest"),
        _("Highest"),
        _("Layer"),
        _("Bound"),
        _("Edition"),
        _("Source"),
        _("It says"),
    )
    return grid(
        _("Limits, in layers that are never mixed"), heads, [_limit(drug, one) for one in listed]
    )


def _limit(drug: Drug, one: Limit) -> tuple[Cell | Said, ...]:
    edition: Said = one.version
    if not one.current:
        edition = _("%(edition)s, an earlier edition") % {"edition": one.version}
    ends = [
        Cell("" if value is None else drug.show(value, one.kind), is_number=True)
        for value in (one.low_value, one.high_value)
    ]
    return (
        words(str(one.of)),
        str(one.who),
        *ends,
        str(one.layer),
        str(one.bound),
        edition,
        sourced(one.source, one.provenance),
        one.meaning,
    )


def _gaps(drug: Drug) -> Grid:
    """What one would look for and nobody published."""
    known = {(limit.layer, limit.of) for limit in drug.limits}
    rows = [
        (str(layer), words(str(of)), Cell(NO_FIGURE, badge="unknown"))
        for layer, of in product((Layer.LABEL, Layer.CONSENSUS), _EXPECTED)
        if (layer, of) not in known
    ]
    heads = (_("Layer"), _("Limit"), "")
    return grid(_("Not published"), heads, rows, _("Nothing of what is looked for is missing."))


def _facts(drug: Drug) -> Grid:
    names = [name for name in Drug.model_fields if name not in _SHOWN_APART]
    heads = (_("Fact"), _("Value"), _("Source"))
    return grid(_("Facts"), heads, [_fact(drug, name) for name in names])


def _fact(drug: Drug, name: str) -> tuple[Cell | Said, ...]:
    value = getattr(drug, name)
    if isinstance(value, Statement):
        return words(name), value.text, sourced(value.source, value.provenance)
    if isinstance(value, Figure):
        shown = Cell(drug.show(value.value, value.kind), is_number=True)
        return words(name), shown, sourced(value.source, value.provenance)
    return words(name), Cell(_("nothing in the formulary"), badge="unknown"), ""


def _products(drug: Drug) -> Grid:
    rows = [
        (
            one.name,
            Cell(drug.show(one.concentration.value, CONCENTRATION), is_number=True),
            _("yes") if one.for_pump else _("no"),
            sourced(one.concentration.source, one.concentration.provenance),
        )
        for one in drug.products
    ]
    heads = (_("Product"), _("Strength"), _("For pumps"), _("Source"))
    return grid(_("Products"), heads, rows, _("None is labelled."))


def _stability(drug: Drug) -> Grid:
    rows = [
        (
            str(one.when),
            figure(one.days),
            one.result,
            sourced(one.days.source, one.days.provenance),
        )
        for one in drug.stability
    ]
    heads = (_("Fill"), _("At most"), _("Found"), _("Source"))
    return grid(_("How long it keeps in a pump"), heads, rows)


def _notes(drug: Drug) -> Grid:
    rows = [(one.text, sourced(one.source, one.provenance)) for one in drug.notes]
    return grid(_("Also known"), (_("What"), _("Source")), rows, _("Nothing more."))
