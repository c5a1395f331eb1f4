"""The rules of the checks: every code that a finding may have, with whose figures it applies."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from thecal.clinic.browse.leaves import Cell, Grid, Leaf, Said, address, grid
from thecal.therapy import plan as _plan
from thecal.therapy.refill import residual as _residual
from thecal.therapy.rules import CARDS, RULES, Card
from thecal.therapy.rules.hazards import Hazard, hazards

SHELF = "rules"
TITLES: dict[str, Said] = {SHELF: _("Rules of the checks"), "hazards": _("Hazards")}
ENTER_THEIR_RULES = (_plan, _residual)
_MEANS: dict[str, Said] = {
    "stop": _("the plan is refused; nobody can override it"),
    "confirm": _("the plan is refused until a person signs the rule with a reason"),
    "note": _("the plan may go ahead; this is what to know"),
}


def leaves() -> Iterator[Leaf]:
    """One for each rule and for each hazard."""
    yield from (_leaf(one) for one in CARDS.values())
    yield from (_hazard(one) for one in hazards().values())


def _leaf(card: Card) -> Leaf:
    lead = [Cell(card.code), *([Cell(told)] if (told := _told(card)) else [])]
    return Leaf(
        SHELF,
        card.code,
        card.title,
        tuple(lead),
        (_severities(card), _sources(card), _hazards(card)),
    )


def _told(card: Card) -> str:
    """What the rule says of itself."""
    rule = RULES.get(card.code)
    text = inspect.getdoc(rule.check) if rule else None
    return " ".join(text.split("\n\n")[0].split()) if text else ""


def _severities(card: Card) -> Grid:
    rows = [(Cell("", mark=one, badge=one), _MEANS[one]) for one in card.severities]
    return grid(_("What its findings mean"), (_("Severity"), _("Meaning")), rows)


def _sources(card: Card) -> Grid:
    rows = [(one,) for one in card.sources()]
    return grid(_("Where it and its figures come from"), (_("Source"),), rows)


def _hazards(card: Card) -> Grid:
    rows = [(Cell(one, address("hazards", one)), hazards()[one].happened) for one in card.hazards]
    heads = (_("Hazard"), _("What happened"))
    return grid(_("Hazards that it answers"), heads, rows, _("None by itself."))


def _hazard(one: Hazard) -> Leaf:
    """What really happened, and what meets it."""
    facts = [(_("Reported in"), one.source), (_("What meets it"), one.control)]
    if one.missing:
        facts.append((_("Still missing"), one.missing))
    rules = [(Cell(code, address(SHELF, code)), CARDS[code].title) for code in one.rules]
    return Leaf(
        "hazards",
        one.id,
        _("Hazard %(id)s") % {"id": one.id},
        (Cell(one.happened),),
        (
            grid(_("How it stands"), ("", ""), facts),
            grid(_("Rules that answer it"), (_("Rule"), _("What it looks at")), rules, _("None.")),
        ),
    )
