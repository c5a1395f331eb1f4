"""The rules: what is checked before a prescription may run. ``RULES`` holds them by code.

``CARDS`` also has the codes of findings that are not on a prescription alone.
"""

from thecal.therapy.rules import (  # noqa: F401  (each module enters its rules)
    changeovers,
    changes,
    consensus,
    hard,
    label,
    label_status,
    path,
    pump_at_hand,
    refills,
    reservoir,
    running,
    solution,
    unknowns,
)
from thecal.therapy.rules.pump_at_hand import AT_THE_PUMP
from thecal.therapy.rules.registry import CARDS, RULES, Card, Rule

SIGNABLE = frozenset(RULES) | {card.code for card in AT_THE_PUMP}
"""The codes that a prescription may sign."""

__all__ = ["AT_THE_PUMP", "CARDS", "RULES", "SIGNABLE", "Card", "Rule"]
