"""Scharfetter-Gummel faces: the flux between two cells that stays positive at any Péclet number.

D. L. Scharfetter and H. K. Gummel, IEEE Trans. Electron Devices 16 (1969) 64.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_SERIES_BELOW = 1e-3


def bernoulli(z: Array) -> Array:
    """B(z) = z / (e^z − 1), above 0 everywhere."""
    small = np.abs(z) < _SERIES_BELOW
    safe = np.where(small, 1.0, z)
    with np.errstate(over="ignore"):
        exact = safe / np.expm1(safe)
    return np.where(small, 1 - z / 2 + z * z / 12 - z**4 / 720, exact)


def face_rates(conductance: Array, flow: Array) -> tuple[Array, Array]:
    """Volume rates (up, down): flux = up·c_below − down·c_above, both at least 0.

    Args:
        conductance: A·D/Δx at each face, mL/h; 0 leaves the flow alone (upwind).
        flow: towards the cranial side, mL/h.
    """
    mixing = conductance > 0
    safe = np.where(mixing, conductance, 1.0)
    peclet = flow / safe
    up = np.where(mixing, safe * bernoulli(-peclet), np.maximum(flow, 0.0))
    down = np.where(mixing, safe * bernoulli(peclet), np.maximum(-flow, 0.0))
    return up, down
