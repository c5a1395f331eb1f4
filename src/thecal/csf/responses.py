"""Step responses of one drug at a few places: every further regimen is then a sum of them.

The system is linear. One set of solves gives, for each individual, tip and place, the response to a
rate of 1 µg/h and to a bolus of 1 µg at every multiple of one interval; any regimen on that grid is
superposed from them, for next to nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thecal.csf.anatomy.figures import anatomy
from thecal.csf.errors import CsfError
from thecal.csf.observing import at_places
from thecal.csf.propagator.common import common_poles, common_weights
from thecal.csf.propagator.lanes import WIDTH
from thecal.csf.propagator.march import Observed
from thecal.csf.propagator.resolvents import resolvents, superpose
from thecal.csf.regimen import Bolus, Infusion, cut, ticks
from thecal.csf.simulate import Model
from thecal.csf.transport.sources import entry

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Responses:
    """What every individual answers to one µg.

    Attributes:
        grid_h: the interval.
        tips, bolus_tips: where infusions and boluses may enter.
        step: (tips, count + 1, N · places) µg/mL after n intervals at 1 µg/h.
        bolus: (bolus tips, count + 1, N · places) µg/mL n intervals after 1 µg.
        individuals, places: how many.
        error: bound on the approximation of either, of a response's own scale.
    """

    grid_h: float
    tips: tuple[str | float, ...]
    bolus_tips: tuple[str | float, ...]
    step: Array
    bolus: Array
    individuals: int
    places: int
    error: float

    @property
    def _count(self) -> int:
        return int((self.step if len(self.step) else self.bolus).shape[1]) - 1

    def superpose(
        self,
        infusions: Sequence[Infusion] = (),
        boluses: Sequence[Bolus] = (),
        *,
        times_h: Sequence[float] | Array,
    ) -> Array:
        """(N, T, places) µg/mL of a regimen; as :func:`thecal.csf.sample`.

        Raises:
            CsfError: a time off the grid or beyond it, or a tip that was not prepared.
        """
        plan = self.plan(infusions, boluses, times_h)
        return self.run(plan)

    def plan(
        self,
        infusions: Sequence[Infusion],
        boluses: Sequence[Bolus],
        times_h: Sequence[float] | Array,
    ) -> tuple[Array, ...]:
        """A regimen as changes of rate and boluses on the grid, for :meth:`run`."""
        times = np.asarray(times_h, float)
        cut(infusions, boluses, times)
        records = [self._on_grid(t) for t in times]
        changes = sorted(one for each in infusions for one in self._changes(each, records[-1]))
        given = sorted(
            (self._on_grid(one.at_h), _tip(self.bolus_tips, one.tip), one.dose_ug)
            for one in boluses
        )
        return *_columns(changes), *_columns(given), np.array(records, np.int64)

    def run(self, plan: tuple[Array, ...]) -> Array:
        """(N, T, places) of a planned regimen."""
        at, site, change, when, which, dose, records = plan
        flat = superpose(self.step, at, change, site, self.bolus, when, dose, which, records)
        return np.asarray(
            flat.reshape(len(records), self.individuals, self.places).transpose(1, 0, 2)
        )

    def _changes(self, one: Infusion, end: int) -> list[tuple[int, int, float]]:
        tip, found, before = _tip(self.tips, one.tip), [], 0.0
        for edge, rate in zip(one.edges_h, (*one.rates_ug_per_h, 0.0), strict=True):
            if edge == float("inf") or ticks(edge, "an edge") > end * ticks(
                self.grid_h, "the grid"
            ):
                break
            found.append((self._on_grid(edge), tip, rate - before))
            before = rate
        return found

    def _on_grid(self, hours: float) -> int:
        exact, step = ticks(hours, "a time"), ticks(self.grid_h, "the grid")
        index = round(exact / step)
        if abs(exact - index * step) > index + 1:
            raise CsfError(f"{hours:g} h is not a multiple of the grid's {self.grid_h:g} h")
        if index >= self._count + 1:
            raise CsfError(f"{hours:g} h is beyond the responses' {self._count} intervals")
        return index


def _columns(rows: list[tuple[int, int, float]]) -> tuple[Array, Array, Array]:
    when, where, what = np.array(rows).reshape(-1, 3).T
    return when.astype(np.int64), where.astype(np.int64), np.ascontiguousarray(what)


def _tip(tips: tuple[str | float, ...], tip: str | float) -> int:
    if tip not in tips:
        raise CsfError(f"no response was prepared for a tip at {tip}")
    return tips.index(tip)


def responses(
    ready: Model,
    places: Sequence[str | float],
    tips: Sequence[str | float] = (),
    *,
    grid_h: float,
    count: int,
    bolus_tips: Sequence[str | float] = (),
) -> Responses:
    """Prepare the responses at ``places`` at n · ``grid_h`` for n = 0 … ``count``.

    Args:
        ready: the individuals and the drug.
        places: where the fluid is looked at.
        tips: where infusions may enter.
        grid_h: the interval.
        count: how many intervals.
        bolus_tips: where boluses may enter.

    Raises:
        CsfError: too long a grid, an interval of zero, or a place that does not exist.
    """
    longest = common_poles()[1]
    if not 1 <= count <= longest or ticks(grid_h, "the grid") == 0:
        raise CsfError(f"{count} intervals of {grid_h:g} h; expected 1 to {longest}, above 0 h")
    if not tips and not bolus_tips:
        raise CsfError("no tip is given; expected one for infusions or for boluses")
    spread = anatomy().dispersion
    slow = _shares(ready, tips, spread.infusion_sigma.internal)
    at_once = _shares(ready, bolus_tips, spread.bolus_sigma.internal)
    watched = at_places(ready.system, places)
    seen = _seen(ready, watched, np.concatenate([slow, at_once]), grid_h)
    weights = common_weights(count)
    rows = (count + 1, len(ready.system) * len(places))
    step, bolus = np.zeros((len(tips), *rows)), np.empty((len(bolus_tips), *rows))
    for tip in range(len(tips)):
        np.matmul(weights.step, grid_h * seen[:, tip], out=step[tip, 1:])
    for tip in range(len(bolus_tips)):
        np.matmul(weights.bolus, seen[:, len(tips) + tip], out=bolus[tip, 1:])
        bolus[tip, 0] = _at_once(ready, watched, at_once[tip])
    return Responses(
        grid_h,
        tuple(tips),
        tuple(bolus_tips),
        step,
        bolus,
        len(ready.system),
        len(places),
        weights.error,
    )


def _shares(ready: Model, tips: Sequence[str | float], sigma_cm: float) -> Array:
    """(tips, cells) of a dose."""
    layout, canal = ready.system.layout, ready.system.grid
    shares = [entry(layout, canal, tip, sigma_cm)[layout.fluid()[:-2]] for tip in tips]
    return np.array(shares).reshape(-1, layout.cells)


def _seen(ready: Model, watched: Observed, shares: Array, grid_h: float) -> Array:
    """(2 · pairs, entries, N · places) real and imaginary parts of (N − σ)⁻¹ b / Δ."""
    poles, count = common_poles()[0], len(ready.system)
    found = np.empty((2, len(poles), len(shares), count, len(watched.pairs)))
    for first in range(0, count, WIDTH):
        kept = min(WIDTH, count - first)
        block = _block(ready, watched, shares, first, poles / grid_h)
        np.multiply(block[0][..., :kept, :], -1 / grid_h, out=found[0, :, :, first : first + kept])
        np.multiply(block[1][..., :kept, :], -1 / grid_h, out=found[1, :, :, first : first + kept])
    return found.reshape(2 * len(poles), len(shares), -1)


def _block(ready: Model, watched: Observed, shares: Array, first: int, shifts: Array) -> Array:
    """(2, poles, entries, 8 or 1, places): lanes are individuals, or the poles of one alone."""
    system, flux = ready.system, ready.propagator.fluxes
    alone = len(system) == 1
    who = slice(first, first + WIDTH)
    groups = -(-len(shifts) // WIDTH) if alone else len(shifts)
    lanes = np.resize(shifts, groups * WIDTH) if alone else np.repeat(shifts, WIDTH)
    lanes = np.reshape(lanes, (groups, WIDTH))
    chain_of = system.layout.cell_of()
    per_ug = flux.amount[who][:, watched.pairs] / system.volume_ml[who][:, watched.pairs]
    per_ug = per_ug * watched.shares
    seen = resolvents(
        (_filled(flux.amount[who]), _filled(flux.loss[who]), _filled(flux.back[who])),
        (system.layout.bare, system.layout.cells, system.layout.shells),
        np.stack([lanes.real, lanes.imag], axis=1),
        shares,
        chain_of[watched.pairs],
        _filled(per_ug.reshape(len(per_ug), -1)).reshape(-1, 2, WIDTH),
    )
    if alone:
        flat = seen.transpose(3, 0, 4, 1, 2)
        shape = (2, groups * WIDTH, len(shares), 1, len(watched.pairs))
        return np.asarray(flat.reshape(shape)[:, : len(shifts)])
    return np.asarray(seen.transpose(3, 0, 1, 4, 2))


def _filled(array: Array) -> Array:
    """(up to 8, K) to (K · 8,); lanes left over repeat the last individual."""
    lanes = np.empty((array.shape[1], WIDTH))
    lanes[:, : len(array)] = array.T
    lanes[:, len(array) :] = array[-1][:, None]
    return lanes.ravel()


def _at_once(ready: Model, watched: Observed, shares: Array) -> Array:
    """(N · places,) µg/mL at the moment that 1 µg is given."""
    full = np.zeros(ready.system.layout.size)
    full[ready.system.layout.fluid()[:-2]] = shares
    per_ml = watched.shares / ready.system.volume_ml[:, watched.pairs]
    return np.asarray((full[watched.pairs] * per_ml).sum(-1).ravel())
