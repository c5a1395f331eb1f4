"""How far the march can be from the exact solution, computed from the matrix and the input.

The system is a tree, so it is symmetric in the norm whose weights are its own equilibrium. There
the exponential never grows and the rational approximation is off by at most its scalar error; an
error of one interval is carried on and never amplified. Where advection outweighs dispersion that
norm compares places very unequally and the bound says little; a second approximation then checks.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thecal.csf.propagator.march import Inputs, Propagator
from thecal.csf.regimen import Steps
from thecal.csf.transport.equilibrium import log_equilibrium

Array = NDArray[np.float64]
_ROUNDING = 64.0


def march_bound(propagator: Propagator, steps: Steps, inputs: Inputs) -> Array:
    """(N,) bound on the error of any concentration, µg/mL; infinite if it overflows."""
    system = propagator.system
    log_weight = log_equilibrium(system) / 2
    with np.errstate(over="ignore", invalid="ignore"):
        given = _norms(inputs.boluses, log_weight) @ steps.given.sum(axis=0)
        hours = steps.lengths_h[steps.kind_of]
        per_site = (steps.rates[steps.rated] * hours[:, None]).sum(axis=0)
        given = given + _norms(inputs.sites, log_weight) @ per_site
        scalar = propagator.approximation.error
        scalar += _ROUNDING * float(np.finfo(propagator.dtype).eps)
        worst = np.exp(log_weight) / system.volume_ml
        bound = scalar * (len(steps.kind_of) + 1) * given * worst.max(axis=1)
    return np.where(np.isnan(bound), np.inf, bound)


def _norms(shares: Array, log_weight: Array) -> Array:
    """(N, sites) of unit doses, in the equilibrium's norm."""
    inverse = np.exp(-2 * log_weight)
    return np.asarray(np.sqrt(inverse @ (shares**2).T))
