"""Near-best rational approximations of e^z and of the periodic kernel on the negative half-line.

Carathéodory-Fejér by the singular value decomposition of a Hankel matrix: L. N. Trefethen,
J. A. C. Weideman and T. Schmelzer, BIT 46 (2006) 653. The coefficients are computed here, and the
uniform error is measured; nothing is copied from a table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float64]
Complex = NDArray[np.complex128]

_TERMS, _NODES = 75, 1024
_SCALE = 9.0
_FIT_POINTS, _FIT_ROUNDS, _CHECK_POINTS = 800, 15, 20001
HIGHEST_ORDER = 14
ORDERS = tuple(range(2, HIGHEST_ORDER + 1, 2))
_SERIES_BELOW = 1e-2


@dataclass(frozen=True, slots=True)
class Rational:
    """r(z) = constant + 2 Re Σ weight / (z − pole) for real z ≤ 0, one of each conjugate pair.

    Attributes:
        poles, weights: (pairs,)
        constant: r at minus infinity.
        error: the largest |r(z) − f(z)| over z ≤ 0, measured.
    """

    poles: Complex
    weights: Complex
    constant: float
    error: float

    def __call__(self, z: Real) -> Real:
        """The value at real z ≤ 0."""
        terms = self.weights / (np.asarray(z)[..., None] - self.poles)
        return np.asarray(self.constant + 2 * terms.sum(-1).real)


@lru_cache(maxsize=16)
def exponential(order: int) -> Rational:
    """e^z on z ≤ 0 with ``order`` poles in conjugate pairs; even, at most 14 in double precision.

    Value and slope at 0 are exact, so that mass and what is infused are kept to rounding.
    """
    if order not in ORDERS:
        raise ValueError(f"order {order}; expected one of {ORDERS}")
    poles = _upper_half(_caratheodory_fejer_poles(np.exp, order))
    return _fit(poles, np.exp, slope_at_zero=1.0)


@lru_cache(maxsize=4)
def periodic_kernel(order: int = HIGHEST_ORDER) -> Rational:
    """1/(1 − e^z) + 1/z on z ≤ 0: what remains of the periodic state beside −1/z."""
    poles = _upper_half(_caratheodory_fejer_poles(_periodic, order))
    return _fit(poles, _periodic, slope_at_zero=None)


def _periodic(z: Real) -> Real:
    small = np.abs(z) < _SERIES_BELOW
    safe = np.where(small, -1.0, z)
    series = 0.5 - z / 12 + z**3 / 720 - z**5 / 30240
    return np.where(small, series, -1 / np.expm1(safe) + 1 / safe)


def _caratheodory_fejer_poles(f: Callable[[Real], Real], order: int) -> Complex:
    """Poles from the singular vector of the Hankel matrix of f's Chebyshev coefficients."""
    t = np.cos(2 * np.pi * np.arange(_NODES) / _NODES)
    z = _SCALE * (t - 1) / (t + 1 + 1e-16)
    with np.errstate(under="ignore"):
        coefficients = np.fft.fft(f(z)).real / _NODES
    index = np.arange(_TERMS)
    tail = coefficients[1 : _TERMS + 1]
    hankel = np.where(
        index[:, None] + index < _TERMS, tail[np.minimum(index[:, None] + index, _TERMS - 1)], 0.0
    )
    _, _, right = np.linalg.svd(hankel)
    roots = np.roots(right[order])
    outside = roots[np.abs(roots) > 1]
    return np.asarray(_SCALE * (outside - 1) ** 2 / (outside + 1) ** 2)


def _upper_half(poles: Complex) -> Complex:
    upper = poles[poles.imag > 0]
    return upper[np.argsort(upper.imag)]


def _fit(poles: Complex, f: Callable[[Real], Real], slope_at_zero: float | None) -> Rational:
    """Weights by least squares on the half-line, refined towards the smallest largest error."""
    z = _half_line(_FIT_POINTS)
    columns = np.concatenate([2 / (z[:, None] - poles), 2j / (z[:, None] - poles)], axis=1).real
    basis = np.concatenate([np.ones((len(z), 1)), columns], axis=1)
    target = f(z)
    fixed, values = _constraints(poles, f, slope_at_zero)
    solution = _constrained(basis, target, fixed, values, np.ones_like(z))
    weight = np.ones_like(z)
    best, least = solution, float(np.abs(basis @ solution - target).max())
    for _ in range(_FIT_ROUNDS):
        error = np.abs(basis @ solution - target)
        weight *= (error / error.max() + 1e-3) ** 0.5
        weight /= weight.max()
        solution = _constrained(basis, target, fixed, values, np.sqrt(weight))
        largest = np.abs(basis @ solution - target).max()
        if largest < least:
            best, least = solution, largest
    pairs = len(poles)
    weights = best[1 : 1 + pairs] + 1j * best[1 + pairs :]
    fitted = Rational(poles, weights, float(best[0]), least)
    check = _half_line(_CHECK_POINTS)
    return replace(fitted, error=float(np.abs(fitted(check) - f(check)).max()))


def _half_line(count: int) -> Real:
    """From −1e9 to 0, dense where the exponential bends."""
    t = np.cos(np.pi * (np.arange(count) + 0.5) / count)
    return np.concatenate([[0.0], np.sort(_SCALE * (t - 1) / (t + 1))[::-1]])


def _constraints(
    poles: Complex, f: Callable[[Real], Real], slope_at_zero: float | None
) -> tuple[Real, Real]:
    value = 2 / (0 - poles)
    rows = [np.concatenate([[1.0], value.real, -value.imag])]
    values = [float(f(np.array([0.0]))[0])]
    if slope_at_zero is not None:
        slope = -2 / poles**2
        rows.append(np.concatenate([[0.0], slope.real, -slope.imag]))
        values.append(slope_at_zero)
    return np.array(rows), np.array(values)


def _constrained(basis: Real, target: Real, fixed: Real, values: Real, weight: Real) -> Real:
    """Weighted least squares that meets the constraints to rounding."""
    _, _, v = np.linalg.svd(fixed)
    free = v[len(fixed) :].T
    start = np.linalg.lstsq(fixed, values, rcond=None)[0]
    left, right = (basis @ free) * weight[:, None], (target - basis @ start) * weight
    step = np.linalg.lstsq(left, right, rcond=1e-16)[0]
    solution = start + free @ step
    for _ in range(2):
        solution += np.linalg.lstsq(fixed, values - fixed @ solution, rcond=None)[0]
    return np.asarray(solution)
