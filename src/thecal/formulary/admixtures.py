"""Published stability of drugs together at body temperature: ``admixtures.toml``."""

from __future__ import annotations

import tomllib
from fractions import Fraction
from functools import lru_cache
from importlib.resources import files
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from thecal.formulary.drugs import Statement
from thecal.units import (
    CONCENTRATION,
    IntervalFigure,
    PercentFigure,
    Provenance,
    UnitError,
    parse,
)


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Admixture(_Strict):
    """One published mixture.

    Attributes:
        drugs: the names of its drugs, two or more.
        concentrations: drug name to concentration text; absent where the source gives none.
        weaker_is_worse: drugs that keep less well when diluted, so that a weaker solution than
            the one tested is not covered by it.
        concentrations_provenance: of those texts, None if as ``provenance``.
        days: how long it kept, None where no figure is published.
        result: what the source found, in our words.
    """

    drugs: frozenset[str] = Field(min_length=2)
    concentrations: dict[str, str] = Field(default_factory=dict)
    weaker_is_worse: frozenset[str] = frozenset()
    concentrations_provenance: Provenance | None = None
    days: IntervalFigure | None = None
    result: str
    source: str = Field(min_length=1)
    provenance: Provenance

    @model_validator(mode="after")
    def _concentrations_are_of_its_drugs(self) -> Self:
        if not self.drugs.issuperset(self.concentrations):
            raise UnitError(f"{set(self.concentrations) - self.drugs} is not in the mixture")
        for text in self.concentrations.values():
            parse(text, CONCENTRATION)
        return self

    def covers(self, mixture: dict[str, Fraction]) -> bool:
        """Whether it has the same drugs, none of them (in µg/mL) more concentrated than tested.

        A drug whose tested concentration is not published counts as covered; one that keeps
        less well when diluted must be as concentrated as tested.
        """
        return self.drugs == frozenset(mixture) and all(
            self._covers(name, mixture[name]) for name in self.concentrations
        )

    def is_nearer(self, other: Admixture) -> bool:
        """Whether it was tested at lower strengths than another study of the same drugs."""
        mine, theirs = self._strengths(), other._strengths()
        return mine != theirs and all(mine[n] <= theirs.get(n, mine[n]) for n in mine)

    def _strengths(self) -> dict[str, Fraction]:
        return {name: parse(text, CONCENTRATION) for name, text in self.concentrations.items()}

    def _covers(self, name: str, strength: Fraction) -> bool:
        tested = parse(self.concentrations[name], CONCENTRATION)
        return strength == tested if name in self.weaker_is_worse else strength <= tested


class AssayedStrength(_Strict):
    """How often a compounded mixture was not what its pharmacy label said.

    Attributes:
        assayed: how many mixtures.
        tolerance: how far from the label a strength might be.
        outside: the share of mixtures beyond that.
    """

    assayed: int = Field(gt=0)
    tolerance: PercentFigure
    outside: PercentFigure


class _File(_Strict):
    label_status: Statement
    assayed_strength: AssayedStrength
    admixture: tuple[Admixture, ...]


@lru_cache(maxsize=1)
def _file() -> _File:
    text = files(__package__).joinpath("admixtures.toml").read_text(encoding="utf-8")
    return _File(**tomllib.loads(text))


def admixtures() -> tuple[Admixture, ...]:
    """All published mixtures."""
    return _file().admixture


def mixture_label_status() -> Statement:
    """What the authorities say of every mixture and every compounded drug in a pump."""
    return _file().label_status


def assayed_strength() -> AssayedStrength:
    """How far the true strength of compounded mixtures lies from their label."""
    return _file().assayed_strength


def stability_of(mixture: dict[str, Fraction]) -> Admixture | None:
    """The published mixture that decides for ``mixture`` (drug to µg/mL), or None if unknown.

    Of several that cover it the nearest decides: the one tested at the lowest strengths. Where
    two are equally near, the shorter does.
    """
    covering = [one for one in admixtures() if one.days and one.covers(mixture)]
    nearest = [one for one in covering if not any(other.is_nearer(one) for other in covering)]
    return min(nearest, key=lambda one: one.days.value if one.days else 0, default=None)
