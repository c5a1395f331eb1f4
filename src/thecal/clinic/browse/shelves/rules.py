"""The rules of the checks: every code that a finding may have, with whose figures it applies."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from thecal.clinic.browse.leaves import Cell, Grid, Leaf, Said, grid
from thecal.therapy import plan as _plan
from thecal.therapy.refill import residual as _residual
from thecal.therapy.rules import CARDS, RULES, Card

SHELF = "rules"
TITLES: dict[str, Said] = {SHELF: _("Rules of the checks")}
ENTER_THEIR_RULES = (_plan, _residual)
_MEANS: dict[str, Said] = {
    "stop": _("the plan is refused; nobody can override it"),
    "confirm": _("the plan is refused until a person signs the rule with a reason"),
    "note": _("the plan may go ahead; this is what to know"),
}


def leaves() -> Iterator[Leaf]:
    """One for each rule."""
    return (_leaf(one) for one in CARDS.values())


def _leaf(card: Card) -> Leaf:
    lead = [Cell(card.code), *([Cell(told)] if (told := _told(card)) else [])]
    return Leaf(SHELF, card.code, card.title, tuple(lead), (_severities(card), _sources(card)))


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
    hazards = [(_("Hazards that it answers: %(names)s") % {"names": ", ".join(card.hazards)},)]
    listed: list[tuple[Said]] = [*rows, *(hazards if card.hazards else [])]
    return grid(_("Where it and its figures come from"), (_("Source"),), listed)
