"""One row of a review: a field with what it was and what it becomes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from thecal.therapy.thresholds import thresholds

_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Cell:
    """A value on one side.

    Attributes:
        value: what is compared, exact.
        text: what a person reads.
        number: for the ratio of new to old; None where it has none.
    """

    value: object
    text: str
    number: Fraction | None = None


NONE = Cell(None, "none")
NOT_KNOWN = Cell(None, "not known")


@dataclass(frozen=True, slots=True)
class Row:
    """A field, side by side."""

    group: str
    field: str
    old: Cell
    new: Cell

    @property
    def changed(self) -> bool:
        """Whether the exact values differ."""
        return self.old.value != self.new.value

    @property
    def ten_fold(self) -> bool:
        """Whether the new is ten times the old or more, or a tenth or less."""
        old, new = self.old.number, self.new.number
        if not old or not new:
            return False
        smaller, larger = sorted((old, new))
        return larger * _PERCENT >= smaller * thresholds().ten_fold.value

    @property
    def texts(self) -> tuple[str, str]:
        """Old and new as a person reads them; exact where rounding would hide the difference."""
        if self.changed and self.old.text == self.new.text:
            return (f"{self.old.text} ({self.old.value})", f"{self.new.text} ({self.new.value})")
        return (self.old.text, self.new.text)


def rows_contract(rows: tuple[Row, ...]) -> list[dict[str, Any]]:
    """The rows as plain values, ready for JSON."""
    return [
        {
            "group": row.group,
            "field": row.field,
            "old": row.texts[0],
            "new": row.texts[1],
            "changed": row.changed,
            "ten_fold": row.ten_fold,
        }
        for row in rows
    ]
