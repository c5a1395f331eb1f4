"""What enters the fluid: infusions of piecewise-constant rate and boluses, each at its tip."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from thecal.csf.anatomy.levels import place_cm
from thecal.csf.errors import CsfError

Array = NDArray[np.float64]
TICKS_PER_HOUR = 3_600_000_000
"""Times are held in whole microseconds, so that equal intervals are equal to the last bit."""
_LONGEST_HOURS = 1e6


@dataclass(frozen=True, slots=True)
class Bolus:
    """A dose given at once.

    Attributes:
        dose_ug: above 0.
        tip: a level's name, or cm above the caudal end.
        at_h: when.
    """

    dose_ug: float
    tip: str | float
    at_h: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot be given."""
        if not (math.isfinite(self.dose_ug) and self.dose_ug > 0):
            raise CsfError(f"a bolus of {self.dose_ug:g} ug; expected a dose above 0")
        ticks(self.at_h, "a bolus's time")
        place_cm(self.tip)


@dataclass(frozen=True, slots=True)
class Infusion:
    """A rate that is constant between its edges and 0 outside them.

    Attributes:
        tip: a level's name, or cm above the caudal end.
        edges_h: (K + 1,) rising; the last may be infinite.
        rates_ug_per_h: (K,) at least 0.
    """

    tip: str | float
    edges_h: tuple[float, ...]
    rates_ug_per_h: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse what cannot be given."""
        place_cm(self.tip)
        if len(self.edges_h) != len(self.rates_ug_per_h) + 1 or not self.rates_ug_per_h:
            raise CsfError("an infusion needs one edge more than rates, and a rate at least")
        for rate in self.rates_ug_per_h:
            if not (math.isfinite(rate) and rate >= 0):
                raise CsfError(f"a rate of {rate:g} ug/h; expected 0 or more")
        starts = [ticks(edge, "an infusion's edge") for edge in self.edges_h[:-1]]
        ends = [*starts[1:], _last_tick(self.edges_h[-1])]
        for start, end in zip(starts, ends, strict=True):
            if end <= start:
                raise CsfError(
                    f"an interval of {(end - start) / TICKS_PER_HOUR:g} h; expected above 0"
                )

    @classmethod
    def constant(cls, rate_ug_per_h: float, tip: str | float) -> Infusion:
        """The same rate from 0 h on."""
        return cls(tip, (0.0, math.inf), (rate_ug_per_h,))

    @classmethod
    def pulses(
        cls, dose_ug: float, every_h: float, lasting_h: float, count: int, tip: str | float
    ) -> Infusion:
        """``count`` pulses of ``dose_ug``, the first at 0 h."""
        if not 0 < lasting_h < every_h:
            raise CsfError(f"pulses of {lasting_h:g} h every {every_h:g} h; expected shorter ones")
        edges = [t for k in range(count) for t in (k * every_h, k * every_h + lasting_h)]
        rates = [dose_ug / lasting_h, 0.0] * count
        return cls(tip, (*edges, count * every_h), tuple(rates))


@dataclass(frozen=True, slots=True)
class Steps:
    """A regimen cut into intervals at every change, bolus and record.

    Attributes:
        lengths_h: (kinds,) the different lengths.
        kind_of: (K,) which length each interval has.
        rates: (different, sites) µg/h of each infusion.
        rated: (K,) which row of ``rates`` runs in each interval.
        bolus_at: (K + 1,) which combination of boluses is given at each node, or −1.
        given: (combinations, boluses) doses in µg.
        record_at: (K + 1,) which record is taken at each node, after its boluses, or −1.
    """

    lengths_h: Array
    kind_of: NDArray[np.int64]
    rates: Array
    rated: NDArray[np.int64]
    bolus_at: NDArray[np.int64]
    given: Array
    record_at: NDArray[np.int64]


def ticks(hours: float, what: str) -> int:
    """A time in ticks.

    Raises:
        CsfError: negative, not finite, or beyond what can be held.
    """
    if not (math.isfinite(hours) and 0 <= hours <= _LONGEST_HOURS):
        raise CsfError(f"{what} is {hours:g} h; expected 0 to {_LONGEST_HOURS:g} h")
    return round(hours * TICKS_PER_HOUR)


def _last_tick(hours: float) -> int:
    return (
        round(_LONGEST_HOURS * TICKS_PER_HOUR) + 1
        if hours == math.inf
        else ticks(hours, "an infusion's edge")
    )


def cut(infusions: Sequence[Infusion], boluses: Sequence[Bolus], times_h: Array) -> Steps:
    """Intervals from 0 h up to the last of the rising times to record at.

    Raises:
        CsfError: no record, or the times do not rise.
    """
    recorded = [ticks(float(t), "a time to record at") for t in times_h]
    if not recorded or any(b <= a for a, b in pairwise(recorded)):
        raise CsfError("times to record at must rise, with an interval above 0 between them")
    end = recorded[-1]
    edges = [[_last_tick(edge) for edge in one.edges_h] for one in infusions]
    given = [ticks(one.at_h, "a bolus's time") for one in boluses]
    cuts = {0, *recorded, *(t for one in edges for t in one), *given}
    nodes = np.array(sorted(t for t in cuts if t <= end), dtype=np.int64)
    lengths, kind_of = np.unique(np.diff(nodes), return_inverse=True)
    running = _running(infusions, edges, nodes[:-1])
    rates, rated = np.unique(running, axis=0, return_inverse=True)
    combinations, bolus_at = _combined(boluses, given, nodes)
    record_at = np.full(len(nodes), -1, dtype=np.int64)
    record_at[np.searchsorted(nodes, recorded)] = np.arange(len(recorded))
    return Steps(
        lengths_h=lengths / TICKS_PER_HOUR,
        kind_of=kind_of.astype(np.int64).ravel(),
        rates=rates,
        rated=rated.astype(np.int64).ravel(),
        bolus_at=bolus_at,
        given=combinations,
        record_at=record_at,
    )


def _running(
    infusions: Sequence[Infusion], edges: list[list[int]], starts: NDArray[np.int64]
) -> Array:
    """(K, sites) the rates in force from each start on."""
    rates = np.zeros((len(starts), len(infusions)))
    for site, (one, at) in enumerate(zip(infusions, edges, strict=True)):
        padded = np.array([0.0, *one.rates_ug_per_h, 0.0])
        rates[:, site] = padded[np.searchsorted(np.array(at), starts, side="right")]
    return rates


def _combined(
    boluses: Sequence[Bolus], given: list[int], nodes: NDArray[np.int64]
) -> tuple[Array, NDArray[np.int64]]:
    doses = np.zeros((len(nodes), len(boluses)))
    for which, (one, at) in enumerate(zip(boluses, given, strict=True)):
        if at <= nodes[-1]:
            doses[np.searchsorted(nodes, at), which] += one.dose_ug
    at_node = np.full(len(nodes), -1, dtype=np.int64)
    busy = np.flatnonzero(doses.any(axis=1))
    at_node[busy] = np.arange(len(busy))
    return doses[busy], at_node
