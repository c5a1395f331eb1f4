"""What has gone wrong with these pumps, and what meets it: ``hazards.toml``, beside this file."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Hazard(BaseModel):
    """Something that really happened.

    Attributes:
        id: ``H01`` and so on.
        happened: what went wrong.
        source: where it was reported.
        control: what meets it.
        rooms: of the program that do.
        rules: the rules that answer it.
        tests: those that try it, each ``FILE::NAME``.
        status: ``later`` while something is missing.
        missing: what; empty if nothing is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^H[0-9]{2}$")
    happened: str = Field(min_length=1)
    source: str = Field(min_length=1)
    control: str = Field(min_length=1)
    rooms: tuple[str, ...]
    rules: tuple[str, ...]
    tests: tuple[str, ...]
    status: Literal["met", "later"]
    missing: str = ""


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    hazard: tuple[Hazard, ...]


@lru_cache(maxsize=1)
def hazards() -> dict[str, Hazard]:
    """Every hazard by its id, in order."""
    text = files(__package__).joinpath("hazards.toml").read_text(encoding="utf-8")
    return {one.id: one for one in _File(**tomllib.loads(text)).hazard}
