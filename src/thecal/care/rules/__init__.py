"""The rules of care, by code: ``rules.toml``, beside this file."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field

from thecal.units import Provenance


class Rule(BaseModel):
    """One rule.

    Attributes:
        code: ``leaflet.NUMBER`` or ``practice.NAME``.
        text: the rule, in our words.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(pattern=r"^(leaflet\.[1-8]|practice\.[a-z-]+)$")
    text: str = Field(min_length=1)
    source: str = Field(min_length=1)
    provenance: Provenance

    @property
    def number(self) -> int | None:
        """Its number in the leaflet, None if practice adds it."""
        match = re.fullmatch(r"leaflet\.([0-9]+)", self.code)
        return int(match[1]) if match else None


@lru_cache(maxsize=1)
def rules() -> dict[str, Rule]:
    """Every rule by code, the leaflet's first."""
    text = files(__package__).joinpath("rules.toml").read_text(encoding="utf-8")
    read = [Rule(**table) for table in tomllib.loads(text)["rule"]]
    return {rule.code: rule for rule in read}


def rule(code: str) -> Rule:
    """The rule of a code.

    Raises:
        KeyError: no such rule.
    """
    return rules()[code]
