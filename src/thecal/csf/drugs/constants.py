"""Read ``constants.toml``, beside this file: what each drug does in the fluid and the cord."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from thecal.csf.errors import CsfError
from thecal.csf.figures import Measured


class Plasma(BaseModel):
    """Two compartments that the drug enters from the fluid and the cord, and never leaves back to.

    Attributes:
        volume: of the central compartment.
        elimination: from the central compartment, k10.
        to_peripheral, to_central: k12 and k21.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    volume: Measured
    elimination: Measured
    to_peripheral: Measured
    to_central: Measured


class Constants(BaseModel):
    """One drug.

    Attributes:
        calibrated_on: the published rows that fixed what is marked as calibrated.
        diffusion: D_m, in the fluid.
        elimination: k_e, from the fluid.
        partition: K_p, tissue over fluid.
        cord_diffusion: D_t, in the cord.
        cord_clearance: k_b, from the cord to blood; unknown reads as none.
        clearance_cv: how k_e differs between people, as a lognormal's CV.
        plasma: None where nobody published it.
        unknown: what is not published, in words, to be shown with every result.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    calibrated_on: str
    diffusion: Measured
    elimination: Measured
    partition: Measured
    cord_diffusion: Measured
    cord_clearance: Measured | None = None
    clearance_cv: Measured | None = None
    plasma: Plasma | None = None
    unknown: tuple[str, ...] = ()


class LikeAnother(BaseModel):
    """A drug whose constants nobody published."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    like: str
    why: str


@lru_cache(maxsize=1)
def _file() -> dict[str, Constants | LikeAnother]:
    text = files(__package__).joinpath("constants.toml").read_text(encoding="utf-8")
    return {
        name: (LikeAnother if "like" in table else Constants).model_validate(table)
        for name, table in tomllib.loads(text).items()
    }


def known_drugs() -> tuple[str, ...]:
    """Every drug that can be simulated, with constants of its own or like another."""
    return tuple(_file())


def own_entry(drug: str) -> Constants | LikeAnother:
    """What the file says of a drug.

    Raises:
        CsfError: the file does not have this drug.
    """
    if drug not in _file():
        raise CsfError(f"unknown drug '{drug}'; expected one of: {', '.join(_file())}")
    return _file()[drug]


def constants(drug: str) -> tuple[Constants, tuple[str, ...]]:
    """A drug's constants, and the warnings that every result with them must carry.

    Raises:
        CsfError: the file does not have this drug.
    """
    entry = own_entry(drug)
    if isinstance(entry, Constants):
        return entry, entry.unknown
    other, warnings = constants(entry.like)
    return other, (f"{drug} runs only like {entry.like}: {entry.why}", *warnings)
