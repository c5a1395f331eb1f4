"""Every march is checked: against its bound, else against a second approximation, else replaced."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thecal.csf.propagator.bounds import march_bound
from thecal.csf.propagator.march import Inputs, Marched, Observed, Propagator
from thecal.csf.propagator.positive import dense_march
from thecal.csf.propagator.rational import ORDERS
from thecal.csf.regimen import Steps

Array = NDArray[Any]
BOUND_TOLERANCE = {"float64": 1e-6, "float32": 1e-2}
"""The largest bound, as a share of the peak, at which a result needs no other check."""
DIFFERENCE_TOLERANCE = {"float64": 1e-9, "float32": 1e-4}
"""The largest difference between two approximations that needs no fallback."""
_OTHER_ORDER = ORDERS[-2]


@dataclass(frozen=True, slots=True)
class Check:
    """How a result was checked.

    Attributes:
        by: in words; the fallback's name if there was one.
        error: bound or estimate of the largest error, as a share of the peak.
        fell_back: whether some individual was computed again by the dense exponential.
    """

    by: str
    error: float
    fell_back: bool


def checked_march(
    propagator: Propagator, steps: Steps, inputs: Inputs, observed: Observed
) -> tuple[Marched, Check]:
    """March, and make sure of it."""
    marched = propagator.march(steps, inputs, observed)
    peak = _peaks(marched)
    bound = march_bound(propagator, steps, inputs) / peak
    precision = str(propagator.dtype)
    if np.all(bound <= BOUND_TOLERANCE[precision]):
        return marched, Check("bound from the matrix and the input", float(bound.max()), False)
    other = Propagator(propagator.system, _OTHER_ORDER, propagator.dtype.type)
    second = other.march(steps, inputs, observed)
    apart = np.abs(second.values - marched.values).reshape(len(peak), -1).max(axis=1) / peak
    doubtful = bound > BOUND_TOLERANCE[precision]
    doubtful &= ~(apart <= DIFFERENCE_TOLERANCE[precision])
    if not np.any(doubtful):
        by = f"difference from a second approximation, of order {_OTHER_ORDER}"
        return marched, Check(by, float(apart.max()), False)
    return _replaced(propagator, steps, inputs, observed, marched, doubtful)


def _peaks(marched: Marched) -> Array:
    """(N,) the largest concentration of each individual, never 0."""
    largest = np.abs(marched.values).reshape(len(marched.values), -1).max(axis=1, initial=0.0)
    return np.where(np.isfinite(largest) & (largest > 0), largest, np.finfo(np.float64).tiny)


def _replaced(
    propagator: Propagator,
    steps: Steps,
    inputs: Inputs,
    observed: Observed,
    marched: Marched,
    doubtful: Array,
) -> tuple[Marched, Check]:
    """The doubtful individuals by the dense exponential; what was absorbed, by what is missing."""
    system, worst = propagator.system, 0.0
    out = replace(
        marched,
        **{
            name: getattr(marched, name).copy()
            for name in ("values", "sums", "absorbed", "amounts", "plasma")
        },
    )
    for who in np.flatnonzero(doubtful):
        records, error = dense_march(
            with_plasma(propagator, int(who)),
            steps,
            _widened(inputs.sites),
            _widened(inputs.boluses),
        )
        worst = max(worst, error)
        states = records[:, : system.layout.size]
        concentration = states / system.volume_ml[who]
        out.values[who] = (concentration[:, observed.pairs] * observed.shares).sum(axis=-1)
        for one in range(observed.sums):
            out.sums[who, :, one] = states[:, observed.sum_of == one].sum(axis=1)
        out.absorbed[who] = records[:, system.layout.size :]
        out.amounts[who], out.plasma[who] = states[-1], out.absorbed[who, -1]
    count = int(np.count_nonzero(doubtful))
    return out, Check(f"fallback: dense exponential for {count} of {len(doubtful)}", worst, True)


def with_plasma(propagator: Propagator, who: int) -> Array:
    """(size + 3, size + 3) the matrix with the plasma and what is cleared."""
    system = propagator.system
    size = system.layout.size
    k10, k12, k21 = system.plasma_rates[who]
    whole = np.zeros((size + 3, size + 3))
    whole[:size, :size] = system.dense(who)
    whole[size, :size] = system.loss[who]
    whole[size:, size:] = [[-k10 - k12, k21, 0], [k12, -k21, 0], [k10, 0, 0]]
    return whole


def _widened(shares: Array) -> Array:
    return np.concatenate([shares, np.zeros((len(shares), 3))], axis=1)
