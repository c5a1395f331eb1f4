"""March a system through its intervals, exactly, with pivots that are kept and used again."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thecal.csf.propagator.fluxes import Fluxes, fluxes
from thecal.csf.propagator.kernels import march_eight, march_one, pivots
from thecal.csf.propagator.lanes import WIDTH
from thecal.csf.propagator.rational import HIGHEST_ORDER, Rational, exponential
from thecal.csf.regimen import Steps
from thecal.csf.transport.equilibrium import conditioning
from thecal.csf.transport.system import System

Array = NDArray[Any]
_PIVOTS_KEPT = 32
AMOUNTS = ("plasma", "peripheral", "cleared")


@dataclass(frozen=True, slots=True)
class Inputs:
    """Where doses enter, as shares of the dose; the same for every individual.

    Attributes:
        sites: (sites, size) of each infusion.
        boluses: (boluses, size) of each bolus.
    """

    sites: Array
    boluses: Array


@dataclass(frozen=True, slots=True)
class Observed:
    """What is recorded: concentrations as weighted pairs of states, and sums of amounts.

    Attributes:
        pairs: (O, 2) two states of each observation.
        shares: (O, 2) their weights, which add up to 1 where it interpolates.
        sum_of: (size,) which sum each state's amount belongs to, −1 for none.
        sums: how many sums.
    """

    pairs: NDArray[np.int64]
    shares: Array
    sum_of: NDArray[np.int64]
    sums: int


@dataclass(frozen=True, slots=True)
class Marched:
    """What came out.

    Attributes:
        values: (N, T, O) µg/mL.
        sums: (N, T, R) µg.
        absorbed: (N, T, 3) µg in the central plasma, in the peripheral one, and cleared.
        amounts: (N, size) µg at the end.
        plasma: (N, 3) µg at the end.
    """

    values: Array
    sums: Array
    absorbed: Array
    amounts: Array
    plasma: Array


class Propagator:
    """A system with its pivots.

    Args:
        system: N individuals.
        order: poles of the approximation: even, at most 14.
        dtype: float64 or float32.
    """

    def __init__(
        self, system: System, order: int = HIGHEST_ORDER, dtype: type[np.floating[Any]] = np.float64
    ) -> None:
        self.system = system
        self.approximation: Rational = exponential(order)
        self.dtype = np.dtype(dtype)
        self._alone = len(system) == 1
        self.fluxes: Fluxes = fluxes(system)
        cord = system.layout.cord().ravel()
        self._layout = (
            system.layout.bare,
            system.layout.cells,
            system.layout.shells,
            bool(np.any(system.loss[:, cord])),
        )
        self._conditioning: Array | None = None
        self._exchange: Array | None = None
        self._weights_kept: tuple[bytes, tuple[tuple[Array, Array], Array]] | None = None
        self._lanes_kept: dict[int, tuple[Array, Array, Array]] = {}
        self._pivots: OrderedDict[tuple[int, float], tuple[Array, Array, Array]] = OrderedDict()

    def march(
        self,
        steps: Steps,
        inputs: Inputs,
        observed: Observed,
        start: Array | None = None,
        plasma: Array | None = None,
    ) -> Marched:
        """From the amounts ``start`` (N, size) and ``plasma`` (N, 3), or from none."""
        count, size = len(self.system), self.system.layout.size
        records = int(steps.record_at.max()) + 1
        out = Marched(
            values=np.empty((count, records, len(observed.pairs)), self.dtype),
            sums=np.empty((count, records, observed.sums), self.dtype),
            absorbed=np.empty((count, records, 3)),
            amounts=np.zeros((count, size), self.dtype),
            plasma=np.zeros((count, 3)),
        )
        out.amounts[:] = 0 if start is None else start
        out.plasma[:] = 0 if plasma is None else plasma
        if self._alone:
            self._march_one(steps, inputs, observed, out)
        else:
            for first in range(0, count, WIDTH):
                self._march_eight(first, steps, inputs, observed, out)
        return out

    def lanes(self, first: int) -> tuple[Array, Array, Array]:
        """Amount, loss and back of eight individuals from ``first``, or of one in every lane."""
        if first not in self._lanes_kept:
            who = np.zeros(WIDTH, np.intp) if self._alone else self._eight(first)
            flux = (self.fluxes.amount, self.fluxes.loss, self.fluxes.back)
            one, two, three = (self._lanes(part[who]) for part in flux)
            self._lanes_kept[first] = one, two, three
        return self._lanes_kept[first]

    def conditioning(self) -> Array:
        """(N,) see :func:`thecal.csf.transport.equilibrium.conditioning`; computed once."""
        if self._conditioning is None:
            self._conditioning = conditioning(self.system)
        return self._conditioning

    def forget(self) -> None:
        """Drop the pivots that were kept."""
        self._pivots.clear()
        self._weights_kept = None

    def apply(
        self, function: Rational, amounts: Array, plasma: Array, hours: float
    ) -> tuple[Array, Array]:
        """A rational function of hours · N on amounts (N, size) and plasma (N, 3).

        The function has at most eight terms; one with a real pole gives half its weight.
        """
        other = Propagator(self.system, dtype=self.dtype.type)
        other.approximation = function
        none = np.zeros((0, self.system.layout.size))
        one = Steps(
            lengths_h=np.array([hours]),
            kind_of=np.zeros(1, np.int64),
            rates=np.zeros((1, 0)),
            rated=np.zeros(1, np.int64),
            bolus_at=np.full(2, -1),
            given=np.zeros((0, 0)),
            record_at=np.array([-1, 0]),
        )
        nothing = Observed(
            np.zeros((0, 2), np.int64), np.zeros((0, 2)), np.full(none.shape[1], -1), 0
        )
        out = other.march(one, Inputs(none, none), nothing, amounts, plasma)
        return out.amounts, out.plasma

    def _march_one(self, steps: Steps, inputs: Inputs, observed: Observed, out: Marched) -> None:
        flux = tuple(self._own(one[0]) for one in self._flux_parts())
        entering = self._entering(steps, inputs)
        per_ml = self._own(observed.shares / self.system.volume_ml[0][observed.pairs])
        for run in runs(steps):
            hours, local = _local(steps, run)
            found = [self._pivots_of(0, h) for h in hours]
            weights, shifts = self._weights(hours)
            march_one(
                (_joined(found, 0)[:, 0], _joined(found, 1)[:, 0], _joined(found, 2)),
                weights,
                self._number(self.approximation.constant),
                flux,
                self._layout,
                local,
                entering,
                (observed.pairs, per_ml, observed.sum_of, out.values[0], out.sums[0]),
                (shifts, self.system.plasma_rates[0], out.plasma[0], out.absorbed[0]),
                out.amounts[0],
            )

    def _march_eight(
        self, first: int, steps: Steps, inputs: Inputs, observed: Observed, out: Marched
    ) -> None:
        who = self._eight(first)
        flux = tuple(self._lanes(one[who]) for one in self._flux_parts())
        entering = self._entering(steps, inputs)
        volumes = self.system.volume_ml[who].T
        per_ml = self._own(observed.shares[..., None] / volumes[observed.pairs])
        per_ml = per_ml.reshape(len(per_ml), 2 * WIDTH)
        amounts, plasma = self._lanes(out.amounts[who]), np.ascontiguousarray(out.plasma[who].T)
        rates = np.ascontiguousarray(self.system.plasma_rates[who].T)
        records = out.values.shape[1]
        values = np.empty((records, len(per_ml) * WIDTH), self.dtype)
        sums = np.empty((records, observed.sums * WIDTH), self.dtype)
        absorbed = np.empty((records, 3, WIDTH))
        for run in runs(steps):
            hours, local = _local(steps, run)
            found = [self._pivots_of(first, h) for h in hours]
            weights, shifts = self._weights(hours)
            march_eight(
                (_joined(found, 0), _joined(found, 1), _joined(found, 2)),
                weights,
                self._number(self.approximation.constant),
                flux,
                self._layout,
                local,
                entering,
                (observed.pairs, per_ml, observed.sum_of, values, sums),
                (shifts, rates, plasma, absorbed),
                amounts,
            )
        real = slice(first, min(first + WIDTH, len(self.system)))
        kept = real.stop - first
        out.values[real] = values.reshape(records, -1, WIDTH)[..., :kept].transpose(2, 0, 1)
        out.sums[real] = sums.reshape(records, -1, WIDTH)[..., :kept].transpose(2, 0, 1)
        out.absorbed[real] = absorbed[..., :kept].transpose(2, 0, 1)
        out.amounts[real] = amounts.reshape(-1, WIDTH)[:, :kept].T
        out.plasma[real] = plasma[:, :kept].T

    def _pivots_of(self, first: int, hours: float) -> tuple[Array, Array, Array]:
        """For one length: of one individual with its poles in the lanes, or of eight."""
        key = (first, float(hours))
        if key in self._pivots:
            self._pivots.move_to_end(key)
            return self._pivots[key]
        lanes, weights = self._in_lanes(hours) if self._alone else self._in_rows(hours)
        real, imaginary, kept = pivots(
            *self.lanes(first),
            self._own(_parts(lanes)),
            self._own(_parts(weights)),
            *self._layout[:3],
        )
        constant = self._number(self.approximation.constant)
        decay = kept.reshape(-1, WIDTH).sum(axis=1) if self._alone else kept
        found = (real, imaginary, decay + constant)
        self._pivots[key] = found
        if len(self._pivots) > _PIVOTS_KEPT:
            self._pivots.popitem(last=False)
        return found

    def _entering(self, steps: Steps, inputs: Inputs) -> tuple[Array, Array, Array, Array]:
        """Rates, shares over the fluid cells, the cells that each site touches, boluses in µg."""
        shares = inputs.sites[:, self.system.layout.fluid()[:-2]]
        windows = np.zeros((len(shares), 2), np.int64)
        for site, one in enumerate(shares):
            touched = np.flatnonzero(one)
            windows[site] = touched[0], touched[-1] + 1
        boluses = steps.given @ inputs.boluses
        return self._own(steps.rates), self._own(shares), windows, self._own(boluses)

    def _eight(self, first: int) -> NDArray[np.intp]:
        """Eight individuals from ``first``; the last one fills up."""
        return np.minimum(np.arange(first, first + WIDTH), len(self.system) - 1)

    def _own(self, array: Array) -> Array:
        return np.ascontiguousarray(array, self.dtype)

    def _number(self, value: float) -> Any:
        return self.dtype.type(value)

    def _lanes(self, array: Array) -> Array:
        """(8, size) to (size · 8,)."""
        return self._own(np.asarray(array).T).ravel()

    def _flux_parts(self) -> tuple[Array, Array, Array]:
        """Exchange, loss and back as the march wants them; computed once."""
        if self._exchange is None:
            pools = self.system.layout.cord()
            self._exchange = self.fluxes.amount.copy()
            self._exchange[:, pools] *= self.fluxes.back[:, pools]
        return self._exchange, self.fluxes.loss, self.fluxes.back

    def _in_lanes(self, hours: float) -> tuple[Array, Array]:
        """(8,) shifts and weights over h, a pole to each lane; those left over have no weight."""
        weights = np.zeros(WIDTH, complex)
        weights[: len(self.approximation.weights)] = -2 * self.approximation.weights / hours
        return np.resize(self.approximation.poles, WIDTH) / hours, weights

    def _in_rows(self, hours: float) -> tuple[Array, Array]:
        """(poles · 8,) each pole in eight lanes."""
        shifts = np.repeat(self.approximation.poles, WIDTH) / hours
        return shifts, np.repeat(-2 * self.approximation.weights, WIDTH) / hours

    def _weights(self, hours: Array) -> tuple[tuple[Array, Array], Array]:
        """Of all kinds of interval: weights over h, weights over poles, and shifts; kept once."""
        if self._weights_kept is None or self._weights_kept[0] != hours.tobytes():
            self._weights_kept = hours.tobytes(), self._weights_of(hours)
        return self._weights_kept[1]

    def _weights_of(self, hours: Array) -> tuple[tuple[Array, Array], Array]:
        found = [self._in_lanes(h) if self._alone else self._in_rows(h) for h in hours]
        step = 1 if self._alone else WIDTH
        shifts = np.stack([_parts(one[0][::step]) for one in found])
        per_h = np.stack([_parts(one[1][::step]) for one in found])
        with np.errstate(divide="ignore", invalid="ignore"):  # nothing enters where a pole is 0
            per_pole = _parts(np.nan_to_num(found[0][1][::step] / found[0][0][::step]))
        return (self._own(per_h), self._own(per_pole)), shifts


def runs(steps: Steps) -> list[slice]:
    """Stretches of intervals with few enough different lengths to keep all their pivots."""
    found, start, seen = [], 0, set[int]()
    for index, kind in enumerate(steps.kind_of):
        if kind not in seen and len(seen) == _PIVOTS_KEPT:
            found.append(slice(start, index))
            start, seen = index, set()
        seen.add(int(kind))
    found.append(slice(start, len(steps.kind_of)))
    return found


def _local(steps: Steps, run: slice) -> tuple[Array, tuple[Array, Array, Array, Array]]:
    """Lengths and arrays of one stretch; a node between two stretches belongs to the later one."""
    which, kinds = np.unique(steps.kind_of[run], return_inverse=True)
    bolus_at = steps.bolus_at[run.start : run.stop + 1].copy()
    record_at = steps.record_at[run.start : run.stop + 1].copy()
    if run.stop < len(steps.kind_of):
        bolus_at[-1] = record_at[-1] = -1
    local = (kinds.astype(np.int64).ravel(), steps.rated[run], bolus_at, record_at)
    return steps.lengths_h[which], local


def _joined(found: list[tuple[Array, Array, Array]], part: int) -> Array:
    return np.stack([one[part] for one in found])


def _parts(z: Array) -> Array:
    return np.stack([z.real, z.imag])
