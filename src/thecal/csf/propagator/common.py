"""Poles that all multiples of one interval share, so that one set of solves serves a whole day.

At time nΔ the step response is nΔ·φ(nΔN)·b with φ(z) = (e^z − 1)/z, and the response to a bolus
is e^(nΔN)·b: combinations of the same few resolvents, with weights that depend on n alone.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float64]
Complex = NDArray[np.complex128]
_POINTS, _CHECKED = 700, 1501


@dataclass(frozen=True, slots=True)
class Weights:
    """f(nΔ·z) ≈ Σ weights[n − 1] · (Re, Im of 1/(Δz − pole)) for z ≤ 0.

    Attributes:
        step: (count, 2 · pairs) for the step response over Δ.
        bolus: (count, 2 · pairs) for the response to a bolus.
        error: largest error of either over z ≤ 0 and all n; that of the step over nΔ.
    """

    step: Real
    bolus: Real
    error: float


@lru_cache(maxsize=1)
def common_poles() -> tuple[Complex, int]:
    """Poles in units of 1/Δ, and the largest multiple of Δ that they serve."""
    text = files(__package__).joinpath("common_poles.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return np.array(table["real"]) + 1j * np.array(table["imaginary"]), int(table["longest"])


@lru_cache(maxsize=8)
def common_weights(count: int) -> Weights:
    """For n = 1 … count, by least squares on the half-line."""
    poles, longest = common_poles()
    if not 1 <= count <= longest:
        raise ValueError(f"{count} intervals; expected 1 to {longest}")
    n = np.arange(1.0, count + 1)
    z = _half_line(_POINTS)
    basis = resolvent_basis(z, poles)
    scale = np.linalg.norm(basis, axis=0)
    target = np.concatenate([_phi(np.outer(z, n)), np.exp(np.outer(z, n))], axis=1)
    fitted = np.linalg.lstsq(basis / scale, target, rcond=1e-15)[0] / scale[:, None]
    finer = _half_line(_CHECKED)
    exact = np.concatenate([_phi(np.outer(finer, n)), np.exp(np.outer(finer, n))], axis=1)
    error = np.abs(resolvent_basis(finer, poles) @ fitted - exact).max()
    return Weights((fitted[:, :count] * n).T.copy(), fitted[:, count:].T.copy(), float(error))


def resolvent_basis(z: Real, poles: Complex) -> Real:
    """(points, 2 · pairs) real and imaginary parts of 1/(z − pole)."""
    columns = 1 / (z[:, None] - poles)
    return np.concatenate([columns.real, columns.imag], axis=1)


def _half_line(count: int) -> Real:
    far = np.geomspace(1e-5, 1e8, count)
    return -np.concatenate([[0.0], far])


def _phi(z: Real) -> Real:
    safe = np.where(z == 0, 1.0, z)
    return np.where(z == 0, 1.0, np.expm1(safe) / safe)
