"""Read the instruments: ``instruments.toml``, beside this file."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from thecal.units import Provenance


class ScoreError(ValueError):
    """No such instrument, or no such score; the message says what was expected."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=False)


class Code(_Strict):
    """A code of a terminology; only those found stand in the file."""

    system: Literal["LOINC", "SNOMED CT"]
    value: str
    provenance: Provenance


class Sign(_Strict):
    """A vital sign and its code."""

    key: str
    name: str
    code: Code


class Instrument(_Strict):
    """One instrument: numeric, with ``low`` and ``high``, or ordinal, with ``levels``.

    Attributes:
        measures: what it is for.
        whole: whether a numeric score is a whole number.
        levels: of an ordinal one, in order; they are no numbers, and have no mean.
        points: where differences are counted in points, the least and the most that a level may
            stand for (``1+`` lies between 1 and 2).
        better: which way is better.
        act_from: the score from which to act, empty if none is published.
        has_item_9: whether one item asks about self-harm and is acted on by itself.
    """

    key: str
    name: str
    measures: Literal["pain", "spasm", "activity", "mood", "misuse", "sedation", "change"] = Field(
        alias="for"
    )
    low: int | None = None
    high: int | None = None
    whole: bool = False
    levels: tuple[str, ...] = ()
    points: dict[str, tuple[int, int]] = Field(default_factory=dict)
    better: Literal["lower", "higher"]
    act_from: str = ""
    act_source: str = ""
    act_provenance: Provenance | None = None
    has_item_9: bool = False
    code: Code | None = None
    source: str = Field(min_length=1)
    provenance: Provenance

    @model_validator(mode="after")
    def _is_numeric_or_ordinal(self) -> Self:
        if bool(self.levels) == (self.low is not None and self.high is not None):
            raise ValueError(f"{self.key}: either low and high, or levels")
        if self.points and set(self.points) != set(self.levels):
            raise ValueError(f"{self.key}: points for every level, or for none")
        if bool(self.act_from) != bool(self.act_source and self.act_provenance):
            raise ValueError(f"{self.key}: a score to act from goes with its source")
        return self

    @property
    def is_ordinal(self) -> bool:
        """Whether its scores are an order and no numbers."""
        return bool(self.levels)

    @property
    def written(self) -> str:
        """How a score is written, for a person."""
        if self.is_ordinal:
            return ", ".join(self.levels)
        return f"{self.low} to {self.high}" + (", whole" if self.whole else "")


class _File(_Strict):
    instrument: dict[str, Instrument]
    sign: dict[str, Sign]


@lru_cache(maxsize=1)
def _file() -> _File:
    text = files(__package__).joinpath("instruments.toml").read_text(encoding="utf-8")
    return _File.model_validate(
        {
            group: {key: {"key": key, **table} for key, table in tables.items()}
            for group, tables in tomllib.loads(text).items()
        }
    )


def instruments() -> dict[str, Instrument]:
    """Every instrument by key."""
    return _file().instrument


def signs() -> dict[str, Sign]:
    """The vital signs of the flow sheet that have a code."""
    return _file().sign


def instrument(key: str) -> Instrument:
    """The instrument of a key.

    Raises:
        ScoreError: no such instrument.
    """
    if key not in instruments():
        known = ", ".join(instruments())
        raise ScoreError(f"unknown instrument '{key}'; expected one of: {known}")
    return instruments()[key]
