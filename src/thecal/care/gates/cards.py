"""What is told of gates and requirements: ``gates.toml``, beside this file."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from thecal.care.facts import Role


class GateCard(BaseModel):
    """One gate.

    Attributes:
        includes: another gate, all of whose requirements hold here too; empty if none.
        requires: the codes of its own requirements.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    title: str = Field(min_length=1)
    includes: str = ""
    requires: tuple[str, ...]


class RequirementCard(BaseModel):
    """One requirement.

    Attributes:
        text: what must be so.
        opens: what would meet it.
        rules: the rules it comes from.
        waivable_by: the roles that may take it upon themselves; empty: nobody.
        occasion: for which a waiver counts: one given before it began does not.
        clinic_may_switch_off: whether a clinic's settings may do without it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    text: str = Field(min_length=1)
    opens: str = Field(min_length=1)
    rules: tuple[str, ...] = Field(min_length=1)
    waivable_by: tuple[Role, ...] = ()
    occasion: Literal["", "trial", "operation", "stay", "refill"] = ""
    clinic_may_switch_off: bool = False

    @model_validator(mode="after")
    def _a_waiver_has_an_occasion(self) -> Self:
        if bool(self.waivable_by) != bool(self.occasion):
            raise ValueError(f"{self.code}: what may be waived names the occasion of the waiver")
        return self


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    gate: dict[str, GateCard]
    requirement: dict[str, RequirementCard]


@lru_cache(maxsize=1)
def _file() -> _File:
    read = tomllib.loads(files(__package__).joinpath("gates.toml").read_text(encoding="utf-8"))
    return _File.model_validate(
        {
            group: {code: {"code": code, **table} for code, table in cards.items()}
            for group, cards in read.items()
        }
    )


def gate_cards() -> dict[str, GateCard]:
    """Every gate by code, in the pathway's order."""
    return _file().gate


def requirement_cards() -> dict[str, RequirementCard]:
    """Every requirement by code."""
    return _file().requirement


def requirements_of(gate: str) -> tuple[RequirementCard, ...]:
    """The requirements of a gate, those of the gate it includes first.

    Raises:
        KeyError: no such gate; the message lists those there are.
    """
    if gate not in gate_cards():
        raise KeyError(f"unknown gate '{gate}'; expected one of: {', '.join(gate_cards())}")
    card = gate_cards()[gate]
    inherited = requirements_of(card.includes) if card.includes else ()
    return (*inherited, *(requirement_cards()[code] for code in card.requires))
