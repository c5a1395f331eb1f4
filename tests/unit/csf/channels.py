"""Channels of plain shape, built from the product's own faces, with solutions known on paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thecal.csf.anatomy.profile import Grid
from thecal.csf.observing import everywhere
from thecal.csf.propagator.march import Inputs, Propagator
from thecal.csf.regimen import Steps
from thecal.csf.transport.faces import face_rates
from thecal.csf.transport.system import Layout, System

Array = NDArray[Any]
Profile = Callable[[Array], Array]
_SEALED = 1e-13
"""A rate that is as good as none: the solves need one above 0."""


@dataclass(frozen=True)
class Channel:
    """A channel of cells without cord, sealed at both ends unless it is fed.

    Attributes:
        area, dispersion, flow, decay: of the place, in cm², cm²/h, mL/h and 1/h.
        length_cm: from 0.
        fed: whether a concentration is held at x = 0, as µg/mL.
    """

    area: Profile
    dispersion: Profile
    flow: Profile
    decay: Profile
    length_cm: float
    fed: float = 0.0

    def system(self, cells: int) -> System:
        faces = np.linspace(0.0, self.length_cm, cells + 1)
        centres = (faces[1:] + faces[:-1]) / 2
        dx = self.length_cm / cells
        layout = Layout(cells=cells, bare=cells, shells=1)
        volume = np.ones((1, layout.size))
        volume[0, :cells] = self.area(centres) * dx
        up, down = face_rates(
            self.area(faces) * self.dispersion(faces) / dx, np.asarray(self.flow(faces), float)
        )
        inner, outer = np.full_like(volume, _SEALED), np.full_like(volume, _SEALED)
        inner[0, 1:cells] = up[1:-1] / volume[0, : cells - 1]
        outer[0, 1:cells] = down[1:-1] / volume[0, 1:cells]
        inner[0, 0] = outer[0, 0] = 0.0
        loss = np.zeros_like(volume)
        loss[0, :cells] = self.decay(centres)
        if self.fed:
            loss[0, 0] += self.inlet(cells)[1] / volume[0, 0]
        return System(layout, _grid(faces, centres), inner, outer, loss, volume, np.zeros((1, 3)))

    def inlet(self, cells: int) -> tuple[float, float]:
        """Volume rates in and out of the first cell across x = 0, half a cell away."""
        zero = np.zeros(1)
        conductance = self.area(zero) * self.dispersion(zero) / (self.length_cm / cells / 2)
        up, down = face_rates(conductance, np.asarray(self.flow(zero), float))
        return float(up[0]), float(down[0])

    def march(self, cells: int, entering: Array, hours: list[float]) -> Array:
        """(T, cells) concentrations with (cells,) µg/h that enter, or ``fed``."""
        system = self.system(cells)
        share = np.zeros((1, system.layout.size))
        share[0, :cells] = entering
        if self.fed:
            share[0, 0] += self.inlet(cells)[0] * self.fed
        lengths, kinds = np.unique(np.diff([0.0, *hours]), return_inverse=True)
        count = len(hours)
        steps = Steps(
            lengths_h=lengths,
            kind_of=kinds.astype(np.int64),
            rates=np.ones((1, 1)),
            rated=np.zeros(count, np.int64),
            bolus_at=np.full(count + 1, -1),
            given=np.zeros((0, 0)),
            record_at=np.arange(-1, count),
        )
        inputs = Inputs(share, np.zeros((0, system.layout.size)))
        out = Propagator(system).march(steps, inputs, everywhere(system))
        return np.asarray(out.values[0, :, :cells])


def uniform(value: float) -> Profile:
    return lambda x: np.full_like(np.asarray(x, float), value)


def orders(errors: list[float]) -> list[float]:
    """Observed orders of convergence as the cells double."""
    return [float(np.log2(coarse / fine)) for coarse, fine in pairwise(errors)]


def _grid(faces: Array, centres: Array) -> Grid:
    none = np.zeros_like(centres)
    return Grid(faces, centres, faces, faces, none, none, 0.0, 0.0, none, len(centres))
