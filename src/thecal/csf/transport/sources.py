"""Where a dose enters: a Gaussian about the tip, cut into cells, reflected at the canal's ends."""

from __future__ import annotations

from functools import lru_cache
from math import erf, sqrt

import numpy as np
from numpy.typing import NDArray

from thecal.csf.anatomy.levels import place_cm
from thecal.csf.anatomy.profile import Grid
from thecal.csf.transport.system import Layout

Array = NDArray[np.float64]


def entry(layout: Layout, canal: Grid, tip: str | float, sigma_cm: float) -> Array:
    """(size,) share of a dose at the tip that enters each state.

    Raises:
        CsfError: the tip is no level, or outside the canal.
    """
    shares = np.zeros(layout.size)
    shares[layout.fluid()[:-2]] = _shares(canal.cells, canal.length_cm, place_cm(tip), sigma_cm)
    return shares


@lru_cache(maxsize=256)
def _shares(cells: int, length_cm: float, tip_cm: float, sigma_cm: float) -> Array:
    return entry_shares(np.linspace(0.0, length_cm, cells + 1), tip_cm, sigma_cm)


def entry_shares(faces_cm: Array, tip_cm: float, sigma_cm: float) -> Array:
    """(cells,) the share of a dose in each cell; they add up to one."""
    length = faces_cm[-1]
    images = (tip_cm, -tip_cm, 2 * length - tip_cm)
    below = sum(_normal_cdf((faces_cm - image) / sigma_cm) for image in images)
    shares = np.diff(below)
    return np.asarray(shares / shares.sum())


def _normal_cdf(z: Array) -> Array:
    return np.array([(1 + erf(value)) / 2 for value in z / sqrt(2)])
