"""Signs for which a patient calls: ``signs.toml``, each with the source of what it says."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from thecal import care, formulary

AT_ONCE, SAME_DAY = "at-once", "same-day"


class Sign(BaseModel):
    """One sign, in a patient's words.

    Attributes:
        drugs: those with which it counts; empty: with every one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    group: Literal["infection", "paralysis", "granuloma", "overdose", "withdrawal"]
    when: Literal["at-once", "same-day"]
    text: str = Field(min_length=1)
    origin: str = Field(alias="from")
    drugs: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """Where what it says is published, and how that is known.

        Raises:
            KeyError: there is no such question, statement, rule or instrument.
        """
        kind, _, name = self.origin.partition(":")
        if kind == "question":
            question = care.surveillance_questions()[name]
            return f"{question.source} ({question.provenance})"
        if kind == "rule":
            return f"{care.rule(name).source} ({care.rule(name).provenance})"
        if kind == "instrument":
            return f"{care.instrument(name).source} ({care.instrument(name).provenance})"
        return self._of_the_drug(kind, name)

    def _of_the_drug(self, kind: str, name: str) -> str:
        drug = formulary.drugs()[name]
        statement = {"overdose": drug.overdose, "withdrawal": drug.withdrawal}[kind]
        if statement is None:
            raise KeyError(self.origin)
        return f"{statement.source} ({statement.provenance})"


@lru_cache(maxsize=1)
def signs() -> tuple[Sign, ...]:
    """Every sign.

    Raises:
        KeyError: a drug that the formulary has not.
    """
    text = files(__package__).joinpath("signs.toml").read_text(encoding="utf-8")
    found = tuple(Sign.model_validate(one) for one in tomllib.loads(text)["sign"])
    for drug in {name for one in found for name in one.drugs}:
        formulary.drugs()[drug]
    return found


def signs_for(drugs: Collection[str]) -> tuple[Sign, ...]:
    """Those that count with these drugs; with all of them, where the drugs are not known."""
    return tuple(
        one for one in signs() if not one.drugs or not drugs or set(one.drugs) & set(drugs)
    )
