"""The matrix of N individuals as rates along its tree, and where each state lies.

States are amounts in µg, cell by cell from the caudal end: the fluid of a cell, then the pools of
its cord (see :mod:`thecal.csf.transport.shells`), then the cisterna and the cranial fluid. Times
are in hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from thecal.csf.anatomy.profile import Grid

Array = NDArray[np.float64]
ABOVE_CANAL = 2
"""The chain goes on above the canal: cisterna, cranial fluid."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which state is what.

    Attributes:
        cells: fluid cells of the canal.
        bare: how many of them, from the caudal end, have no cord.
        shells: cord shells in each other cell.
    """

    cells: int
    bare: int
    shells: int

    @property
    def size(self) -> int:
        """States of one individual."""
        return self.cells + self.shells * (self.cells - self.bare) + ABOVE_CANAL

    def fluid(self) -> NDArray[np.intp]:
        """(cells + 2,) states of the fluid chain: cells, cisterna, cranial fluid."""
        return _fluid(self)

    def cord(self) -> NDArray[np.intp]:
        """(cells − bare, shells) states of the cord's pools."""
        return _cord(self)

    def cell_of(self) -> NDArray[np.intp]:
        """(size,) a fluid state's place in the chain; a pool's is that of its cell."""
        return _cell_of(self)


@lru_cache(maxsize=32)
def _fluid(layout: Layout) -> NDArray[np.intp]:
    cells = np.arange(layout.cells)
    after = np.maximum(cells - layout.bare, 0) * layout.shells
    return _fixed(np.concatenate([cells + after, [layout.size - 2, layout.size - 1]]))


@lru_cache(maxsize=32)
def _cord(layout: Layout) -> NDArray[np.intp]:
    first = layout.fluid()[layout.bare : layout.cells]
    return _fixed(first[:, None] + 1 + np.arange(layout.shells)[None, :])


@lru_cache(maxsize=32)
def _cell_of(layout: Layout) -> NDArray[np.intp]:
    places = np.empty(layout.size, np.intp)
    places[layout.fluid()] = np.arange(layout.cells + ABOVE_CANAL)
    places[layout.cord()] = np.arange(layout.bare, layout.cells)[:, None]
    return _fixed(places)


def _fixed(indices: NDArray[np.intp]) -> NDArray[np.intp]:
    """Kept by every caller, so nobody may write to it."""
    indices.setflags(write=False)
    return indices


@dataclass(frozen=True, slots=True)
class System:
    """dm/dt = N m + b u for the amounts m of N individuals; arrays are (N, size) unless said.

    Each rate is a share of the giving state's amount per hour, and one number serves both what
    leaves and what arrives: the system is conservative as it is stored, not only as it is meant.

    Attributes:
        layout, grid: where the states lie.
        inner: into this state from the one it hangs on: for a fluid state the fluid below it, for
            a pool the fluid of its cell; 0 for the first.
        outer: from this state into the one it hangs on; 0 for the first.
        loss: from this state to the plasma.
        volume_ml: capacity; for a pool its volume times the partition coefficient. The
            concentration is the amount over it.
        plasma_rates: (N, 3) k10, k12, k21 in 1/h; all 0 where unknown, so that the first plasma
            compartment holds all that was absorbed.
    """

    layout: Layout
    grid: Grid
    inner: Array
    outer: Array
    loss: Array
    volume_ml: Array
    plasma_rates: Array

    def __len__(self) -> int:
        """How many individuals."""
        return len(self.inner)

    def dense(self, individual: int = 0) -> Array:
        """(size, size) N of one individual's amounts, for checks and for the fallback."""
        before = hangs_on(self.layout)
        here = np.flatnonzero(before >= 0)
        matrix = np.zeros((self.layout.size, self.layout.size))
        matrix[here, before[here]] = self.inner[individual, here]
        matrix[before[here], here] = self.outer[individual, here]
        matrix[np.diag_indices_from(matrix)] = -(matrix.sum(axis=0) + self.loss[individual])
        return matrix


def hangs_on(layout: Layout) -> NDArray[np.intp]:
    """(size,) what each state hangs on: fluid on the fluid below, a pool on its cell's fluid."""
    fluid = layout.fluid()
    before = np.empty(layout.size, np.intp)
    before[fluid] = np.append(-1, fluid[:-1])
    before[layout.cord()] = fluid[layout.bare : layout.cells, None]
    return before
