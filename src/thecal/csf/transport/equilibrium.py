"""The amounts at which every exchange is in balance: the norm in which the system is symmetric."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thecal.csf.transport.system import System

Array = NDArray[np.float64]


def conditioning(system: System) -> Array:
    """(N,) how much a scalar error may grow on its way to a concentration's share of the peak."""
    fluid = system.layout.fluid()
    potential = log_equilibrium(system)[:, fluid] - np.log(system.volume_ml[:, fluid])
    with np.errstate(over="ignore"):
        return np.asarray(np.exp(np.ptp(potential, axis=1) / 2) * np.sqrt(len(fluid)))


def log_equilibrium(system: System) -> Array:
    """(N, size) logarithm of the amounts at which every exchange is in balance, first state 0."""
    fluid, cord = system.layout.fluid(), system.layout.cord()
    logs = np.zeros_like(system.inner)
    ratio = np.log(system.inner[:, fluid[1:]]) - np.log(system.outer[:, fluid[1:]])
    logs[:, fluid[1:]] = np.cumsum(ratio, axis=1)
    outside = fluid[system.layout.bare : system.layout.cells]
    logs[:, cord] = logs[:, outside, None]
    logs[:, cord] += np.log(system.inner[:, cord]) - np.log(system.outer[:, cord])
    return logs
