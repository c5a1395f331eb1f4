"""The names that FHIR resources carry: systems, extensions and codes (``names.toml``).

A code of a foreign terminology is written only where it was found; what is only remembered goes
out as text.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from thecal.units import Provenance


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Extension(_Strict):
    """An extension of Thecal's: what FHIR has no element for.

    Attributes:
        on: the resource or element that carries it.
        parts: its own parts, empty if it has a value.
    """

    on: str
    meaning: str = Field(min_length=1)
    parts: tuple[str, ...] = ()


class FoundCode(_Strict):
    """A code of a foreign terminology."""

    system: str
    value: str
    display: str
    source: str = Field(min_length=1)
    provenance: Provenance


class Names(_Strict):
    """The whole file.

    Attributes:
        base: of every name of Thecal's own. It names things and is no address.
        foreign: terminology to the system's URI.
        own: Thecal's own code systems and what their codes are.
    """

    base: str
    foreign: dict[str, str]
    own: dict[str, str]
    extension: dict[str, Extension]
    code: dict[str, FoundCode]


class Row(_Strict):
    """What of Thecal is which resource.

    Attributes:
        back: whether it is read back, and as what.
    """

    of: str
    resource: str
    elements: str
    back: str


class _Mapping(_Strict):
    row: tuple[Row, ...]


@lru_cache(maxsize=1)
def mapping() -> tuple[Row, ...]:
    """What is which resource (``mapping.toml``)."""
    text = files(__package__).joinpath("mapping.toml").read_text(encoding="utf-8")
    return _Mapping(**tomllib.loads(text)).row


@lru_cache(maxsize=1)
def names() -> Names:
    """The names, read once."""
    text = files(__package__).joinpath("names.toml").read_text(encoding="utf-8")
    return Names(**tomllib.loads(text))


def extension_url(name: str) -> str:
    """The URL of an extension that ``names.toml`` declares."""
    assert name in names().extension, name  # noqa: S101  (a name that nobody declared)
    return f"{names().base}/StructureDefinition/{name}"


def own_system(name: str) -> str:
    """The URL of a code system of Thecal's own."""
    assert name in names().own, name  # noqa: S101  (likewise)
    return f"{names().base}/CodeSystem/{name}"


def foreign_system(name: str) -> str:
    """The URI of a terminology such as ``LOINC``."""
    return names().foreign[name]


def found_coding(system: str, value: str, provenance: Provenance) -> list[dict[str, Any]]:
    """A coding, or none where the code was not found but remembered."""
    if provenance is not Provenance.FOUND:
        return []
    return [{"system": foreign_system(system), "code": value}]
