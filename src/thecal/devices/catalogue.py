"""Read the catalogue: ``pumps.toml`` and ``catheters.toml``, which lie beside this file.

A figure that nobody published is left out of the file and reads as None: whoever needs it says
that it is unknown.
"""

from __future__ import annotations

import tomllib
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from thecal.units import (
    DurationFigure,
    FlowFigure,
    IntervalFigure,
    LengthFigure,
    LinearVolumeFigure,
    PercentFigure,
    Provenance,
    VolumeFigure,
)


class UnknownDeviceError(KeyError):
    """No such key in the catalogue; the message lists those there are."""

    def __str__(self) -> str:
        """The message without the quotes that KeyError puts around it."""
        return str(self.args[0])


class PumpKind(StrEnum):
    """What can be done with a pump."""

    PROGRAMMABLE = "programmable"
    FIXED_RATE = "fixed-rate"
    EXTERNAL = "external"


class MriBehaviour(StrEnum):
    """What a pump does in the scanner's field."""

    ROTOR_STALL = "rotor-stall"
    MUST_BE_EMPTY = "must-be-empty"
    UNKNOWN = "unknown"


class Note(BaseModel):
    """A sourced statement that is not a number."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(min_length=1)
    source: str = Field(min_length=1)
    provenance: Provenance


class _Sourced(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Pump(_Sourced):
    """One pump of the catalogue; None means that no figure is published.

    Attributes:
        superseded_internal_tubing: a value once shown for the internal tubing and since
            corrected; anything computed from it is refused.
        accuracy_above_percent: how much more than programmed it may deliver.
        accuracy_below_percent: how much less.
        accuracy_tested_at: the only flow at which that accuracy was tested, if so restricted.
        rate_step: the smallest difference between two programmable rates.
        demand_dose_step: the smallest difference between two patient-dose volumes.
    """

    key: str
    name: str
    maker: str
    family: str
    kind: PumpKind
    drive: Note | None = None
    reservoir: VolumeFigure | None = None
    not_aspirable: VolumeFigure | None = None
    lowest_rate: FlowFigure | None = None
    highest_rate: FlowFigure | None = None
    minimum_rate_mode: FlowFigure | None = None
    rate_step: FlowFigure | None = None
    demand_dose_step: VolumeFigure | None = None
    highest_demand_dose: VolumeFigure | None = None
    accuracy_above_percent: PercentFigure | None = None
    accuracy_below_percent: PercentFigure | None = None
    accuracy_tested_at: FlowFigure | None = None
    internal_tubing: VolumeFigure | None = None
    superseded_internal_tubing: VolumeFigure | None = None
    alarm_volume: VolumeFigure | None = None
    refill_end_volume: VolumeFigure | None = None
    service_life: IntervalFigure | None = None
    replacement_notice: IntervalFigure | None = None
    noncritical_alarm_repeat: DurationFigure | None = None
    critical_alarm_repeat: DurationFigure | None = None
    stopped_alarm_after: DurationFigure | None = None
    mri: MriBehaviour = MriBehaviour.UNKNOWN
    mri_note: Note | None = None
    mri_discharge: VolumeFigure | None = None
    notes: tuple[Note, ...] = ()


class Catheter(_Sourced):
    """One catheter of the catalogue; None means that no figure is published.

    Attributes:
        dead_volume: volume per length.
        supplied_length: before trimming at implant.
        families: the pump families it is made for, empty if unknown.
    """

    key: str
    name: str
    maker: str
    dead_volume: LinearVolumeFigure | None = None
    supplied_length: LengthFigure | None = None
    families: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


def _table(name: str) -> dict[str, dict[str, Any]]:
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=1)
def pumps() -> dict[str, Pump]:
    """All pumps by key."""
    return {key: Pump(key=key, **table) for key, table in _table("pumps.toml").items()}


@lru_cache(maxsize=1)
def catheters() -> dict[str, Catheter]:
    """All catheters by key."""
    return {key: Catheter(key=key, **table) for key, table in _table("catheters.toml").items()}


def pump(key: str) -> Pump:
    """The pump of a catalogue key such as ``synchromed-ii-20``.

    Raises:
        UnknownDeviceError: no such pump.
    """
    if key not in pumps():
        raise UnknownDeviceError(f"unknown pump '{key}'; expected one of: {', '.join(pumps())}")
    return pumps()[key]


def catheter(key: str) -> Catheter:
    """The catheter of a catalogue key such as ``ascenda-8780``.

    Raises:
        UnknownDeviceError: no such catheter.
    """
    if key not in catheters():
        known = ", ".join(catheters())
        raise UnknownDeviceError(f"unknown catheter '{key}'; expected one of: {known}")
    return catheters()[key]
