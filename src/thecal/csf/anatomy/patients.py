"""Individuals: the typical adult, another condition, or a seeded virtual population.

Each attribute of :class:`Patients` is an array over the individuals, so one person is a population
of one.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from thecal.csf.anatomy.figures import anatomy
from thecal.csf.errors import CsfError

Array = NDArray[np.float64]
_DRAWS = 8
LOWEST_RATE_PER_MIN = 1.0


@dataclass(frozen=True, slots=True)
class Patients:
    """N individuals; every attribute has shape (N,).

    Attributes:
        spinal_csf_ml: fluid of the whole canal.
        lumbosacral_csf_ml: fluid from T11-12 to the caudal end, without roots.
        cord_factor: the cord's diameter over the typical one.
        chi: dispersion coefficient of the condition (awake adult, anaesthetised animal, ...).
        heart_per_min, breath_per_min: rates.
        cardiac_stroke_ml, respiratory_stroke_ml: volumes that pass the canal's cranial end.
        stroke_exponent: p in SV(x) = SV (x/L)^p.
        production_ml_per_h, spinal_absorption_ml_per_h: flows of the fluid.
        clearance_log: standard normal; the drug's own spread turns it into a factor on k_e.
    """

    spinal_csf_ml: Array
    lumbosacral_csf_ml: Array
    cord_factor: Array
    chi: Array
    heart_per_min: Array
    breath_per_min: Array
    cardiac_stroke_ml: Array
    respiratory_stroke_ml: Array
    stroke_exponent: Array
    production_ml_per_h: Array
    spinal_absorption_ml_per_h: Array
    clearance_log: Array

    def __len__(self) -> int:
        """How many individuals."""
        return len(self.chi)

    def __getitem__(self, which: slice) -> Patients:
        """Some of them."""
        return Patients(**{one.name: getattr(self, one.name)[which] for one in fields(self)})

    def but(self, **changes: float | Array) -> Patients:
        """The same individuals with some attributes replaced.

        Raises:
            CsfError: an attribute does not exist or a value is not finite and above 0
                (``clearance_log`` may be any).
        """
        arrays = {}
        for name, value in changes.items():
            if name not in {one.name for one in fields(self)}:
                raise CsfError(f"patients have no '{name}'")
            arrays[name] = np.broadcast_to(np.asarray(value, float), (len(self),)).copy()
            if not np.all(np.isfinite(arrays[name])):
                raise CsfError(f"{name} must be finite")
            if name != "clearance_log" and np.any(arrays[name] <= 0):
                raise CsfError(f"{name} must be above 0")
        return replace(self, **arrays)


def typical(count: int = 1) -> Patients:
    """The awake adult of the calibration, as many times as asked."""
    canal, flow, dispersion = anatomy().canal, anatomy().flow, anatomy().dispersion
    roots = canal.root_volume.internal * canal.roots_below_t11_share.internal
    values = {
        "spinal_csf_ml": canal.spinal_csf.internal,
        "lumbosacral_csf_ml": canal.lumbosacral_csf_and_roots.internal - roots,
        "cord_factor": 1.0,
        "chi": dispersion.chi.internal,
        "heart_per_min": flow.heart_rate.value,
        "breath_per_min": flow.breath_rate.value,
        "cardiac_stroke_ml": flow.cardiac_stroke.internal,
        "respiratory_stroke_ml": flow.respiratory_stroke.internal,
        "stroke_exponent": dispersion.stroke_exponent.internal,
        "production_ml_per_h": flow.production.internal,
        "spinal_absorption_ml_per_h": flow.spinal_absorption.internal,
        "clearance_log": 0.0,
    }
    return Patients(**{name: np.full(count, value) for name, value in values.items()})


def population(count: int, seed: int, first: int = 0) -> Patients:
    """Individuals ``first`` to ``first + count`` of the seeded population.

    Individual i is the same whatever the chunk that it is drawn in. Volumes and χ are lognormal
    about the typical adult as median; rates are normal. Nobody has published how these vary
    together: they are independent here, but for the lumbosacral volume and body mass.
    """
    if count < 1 or first < 0:
        raise CsfError(f"{count} patients from {first}; expected 1 or more, from 0 or later")
    z = np.stack([_normals(seed, index) for index in range(first, first + count)]).T
    base, spread, flow = typical(count), anatomy().population, anatomy().flow
    r = spread.lumbosacral_bmi_correlation.internal
    low_z = r * z[7] + np.sqrt(1 - r * r) * z[0]
    low = base.lumbosacral_csf_ml * _lognormal(low_z, spread.lumbosacral_cv.internal)
    rest = base.spinal_csf_ml - base.lumbosacral_csf_ml
    rest = rest * _lognormal(z[1], _rest_cv(base))
    return replace(
        base,
        lumbosacral_csf_ml=low,
        spinal_csf_ml=low + rest,
        cord_factor=_lognormal(z[2], spread.cord_diameter_cv.internal),
        chi=base.chi * np.exp(spread.chi_log_sigma.internal * z[3]),
        heart_per_min=_rate(z[4], flow.heart_rate.value, flow.heart_rate.spread),
        breath_per_min=_rate(z[5], flow.breath_rate.value, flow.breath_rate.spread),
        clearance_log=z[6],
    )


def _normals(seed: int, index: int) -> Array:
    return np.random.default_rng([seed, index]).standard_normal(_DRAWS)


def _lognormal(z: Array, cv: float) -> Array:
    return np.asarray(np.exp(z * np.sqrt(np.log1p(cv * cv))))


def _rate(z: Array, mean: float, spread: float | None) -> Array:
    """Normal, drawn back to the mean's mirror where it would not be a rate at all."""
    value = mean + (spread or 0.0) * z
    return np.where(value < LOWEST_RATE_PER_MIN, 2 * LOWEST_RATE_PER_MIN - value, value)


def _rest_cv(base: Patients) -> float:
    """Of the volume above T11-12, so that the whole varies as published."""
    spread = anatomy().population
    whole, low = float(base.spinal_csf_ml[0]), float(base.lumbosacral_csf_ml[0])
    variance = (spread.spinal_csf_cv.internal * whole) ** 2
    variance -= (spread.lumbosacral_cv.internal * low) ** 2
    return float(np.sqrt(variance) / (whole - low))
