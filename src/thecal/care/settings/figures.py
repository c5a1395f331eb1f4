"""Read the figures of care, each with its rule, its source and what a clinic may make of it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from functools import lru_cache
from importlib.resources import files
from math import isfinite
from typing import Any

from thecal.care.result import Source
from thecal.care.rules import rule
from thecal.units import (
    DURATION,
    INTERVAL,
    MASS,
    PERCENT,
    VOLUME,
    Kind,
    Provenance,
    UnitError,
    parse,
    show,
)

_KINDS: dict[str, Kind | None] = {
    "duration": DURATION,
    "interval": INTERVAL,
    "volume": VOLUME,
    "percent": PERCENT,
    "mass": MASS,
    "count": None,
}
_LARGEST = {"s": 86_400 * 366, "day": 36_525, "mL": 1000, "percent": 100, "ug": 10**9, "": 1000}
"""Beyond these a setting is a slip of the pen, whatever it is of."""
_KEYS = {"meaning", "rule", "kind", "value", "lowest", "highest", "source", "provenance"}


class SettingError(ValueError):
    """A figure that cannot be; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class CareFigure:
    """One figure of care.

    Attributes:
        key: its name in settings.
        meaning: what it is, in our words.
        kind: of quantity; None for a plain count.
        value: exact, in ``kind.unit``; None where nobody published one.
        lowest: the least that a clinic may set, None if unbounded.
        highest: the most, None if unbounded.
        published: the published figure, if this one is the clinic's own; else None.
    """

    key: str
    meaning: str
    rule: str
    kind: Kind | None
    value: Fraction | None
    lowest: Fraction | None
    highest: Fraction | None
    source: str
    provenance: Provenance
    published: CareFigure | None = None

    def __str__(self) -> str:
        """The value for a person."""
        if self.value is None:
            return "no published figure"
        if self.kind is None:
            return f"{float(self.value):g}"
        return _in_hours(self.value) if self.kind is DURATION else show(self.value, self.kind)

    @property
    def told(self) -> str:
        """The value with its source, or that there is none."""
        return "nothing" if self.value is None else f"{self}, {self.source}"

    @property
    def known(self) -> Fraction:
        """The value of a figure that is published.

        Raises:
            SettingError: it is not.
        """
        if self.value is None:
            raise SettingError(f"{self.key}: no published figure")
        return self.value

    @property
    def delta(self) -> timedelta:
        """The value of a duration or an interval, as elapsed time."""
        seconds = 86_400 if self.kind is INTERVAL else 1
        return timedelta(seconds=float(self.known * seconds))

    @property
    def days(self) -> int:
        """The value of an interval, in whole days."""
        return int(self.known)

    def as_source(self, rule_code: str = "") -> Source:
        """Where it comes from, for a result."""
        default = self.published.told if self.published else ""
        return Source(
            rule_code or self.rule,
            self.source,
            self.provenance,
            str(self),
            self.published is not None,
            default,
        )

    def own(self, text: object) -> CareFigure:
        """The clinic's own figure in its place.

        Raises:
            SettingError: not of its kind, zero, or outside what may be set.
        """
        value = _read(text, self.kind, self.key)
        if value <= 0 and self.lowest != 0:
            raise SettingError(f"{self.key}: {text!r} is not above zero")
        if value > _LARGEST[self.kind.unit if self.kind else ""]:
            raise SettingError(f"{self.key}: {text!r} is out of range")
        own = replace(
            self,
            value=value,
            source="the clinic's own figure",
            provenance=Provenance.ASSUMED,
            published=self,
        )
        for limit, beyond, word in (
            (self.lowest, self.lowest is not None and value < self.lowest, "at least"),
            (self.highest, self.highest is not None and value > self.highest, "at most"),
        ):
            if beyond:
                bound = replace(self, value=limit)
                raise SettingError(
                    f"{self.key}: {own} is not allowed; expected {word} {bound} ({self.source})"
                )
        if self.kind is INTERVAL and value.denominator != 1:
            raise SettingError(f"{self.key}: {text!r} is not a whole number of days")
        return own


def _in_hours(seconds: Fraction) -> str:
    return f"{float(seconds / 3600):g} h" if seconds >= 3600 else show(seconds, DURATION)  # noqa: PLR2004


def _read(value: object, kind: Kind | None, key: str) -> Fraction:
    if kind is None:
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            raise SettingError(f"{key}: {value!r} is not a number; expected for example 2")
        return Fraction(str(value))
    try:
        return parse(value, kind)
    except UnitError as error:
        raise SettingError(f"{key}: {error}") from None


def _figure(key: str, table: dict[str, Any]) -> CareFigure:
    if not {"meaning", "rule", "kind"} <= set(table) <= _KEYS:
        raise SettingError(f"{key}: expected only {', '.join(sorted(_KEYS))}")
    if ("value" in table) != ("source" in table) or ("value" in table) != ("provenance" in table):
        raise SettingError(f"{key}: a value goes with its source and provenance")
    kind = _KINDS[table["kind"]]
    value, lowest, highest = (
        _read(table[name], kind, key) if name in table else None
        for name in ("value", "lowest", "highest")
    )
    return CareFigure(
        key,
        table["meaning"],
        rule(table["rule"]).code,
        kind,
        value,
        lowest,
        highest,
        table.get("source", "none found"),
        Provenance(table.get("provenance", "found")),
    )


@lru_cache(maxsize=1)
def figures() -> dict[str, CareFigure]:
    """Every figure as published, by key."""
    text = files(__package__).joinpath("figures.toml").read_text(encoding="utf-8")
    return {key: _figure(key, table) for key, table in tomllib.loads(text).items()}
