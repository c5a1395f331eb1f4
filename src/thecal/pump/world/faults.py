"""What can go wrong with a pump, or happen to it: data, applied to the world in order of time."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

LARGEST_BIAS_PPM = 1_000_000


@dataclass(frozen=True, slots=True)
class AccuracyBias:
    """From ``at_s`` on the rotor moves ``ppm`` millionths more (or less) than programmed."""

    at_s: int
    ppm: int

    def __post_init__(self) -> None:
        if not -LARGEST_BIAS_PPM <= self.ppm <= LARGEST_BIAS_PPM:
            raise ValueError(f"a bias of {self.ppm} ppm is beyond ±{LARGEST_BIAS_PPM} ppm")


@dataclass(frozen=True, slots=True)
class Leak:
    """From ``at_s`` on ``ppm`` millionths of what is pumped leave before the tip; 0 mends it."""

    at_s: int
    ppm: int

    def __post_init__(self) -> None:
        if not 0 <= self.ppm <= 1_000_000:  # noqa: PLR2004
            raise ValueError(f"a leak of {self.ppm} ppm is no share of a flow")


@dataclass(frozen=True, slots=True)
class Occlusion:
    """From ``at_s`` on nothing passes the catheter, so nothing leaves the reservoir."""

    at_s: int
    cleared: bool = False


@dataclass(frozen=True, slots=True)
class Stall:
    """The rotor stands still from ``at_s``, and turns again after ``recovers_after_s`` if at all.

    ``shows_late``: the log tells of it at the second interrogation after, not at the first.
    """

    at_s: int
    recovers_after_s: int | None = None
    shows_late: bool = False


@dataclass(frozen=True, slots=True)
class StallOver:
    """The rotor turns again, unless something else holds it."""

    at_s: int


@dataclass(frozen=True, slots=True)
class Reset:
    """The electronics lose power for a moment."""

    at_s: int


@dataclass(frozen=True, slots=True)
class LowBattery:
    """The battery is found low."""

    at_s: int


@dataclass(frozen=True, slots=True)
class DryRun:
    """From ``at_s`` the reservoir gives nothing (gas in the line), until it is filled again."""

    at_s: int


@dataclass(frozen=True, slots=True)
class MriScan:
    """``duration_s`` in the scanner's field; a rotor turns again ``late_recovery_s`` after it."""

    at_s: int
    duration_s: int
    late_recovery_s: int = 0
    hidden_log: bool = False


@dataclass(frozen=True, slots=True)
class MagnetEnter:
    """A strong magnet comes close; a second one changes nothing."""

    at_s: int
    hidden_log: bool = False


@dataclass(frozen=True, slots=True)
class MagnetLeave:
    """It is taken away."""

    at_s: int


Fault = (
    AccuracyBias
    | Leak
    | Occlusion
    | Stall
    | StallOver
    | Reset
    | LowBattery
    | DryRun
    | MriScan
    | MagnetEnter
    | MagnetLeave
)

FAULTS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        AccuracyBias,
        Leak,
        Occlusion,
        Stall,
        StallOver,
        Reset,
        LowBattery,
        DryRun,
        MriScan,
        MagnetEnter,
        MagnetLeave,
    )
}
"""Every fault by its name."""


def to_plain(fault: Fault) -> dict[str, Any]:
    """A fault as a plain map with its kind."""
    return {"kind": type(fault).__name__, **asdict(fault)}


def from_plain(values: dict[str, Any]) -> Fault:
    """The fault that :func:`to_plain` gave."""
    fields = {name: value for name, value in values.items() if name != "kind"}
    fault: Fault = FAULTS[values["kind"]](**fields)
    return fault
