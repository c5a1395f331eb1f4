"""Where the fluid and the cord are looked at: at levels, between cells, or everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from thecal.csf.anatomy.levels import place_cm
from thecal.csf.propagator.march import Observed
from thecal.csf.transport.system import Layout, System

SUMS = ("fluid", "cord", "cisterna", "cranial")


def everywhere(system: System) -> Observed:
    """Every state, and the amounts."""
    states = np.arange(system.layout.size)
    shares = np.tile([1.0, 0.0], (len(states), 1))
    return Observed(np.stack([states] * 2, axis=1), shares, sum_of(system.layout), len(SUMS))


def at_places(system: System, places: Sequence[str | float]) -> Observed:
    """The fluid at each place, straight between the two nearest cells' centres; and the amounts."""
    return _at_places(system.layout, system.grid.dx_cm, tuple(place_cm(one) for one in places))


@lru_cache(maxsize=64)
def _at_places(layout: Layout, dx_cm: float, places_cm: tuple[float, ...]) -> Observed:
    fluid = layout.fluid()
    found = [between(layout.cells, dx_cm, place) for place in places_cm]
    pairs = [(fluid[low], fluid[low + 1]) for low, _ in found]
    shares = [(1 - share, share) for _, share in found]
    return Observed(
        np.array(pairs, np.int64).reshape(-1, 2),
        np.array(shares).reshape(-1, 2),
        sum_of(layout),
        len(SUMS),
    )


def between(cells: int, dx_cm: float, position_cm: float) -> tuple[int, float]:
    """The cell whose centre lies below a place, and how far towards the next; level at the ends."""
    exact = position_cm / dx_cm - 0.5
    low = int(np.clip(np.floor(exact), 0, cells - 2))
    return low, float(np.clip(exact - low, 0.0, 1.0))


def cord_states(layout: Layout) -> NDArray[np.intp]:
    """(cells, shells) states of the cord's pools; the fluid's own where there is no cord."""
    states = np.repeat(layout.fluid()[:-2, None], layout.shells, axis=1)
    states[layout.bare :] = layout.cord()
    return states


def sum_of(layout: Layout) -> NDArray[np.int64]:
    """(size,) which of :data:`SUMS` each state belongs to."""
    which = np.ones(layout.size, np.int64)
    fluid = layout.fluid()
    which[fluid[:-2]] = 0
    which[fluid[-2:]] = (2, 3)
    return which
