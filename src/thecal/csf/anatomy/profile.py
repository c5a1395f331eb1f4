"""The canal cut into cells: fluid and cord along it, for one shape and any volumes.

The fluid's cross-section is the sum of a lumbosacral and an upper shape, each scaled, so that a
person's lumbosacral and whole volume are met exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from thecal.csf.anatomy.figures import anatomy
from thecal.csf.anatomy.levels import level_position_cm, levels
from thecal.csf.errors import CsfError

Array = NDArray[np.float64]
LOWEST_UPPER_LEVEL = "T11"
FEWEST_CELLS = 10


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells of equal length along the canal.

    Attributes:
        faces_cm: (cells + 1,) from the caudal end.
        centres_cm: (cells,)
        low_area_cm2, high_area_cm2: (cells + 1,) the two shapes at the faces.
        low_volume_ml, high_volume_ml: (cells,) their exact integrals over each cell.
        low_below_ml, high_below_ml: their integrals from T11-12 to the caudal end.
        cord_radius_cm: (cells,) of the circle with the cord's area; 0 below the conus.
        bare_cells: how many cells, from the caudal end, have no cord.
    """

    faces_cm: Array
    centres_cm: Array
    low_area_cm2: Array
    high_area_cm2: Array
    low_volume_ml: Array
    high_volume_ml: Array
    low_below_ml: float
    high_below_ml: float
    cord_radius_cm: Array
    bare_cells: int

    @property
    def cells(self) -> int:
        """How many cells."""
        return len(self.centres_cm)

    @property
    def dx_cm(self) -> float:
        """A cell's length."""
        return float(self.faces_cm[-1]) / self.cells

    @property
    def length_cm(self) -> float:
        """The canal's length."""
        return float(self.faces_cm[-1])


@lru_cache(maxsize=16)
def grid(cells: int) -> Grid:
    """The canal in this many cells.

    Raises:
        CsfError: too few cells to hold the profile.
    """
    if cells < FEWEST_CELLS:
        raise CsfError(f"{cells} cells are too few; expected {FEWEST_CELLS} or more")
    length = anatomy().canal.length.internal
    faces = np.linspace(0.0, length, cells + 1)
    low, high = _shapes()
    border = levels()[LOWEST_UPPER_LEVEL][0]
    radius = _cord_radius_cm(faces)
    return Grid(
        faces_cm=faces,
        centres_cm=(faces[1:] + faces[:-1]) / 2,
        low_area_cm2=low.at(faces),
        high_area_cm2=high.at(faces),
        low_volume_ml=np.diff(low.integral(faces)),
        high_volume_ml=np.diff(high.integral(faces)),
        low_below_ml=float(low.integral(np.array([border]))[0]),
        high_below_ml=float(high.integral(np.array([border]))[0]),
        cord_radius_cm=radius,
        bare_cells=int(np.count_nonzero(radius == 0)),
    )


@dataclass(frozen=True, slots=True)
class _BrokenLine:
    """A function that is straight between its knots and level beyond them."""

    x_cm: Array
    y: Array

    def at(self, x: Array) -> Array:
        return np.interp(x, self.x_cm, self.y)

    def integral(self, x: Array) -> Array:
        """From 0 to x, exact."""
        edges = np.unique(np.concatenate([[0.0], self.x_cm, x]))
        values = self.at(edges)
        sums = np.concatenate([[0.0], np.cumsum(np.diff(edges) * (values[1:] + values[:-1]) / 2)])
        return np.asarray(sums[np.searchsorted(edges, x)])


def _knots(by_level: dict[str, float]) -> tuple[Array, Array]:
    ordered = sorted((level_position_cm(name), value) for name, value in by_level.items())
    x, y = zip(*ordered, strict=True)
    return np.array(x), np.array(y)


def _shapes() -> tuple[_BrokenLine, _BrokenLine]:
    x, mm2 = _knots(anatomy().csf_area.mm2)
    below = x < levels()[LOWEST_UPPER_LEVEL][0]
    area = mm2 / 100
    return _BrokenLine(x, np.where(below, area, 0.0)), _BrokenLine(x, np.where(below, 0.0, area))


def _cord_radius_cm(faces: Array) -> Array:
    """Root mean square over each cell, 0 where the cell's centre is below the conus."""
    x, wide = _knots(anatomy().cord.transverse_mm)
    _, deep = _knots(anatomy().cord.ap_mm)
    canal = anatomy().canal
    area = _BrokenLine(x, np.pi / 4 * wide * deep / 100)
    conus, top = canal.conus_above_end.internal, canal.length.internal
    whole = np.diff(area.integral(np.array([conus, top])))[0]
    cells = np.diff(area.integral(np.maximum(faces, conus))) / np.diff(faces)
    centres = (faces[1:] + faces[:-1]) / 2
    cells = np.where(centres > conus, cells, 0.0)
    scale = canal.cord_volume.internal / whole
    return np.asarray(np.sqrt(cells * scale / np.pi))
