"""An effect compartment: what is at the place of action, followed with a half-life."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def delayed(hours: Array, values: Array, half_life_h: float | None) -> Array:
    """The effect compartment's content, which starts empty.

    Exact for values that are straight between the times: E' = k (value − E), k = ln 2 / half-life.

    Args:
        hours: (T,) rising.
        values: (T,) at the place of action.
        half_life_h: None for no delay.

    Returns:
        (T,) in the values' unit.
    """
    if half_life_h is None:
        return np.array(values, dtype=np.float64)
    k = math.log(2) / half_life_h
    out = np.zeros(len(values))
    for i in range(1, len(values)):
        h = hours[i] - hours[i - 1]
        gone = -math.expm1(-k * h)
        slope = (values[i] - values[i - 1]) / h
        straight = values[i - 1] * gone + slope * (h - gone / k)
        out[i] = out[i - 1] * (1 - gone) + straight
    return out
