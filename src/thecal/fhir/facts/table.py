"""Read ``facts.toml``, and what each field of a fact is called and measured in."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from thecal import units
from thecal.units import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (units.VOLUME, units.MASS, units.DOSE_RATE, units.DURATION, units.CONCENTRATION)
}


class FactQuantity(BaseModel):
    """A quantity of a fact: of a kind, or in one unit.

    Attributes:
        name: the field's name in a facts file.
        kind: the name of its kind, empty if it has one unit only.
        unit: the UCUM unit, empty if it has a kind.
        sign: the vital sign whose code it carries, empty if none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: str = ""
    unit: str = ""
    sign: str = ""

    @model_validator(mode="after")
    def _is_of_a_kind_or_in_a_unit(self) -> Self:
        if bool(self.unit) == (self.kind in KINDS):
            raise ValueError(f"{self.name}: either a kind of {', '.join(KINDS)}, or a unit")
        return self


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    resource: dict[str, str]
    quantity: dict[str, FactQuantity]


@lru_cache(maxsize=1)
def _file() -> _File:
    text = files(__package__).joinpath("facts.toml").read_text(encoding="utf-8")
    return _File(**tomllib.loads(text))


def resource_of(kind: str) -> str:
    """The resource type of a kind of fact."""
    return _file().resource.get(kind, "Observation")


def listed_kinds() -> dict[str, str]:
    """The kinds that the file lists, with their resources."""
    return _file().resource


def quantities() -> dict[str, FactQuantity]:
    """The quantities by field."""
    return _file().quantity
