"""What goes for several drugs: admixtures, conversions, label status by pump, thresholds."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from django.utils.translation import gettext_lazy as _

from thecal.clinic.browse.leaves import (
    NO_FIGURE,
    Cell,
    Leaf,
    Said,
    address,
    figure,
    grid,
    sourced,
    words,
)
from thecal.devices import pumps
from thecal.formulary import (
    Admixture,
    admixtures,
    assayed_strength,
    conversions,
    drugs,
    mixture_label_status,
)
from thecal.therapy.labelling import labelling
from thecal.therapy.thresholds import Thresholds, thresholds
from thecal.units import CONCENTRATION, parse

TITLES: dict[str, Said] = {
    "admixtures": _("Admixtures"),
    "conversions": _("Conversions"),
    "labelling": _("Label status by pump"),
    "thresholds": _("Thresholds of the checks"),
}


def leaves() -> Iterator[Leaf]:
    """One for each."""
    yield _admixtures()
    yield _conversions()
    yield _labelling()
    yield _thresholds()


def _admixtures() -> Leaf:
    status, strength = mixture_label_status(), assayed_strength()
    rows = [
        (
            " + ".join(sorted(one.drugs)),
            _strengths(one),
            figure(one.days),
            one.result,
            sourced(one.source, one.provenance),
        )
        for one in admixtures()
    ]
    heads = (_("Mixture"), _("Tested at"), _("Keeps"), _("Found"), _("Source"))
    assayed = (
        str(strength.assayed),
        str(strength.outside),
        Cell(str(strength.tolerance), is_number=True),
        sourced(strength.outside.source, strength.outside.provenance),
    )
    told = (_("Assayed"), _("Outside"), _("Tolerance"), _("Source"))
    return Leaf(
        "admixtures",
        "",
        TITLES["admixtures"],
        (
            Cell(status.text),
            sourced(status.source, status.provenance),
        ),
        (
            grid(_("How long mixtures keep"), heads, rows),
            grid(_("Compounded strength against the label"), told, [assayed]),
        ),
    )


def _strengths(one: Admixture) -> Cell:
    texts = [
        f"{name} {drugs()[name].show(parse(text, CONCENTRATION), CONCENTRATION)}"
        for name, text in one.concentrations.items()
    ]
    if not texts:
        return Cell(NO_FIGURE, badge="unknown")
    weaker = ", ".join(sorted(one.weaker_is_worse))
    tail = f" ({weaker}: weaker keeps less well)" if weaker else ""
    return Cell(", ".join(texts) + tail, mark=str(one.concentrations_provenance or ""))


def _conversions() -> Leaf:
    rows = [
        (
            f"{one.from_route} {one.from_drug}",
            f"{one.to_route} {one.to_drug}",
            Cell(f"{one.from_amount} : {one.to_amount}", is_number=True),
            one.caution,
            sourced(one.source, one.provenance),
        )
        for one in conversions()
    ]
    heads = (_("From"), _("To"), _("Ratio"), _("Caution"), _("Source"))
    lead = Cell(_("Each leads one way only, and cannot be turned round."))
    return Leaf(
        "conversions", "", TITLES["conversions"], (lead,), (grid(_("Ratios"), heads, rows),)
    )


def _labelling() -> Leaf:
    known = {(one.drug, one.family): one for one in labelling()}
    families = dict.fromkeys(pump.family for pump in pumps().values())
    rows: list[tuple[Cell | Said, ...]] = []
    for drug, family in product(drugs().values(), families):
        name, one = Cell(drug.name, address("drugs", drug.name)), known.get((drug.name, family))
        if one is not None:
            status = f"labelled for {one.indication}" if one.labelled else "not labelled"
            age = f", from {one.from_years} years" if one.from_years else ""
            rows.append((name, family, status + age, one.why, sourced(one.source, one.provenance)))
        elif drug.off_label is None:
            rows.append((name, family, Cell(_("unknown"), badge="unknown"), NO_FIGURE, ""))
    off = ", ".join(drug.name for drug in drugs().values() if drug.off_label)
    heads = (_("Drug"), _("Pump family"), _("Status"), _("Why"), _("Source"))
    lead = Cell(_("Labelled for no implanted pump: %(drugs)s. Of the others:") % {"drugs": off})
    return Leaf("labelling", "", TITLES["labelling"], (lead,), (grid(_("Status"), heads, rows),))


def _thresholds() -> Leaf:
    figures = thresholds()
    rows = []
    for name in Thresholds.model_fields:
        one = getattr(figures, name)
        rows.append((words(name), figure(one), sourced(one.source, one.provenance)))
    heads = (_("Threshold"), _("Figure"), _("Source"))
    lead = Cell(_("Figures of the plan's rules that belong to no one drug or pump."))
    return Leaf("thresholds", "", TITLES["thresholds"], (lead,), (grid(_("Figures"), heads, rows),))
