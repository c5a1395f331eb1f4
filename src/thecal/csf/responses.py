"""Step responses of one drug at a few places: every further regimen is then a sum of them.

The system is linear. One set of solves gives, for each individual, tip and place, the response to a
rate of 1 µg/h and to a bolus of 1 µg at every multiple of one interval; any regimen on that grid is
superposed from them, for next to nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thecal.csf.anatomy.figures import anatomy
from thecal.csf.errors import CsfError
from thecal.csf.observing import at_places
from thecal.csf.propagator.checked import BOUND_TOLERANCE, checked_march
from thecal.csf.propagator.common import common_poles, common_weights
from thecal.csf.propagator.lanes import WIDTH
from thecal.csf.propagator.march import Observed
from thecal.csf.propagator.resolvents import resolvents, superpose
from thecal.csf.regimen import Bolus, Infusion, cut, ticks
from thecal.csf.simulate import Model, inputs
from thecal.csf.transport.sources import entry

Array = NDArray[Any]


@dataclass(frozen=True)
class Responses:
    """What every individual answers to one µg.

    Attributes:
        grid_h, count: the interval, and how many are served.
        tips, bolus_tips: where infusions and boluses may enter.
        seen: (2 · pairs, tips + bolus tips, N · places) resolvents at the common poles, as seen.
        at_once: (bolus tips, N · places) µg/mL at the moment that 1 µg is given.
        individuals, places: how many.
        error: bound on any response's error, as a share of its peak.
        marched: the individuals whose responses were marched, as their bound was too large.
    """

    grid_h: float
    count: int
    tips: tuple[str | float, ...]
    bolus_tips: tuple[str | float, ...]
    seen: Array
    at_once: Array
    individuals: int
    places: int
    error: float
    marched: Marching | None = None

    @cached_property
    def step(self) -> Array:
        """(tips, count + 1, N · places) µg/mL after n intervals at 1 µg/h."""
        out = np.zeros((len(self.tips), self.count + 1, self.seen.shape[2]))
        weights = common_weights(self.count).step * self.grid_h
        for tip in range(len(out)):
            np.matmul(weights, self.seen[:, tip], out=out[tip, 1:])
        if self.marched:
            self.marched.replace_steps(self, out)
        return out

    @cached_property
    def bolus(self) -> Array:
        """(bolus tips, count + 1, N · places) µg/mL n intervals after 1 µg."""
        out = np.empty((len(self.bolus_tips), self.count + 1, self.seen.shape[2]))
        for tip in range(len(out)):
            np.matmul(
                common_weights(self.count).bolus,
                self.seen[:, len(self.tips) + tip],
                out=out[tip, 1:],
            )
        out[:, 0] = self.at_once
        if self.marched:
            self.marched.replace_boluses(self, out)
        return out

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
        return self._shaped(flat)

    def shares(self, plan: tuple[Array, ...]) -> Array:
        """(T, entries · 2 · pairs) what a planned regimen makes of each resolvent.

        It is the same for everybody on this grid: see :meth:`run_shares`.
        """
        weights, pairs = common_weights(self.count), len(self.seen)
        step = np.zeros((len(self.tips), self.count + 1, len(self.tips) * pairs))
        for tip in range(len(step)):
            step[tip, 1:, tip * pairs : (tip + 1) * pairs] = weights.step * self.grid_h
        at, site, change, _, _, _, records = plan
        none = np.zeros(0, np.int64)
        empty = np.zeros((0, self.count + 1, step.shape[2]))
        return np.asarray(
            superpose(step, at, change, site, empty, none, np.zeros(0), none, records)
        )

    def run_shares(self, shares: Array) -> Array:
        """(N, T, places) of a planned regimen of infusions, by one product for all individuals.

        Raises:
            CsfError: some individual's responses had to be marched; use :meth:`run`.
        """
        if self.marched:
            raise CsfError("some responses were marched and have no shares; superpose instead")
        flat = self.seen[:, : len(self.tips)].transpose(1, 0, 2)
        return self._shaped(shares @ flat.reshape(-1, self.seen.shape[2]))

    def _shaped(self, flat: Array) -> Array:
        return np.asarray(flat.reshape(len(flat), self.individuals, self.places).transpose(1, 0, 2))

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
        if index >= self.count + 1:
            raise CsfError(f"{hours:g} h is beyond the responses' {self.count} intervals")
        return index


def _columns(rows: list[tuple[int, int, float]]) -> tuple[Array, Array, Array]:
    when, where, what = np.array(rows).reshape(-1, 3).T
    return when.astype(np.int64), where.astype(np.int64), np.ascontiguousarray(what)


def _tip(tips: tuple[str | float, ...], tip: str | float) -> int:
    if tip not in tips:
        raise CsfError(f"no response was prepared for a tip at {tip}")
    return tips.index(tip)


@dataclass(frozen=True)
class Marching:
    """Individuals whose matrix lets the common poles' error grow too much: they are marched."""

    ready: Model
    watched: Observed
    who: NDArray[np.intp]

    def replace_steps(self, found: Responses, out: Array) -> None:
        """In (tips, count + 1, N · places)."""
        for tip, place in enumerate(found.tips):
            self._replace(found, out[tip], (Infusion.constant(1.0, place),), ())

    def replace_boluses(self, found: Responses, out: Array) -> None:
        """In (bolus tips, count + 1, N · places)."""
        for tip, place in enumerate(found.bolus_tips):
            self._replace(found, out[tip], (), (Bolus(1.0, place),))

    def _replace(
        self,
        found: Responses,
        out: Array,
        infusions: tuple[Infusion, ...],
        boluses: tuple[Bolus, ...],
    ) -> None:
        times = found.grid_h * np.arange(found.count + 1, dtype=np.float64)
        steps, entering = cut(infusions, boluses, times), inputs(self.ready, infusions, boluses)
        marched, _ = checked_march(self.ready.propagator, steps, entering, self.watched)
        by_person = out.reshape(found.count + 1, found.individuals, found.places)
        by_person[:, self.who] = marched.values[self.who].transpose(1, 0, 2)


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
    bound = common_weights(count).error * ready.propagator.conditioning()
    poor = np.flatnonzero(bound > BOUND_TOLERANCE["float64"])
    instant = [_at_once(ready, watched, one) for one in at_once]
    return Responses(
        grid_h,
        count,
        tuple(tips),
        tuple(bolus_tips),
        seen,
        np.array(instant).reshape(len(bolus_tips), seen.shape[2]),
        len(ready.system),
        len(places),
        float(bound.max(initial=0.0, where=bound <= BOUND_TOLERANCE["float64"])),
        Marching(ready, watched, poor) if len(poor) else None,
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
    lanes = np.full((groups, WIDTH), shifts[0]) if alone else np.repeat(shifts, WIDTH)
    lanes.reshape(-1)[: len(shifts) * (1 if alone else WIDTH)] = (
        shifts if alone else np.repeat(shifts, WIDTH)
    )
    lanes = lanes.reshape(groups, WIDTH)
    chain_of = system.layout.cell_of()
    per_ug = flux.amount[who][:, watched.pairs] / system.volume_ml[who][:, watched.pairs]
    per_ug = per_ug * watched.shares
    seen = resolvents(
        ready.propagator.lanes(first),
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
