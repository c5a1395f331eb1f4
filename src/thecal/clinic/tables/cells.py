"""Cells as CSV has them: exact numbers, instants in UTC, and texts that no spreadsheet runs."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

Cell = str | int | bool | date | Fraction | None
BYTE_ORDER_MARK = "\ufeff"
"""Begins the file, so that a spreadsheet reads it as UTF-8."""
PLACES = 12
"""Decimals of a number that has no finite notation, such as a weekly dose by the day."""
_RUN = frozenset("=+-@\t\r\n＝＋－＠")
"""What a spreadsheet takes for the beginning of a formula."""
_MARK = "'"


class _Line:
    """A file that gives back each line that is written."""

    def write(self, text: str) -> str:
        return text


def lines(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The file, line by line."""
    writer = csv.writer(_Line())
    yield BYTE_ORDER_MARK + str(writer.writerow(columns))
    for row in rows:
        yield str(writer.writerow([written(one) for one in row]))


def written(cell: Cell) -> str:
    """One cell; what is unknown is empty."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, Fraction):
        return _number(cell)
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell) if isinstance(cell, int) else guarded(cell)


def guarded(text: str) -> str:
    """A text that a spreadsheet shows; one that it would run gets a mark before it."""
    first = text.lstrip(" ")[:1]
    return f"{_MARK}{text}" if first in _RUN and first else text


def _number(value: Fraction) -> str:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    text = f"{round(exact, PLACES):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
