"""What this room refuses: each message is one line that says what was expected."""

from __future__ import annotations


class CsfError(ValueError):
    """An input that describes no simulation: a level, dose, time or order that cannot be."""
