"""The fallback: the dense exponential of a matrix that is not negative off its diagonal.

exp(hN) = e^(−s) exp(hN + sI) with s the largest rate: every term of the series and every square is
a sum of numbers of one sign, so each entry of the result is right to a relative error that is known
beforehand, whatever the matrix's conditioning. It costs seconds where the march costs milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thecal.csf.regimen import Steps

Array = NDArray[Any]
_TERMS = 20
_EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True)
class PositiveExponential:
    """exp of one interval: what stays, and what each site's unit rate adds.

    Attributes:
        keep: (size, size).
        add: (size, sites) µg after one interval at 1 µg/h.
        relative_error: bound on each entry's relative error.
    """

    keep: Array
    add: Array
    relative_error: float


def positive_exponential(matrix: Array, shares: Array, hours: float) -> PositiveExponential:
    """For a matrix (size, size) of rates in 1/h and sites' shares (sites, size)."""
    size, sites = len(matrix), len(shares)
    whole = np.zeros((size + sites, size + sites))
    whole[:size, :size] = matrix * hours
    whole[:size, size:] = shares.T * hours
    shift = float(-whole.diagonal().min())
    squarings = max(0, int(np.ceil(np.log2(max(shift, 1e-300)))))
    base = whole + shift * np.eye(len(whole))
    base[np.diag_indices_from(base)] = np.maximum(base.diagonal(), 0.0)
    base /= 2.0**squarings
    result = np.eye(len(base))
    for term in range(_TERMS, 0, -1):
        result = np.eye(len(base)) + base @ result / term
    result *= np.exp(-shift / 2.0**squarings)
    for _ in range(squarings):
        result = result @ result
    error = (len(base) + 2 * _TERMS) * _EPSILON * 2.0**squarings * 2
    return PositiveExponential(result[:size, :size], result[:size, size:], error)


def dense_march(matrix: Array, steps: Steps, sites: Array, boluses: Array) -> tuple[Array, float]:
    """Amounts (T, size) of one individual at each record, and their relative error's bound."""
    kinds = [positive_exponential(matrix, sites, float(h)) for h in steps.lengths_h]
    amounts = np.zeros(len(matrix))
    records = np.empty((int(steps.record_at.max()) + 1, len(matrix)))
    error = 0.0
    for node in range(len(steps.kind_of) + 1):
        if steps.bolus_at[node] >= 0:
            amounts = amounts + steps.given[steps.bolus_at[node]] @ boluses
        if steps.record_at[node] >= 0:
            records[steps.record_at[node]] = amounts
        if node < len(steps.kind_of):
            kind = kinds[steps.kind_of[node]]
            amounts = kind.keep @ amounts + kind.add @ steps.rates[steps.rated[node]]
            error += kind.relative_error
    return records, error
