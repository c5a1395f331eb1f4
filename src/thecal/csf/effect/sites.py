"""Read ``effect.toml``, beside this file: where each drug acts, and how long after it is there."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from thecal.csf.figures import Measured
from thecal.units import Provenance


class Site(BaseModel):
    """Where an effect comes from.

    Attributes:
        says: the effect, in words.
        place: the cord or the cisterna.
        layers: of the cord, 1 the outermost.
        levels: of the cord, whose mean counts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    says: str
    place: Literal["cord", "cisterna"]
    layers: tuple[int, ...] = ()
    levels: tuple[str, ...] = ()
    source: str = Field(min_length=1)
    provenance: Provenance


class _Delay(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    half_life: Measured


class _Drug(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    acts: tuple[str, ...]
    source: str = Field(min_length=1)
    provenance: Provenance
    delay: dict[str, _Delay] = Field(default_factory=dict)


class _Threshold(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    share: Measured


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    site: dict[str, Site]
    drug: dict[str, _Drug]
    threshold: _Threshold


@dataclass(frozen=True, slots=True)
class Action:
    """One effect of one drug.

    Attributes:
        delay: half-life of the effect compartment; None: nobody published one.
    """

    name: str
    site: Site
    delay: Measured | None


@lru_cache(maxsize=1)
def _file() -> _File:
    text = files(__package__).joinpath("effect.toml").read_text(encoding="utf-8")
    return _File.model_validate(tomllib.loads(text))


def actions(drug: str) -> tuple[Action, ...]:
    """What a drug does; nothing if nothing is known of it."""
    entry = _file().drug.get(drug)
    if entry is None:
        return ()
    delays = {name: one.half_life for name, one in entry.delay.items()}
    return tuple(Action(name, _file().site[name], delays.get(name)) for name in entry.acts)


def threshold() -> float:
    """The share of its own peak at which an effect counts as begun and as over."""
    return _file().threshold.share.internal
