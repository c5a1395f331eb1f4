"""What the leaflet calls usual of a permanent pump: ``usual.toml``, beside this file."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field

from thecal.care.result import Source
from thecal.units import Provenance


class Usual(BaseModel):
    """The usual anaesthesia, pocket and drugs; anything else is noted and not refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str
    anaesthesia: str
    pocket: str
    drugs: frozenset[str]
    source: str = Field(min_length=1)
    provenance: Provenance

    def as_source(self) -> Source:
        """Where it comes from, for a result."""
        return Source(self.rule, self.source, self.provenance)


@lru_cache(maxsize=1)
def usual() -> Usual:
    """Read once."""
    text = files(__package__).joinpath("usual.toml").read_text(encoding="utf-8")
    return Usual(**tomllib.loads(text))
