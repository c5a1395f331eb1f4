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
    refills,
    reservoir,
    running,
    solution,
    unknowns,
)
from thecal.therapy.rules.registry import CARDS, RULES, Card, Rule

__all__ = ["CARDS", "RULES", "Card", "Rule"]
