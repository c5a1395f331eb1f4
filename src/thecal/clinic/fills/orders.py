"""What can be asked about fills."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from thecal.clinic.fills.models import Signs
from thecal.clinic.record.orders import Brief, Line, Note, Order, Text
from thecal.formulary import drugs
from thecal.units import CONCENTRATION, VOLUME, UnitError, parse


def _volume(text: str) -> str:
    try:
        parse(text, VOLUME)
    except UnitError as error:
        raise ValueError(str(error)) from None
    return text


def _positive(text: str) -> str:
    if parse(text, VOLUME) <= 0:
        raise ValueError("it is not above zero")
    return text


Volume = Annotated[Line, AfterValidator(_volume)]
SomeVolume = Annotated[Line, AfterValidator(_volume), AfterValidator(_positive)]


def _solution(text: str) -> str:
    if not solution_of(text):
        raise ValueError("it names no drug")
    return text


def solution_of(text: str) -> list[dict[str, str]]:
    """A label's drugs, one on each line as ``baclofen 500 ug/mL``.

    Raises:
        ValueError: a line cannot be read, or names a drug twice.
    """
    found: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, _, strength = line.partition(" ")
        if name not in drugs():
            raise ValueError(f"unknown drug '{name}'")
        if name in found:
            raise ValueError(f"'{name}' is there twice")
        try:
            parse(strength, CONCENTRATION)
        except UnitError as error:
            raise ValueError(str(error)) from None
        found[name] = strength.strip()
    return [{"drug": name, "concentration": strength} for name, strength in found.items()]


class Beginning(Order):
    """A refill visit."""

    device: UUID


class Aspirating(Order):
    """What was drawn out; expected and delivered are taken from the pump where it was read."""

    volume: Volume
    expected: Volume | None = Field(default=None, description="By the pump's own count.")
    delivered: Volume | None = Field(default=None, description="Since the fill before.")


class Investigating(Order):
    """What a difference came to."""

    finding: Text
    may_fill: bool


class Labelling(Order):
    """The label, typed off the syringe."""

    drugs: Annotated[Text, AfterValidator(_solution)] = Field(
        description="Off the syringe, a drug on each line: baclofen 500 ug/mL"
    )
    lot: Brief = ""
    expires: date


class Rinsing(Order):
    """A rinse."""

    times: int = Field(ge=1, le=20)
    volume: SomeVolume


class Filling(Order):
    """The fill itself."""

    volume: SomeVolume


class Watching(Order):
    """What the watch after the fill found."""

    overdose_signs: Signs
    notes: Note = ""


class Closing(Order):
    """Closing the refill."""


class Correcting(Order):
    """A step that was written down wrongly, before the fill."""

    step: UUID
    why: Text
