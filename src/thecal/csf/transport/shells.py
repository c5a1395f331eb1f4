"""The cord's three shells as three parallel pools: the same cylinder, diagonal.

A cell's shells exchange in a line, outermost with the fluid. Their small matrix is symmetric in the
shells' volumes, and its shape is the same at every radius, so one eigenvalue problem turns the line
into pools that exchange with the fluid alone. Every pool has a capacity and rates above 0, and the
shells are a fixed combination of the pools.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from thecal.csf.errors import CsfError

Array = NDArray[np.float64]
MOST_SHELLS = 40


@dataclass(frozen=True, slots=True)
class Pools:
    """A cylinder of radius 1, length 1, diffusion 1 and partition 1.

    Attributes:
        capacity: (shells,) volume of each pool; they add up to π.
        rate: (shells,) what leaves a pool per amount and time, slowest first.
        mix: (shells, shells) concentration of shell i (outermost first) from those of the pools.
    """

    capacity: Array
    rate: Array
    mix: Array


@lru_cache(maxsize=8)
def pools(shells: int) -> Pools:
    """The pools of a cylinder in this many shells of equal thickness.

    Raises:
        CsfError: no shell, or too many.
    """
    if not 1 <= shells <= MOST_SHELLS:
        raise CsfError(f"{shells} cord shells; expected 1 to {MOST_SHELLS}")
    volume, matrix = shell_matrix(shells)
    root = np.sqrt(volume)
    rate, vectors = np.linalg.eigh(matrix / np.outer(root, root))
    share = root @ vectors
    return Pools(
        capacity=share**2,
        rate=rate,
        mix=vectors * share / root[:, None],
    )


def shell_matrix(shells: int) -> tuple[Array, Array]:
    """Volumes (shells,) and exchange matrix (shells, shells), the fluid outside held at 0."""
    width = 1 / shells
    edges = width * np.arange(shells, -1, -1)
    distance = np.full(shells, width)
    distance[0] = width / 2
    through = 2 * np.pi * edges[:-1] / distance
    matrix = np.diag(through) - np.diag(through[1:], 1) - np.diag(through[1:], -1)
    matrix[np.diag_indices(shells)] += np.append(through[1:], 0.0)
    return np.pi * (edges[:-1] ** 2 - edges[1:] ** 2), matrix
