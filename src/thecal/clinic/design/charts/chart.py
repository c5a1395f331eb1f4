"""A picture with its table: what a page shows, and what a screen reader reads instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.safestring import SafeString

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Key:
    """What a line or bar of a kind means."""

    title: Words
    kind: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture, shown by ``{% chart picture %}``.

    Attributes:
        title: the figure's caption.
        svg: the drawing.
        columns: the heads of its table.
        rows: the table, as text; the first cell of each is the row's head.
        legend: what the kinds of line mean, where there are several.
    """

    title: Words
    svg: SafeString
    columns: Sequence[Words]
    rows: Sequence[Sequence[Words]]
    legend: Sequence[Key] = ()
