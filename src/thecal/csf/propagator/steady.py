"""The periodic state and a period's mean, solved for: no day is marched more than once.

With g what one period gives to an empty system, the state at the period's start is
(1 − e^(TN))⁻¹ g: a rational function of N again, so a few shifted solves. The mean of a period is
the steady state of the mean input.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thecal.csf.propagator.march import Propagator
from thecal.csf.propagator.rational import Rational, periodic_kernel

Array = NDArray[Any]


def periodic_start(propagator: Propagator, given: Array, plasma: Array, hours: float) -> Array:
    """(N, size + 3) amounts at the start of each period of ``hours``, plasma after the states.

    Args:
        propagator: the system.
        given: (N, size) amounts after one period from nothing.
        plasma: (N, 3) likewise. What is cleared has no periodic state and is NaN, and so is the
            plasma of a drug whose plasma constants are unknown.
        hours: the period.
    """
    kernel = periodic_kernel()
    function = Rational(
        np.concatenate([kernel.poles, np.zeros(1, complex)]),
        np.concatenate([kernel.weights, np.full(1, -0.5 + 0j)]),
        kernel.constant,
        kernel.error,
    )
    return _applied(propagator, function, given, plasma, hours)


def steady_state(propagator: Propagator, rate: Array) -> Array:
    """(N, size) amounts under a constant input (size,) or (N, size) in µg/h: one solve."""
    given = np.broadcast_to(rate, propagator.system.inner.shape)
    solve = Rational(np.zeros(1, complex), np.full(1, -0.5 + 0j), 0.0, 0.0)
    size = propagator.system.layout.size
    return _applied(propagator, solve, given, np.zeros((len(given), 3)), 1.0)[:, :size]


def _applied(
    propagator: Propagator, function: Rational, amounts: Array, plasma: Array, hours: float
) -> Array:
    """function(hours · N) on the amounts and the plasma."""
    states, absorbed = propagator.apply(function, amounts, plasma, hours)
    known = propagator.system.plasma_rates[:, :1] > 0
    absorbed = np.where(known, absorbed, np.nan)
    absorbed[:, 2] = np.nan
    return np.concatenate([states, absorbed], axis=1)
