"""The day that repeats: its state is solved for, then one day is shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from thecal.csf.anatomy.patients import Patients
from thecal.csf.errors import CsfError
from thecal.csf.observing import everywhere
from thecal.csf.propagator.checked import Check
from thecal.csf.propagator.march import Inputs
from thecal.csf.propagator.steady import periodic_start, steady_state
from thecal.csf.regimen import Bolus, Infusion, cut
from thecal.csf.simulate import Model, dataset, inputs, ready, recorded_times

_REFINEMENTS, _CLOSE = 3, 1e-13
_CHECKED_BY = "one period marched from the periodic state and compared with it"


def periodic(
    drug: str | Model,
    *,
    infusions: Sequence[Infusion] = (),
    boluses: Sequence[Bolus] = (),
    period_h: float = 24.0,
    step_h: float = 0.25,
    patients: Patients | None = None,
    **numerics: Any,
) -> xr.Dataset:
    """One period of a regimen that has always been repeating, as :func:`thecal.csf.simulate`.

    What is cleared has no periodic amount and is NaN. ``attrs["error_of_peak"]`` is how far the
    period's end is from its start.

    Raises:
        CsfError: an infusion's last edge or a bolus lies beyond the period, or nothing is given.
    """
    found = ready(drug, patients, numerics)
    _within(infusions, boluses, period_h)
    times = recorded_times(None, period_h, step_h)
    steps, entering = cut(infusions, boluses, times), inputs(found, infusions, boluses)
    observed, engine = everywhere(found.system), found.propagator
    first = engine.march(steps, entering, observed)
    size, apart = found.system.layout.size, np.inf
    start = periodic_start(engine, first.amounts, first.plasma, period_h)
    for _ in range(_REFINEMENTS + 1):
        marched = engine.march(steps, entering, observed, start[:, :size], start[:, size:])
        peak = np.abs(marched.values).max(initial=np.finfo(np.float64).tiny)
        missing = marched.amounts - start[:, :size]
        apart = float(np.abs(missing / found.system.volume_ml).max() / peak)
        if apart < _CLOSE:
            break
        still = np.nan_to_num(marched.plasma - start[:, size:])
        start = start + periodic_start(engine, missing, still, period_h)
    return dataset(found, times, marched, Check(_CHECKED_BY, apart, False))


def mean_concentration(
    model: Model,
    *,
    infusions: Sequence[Infusion] = (),
    boluses: Sequence[Bolus] = (),
    period_h: float = 24.0,
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """(N, cells) mean fluid concentration of the repeating period, µg/mL: one solve.

    Raises:
        CsfError: as :func:`periodic`.
    """
    _within(infusions, boluses, period_h)
    entering: Inputs = inputs(model, infusions, boluses)
    rate = np.array([_given_ug(one, period_h) / period_h for one in infusions]) @ entering.sites
    rate = rate + np.array([one.dose_ug / period_h for one in boluses]) @ entering.boluses
    amounts = steady_state(model.propagator, rate)
    fluid = model.system.layout.fluid()[:-2]
    return np.asarray(amounts[:, fluid] / model.system.volume_ml[:, fluid])


def _given_ug(one: Infusion, period_h: float) -> float:
    edges = np.minimum(np.array(one.edges_h), period_h)
    return float(np.array(one.rates_ug_per_h) @ np.diff(edges))


def _within(infusions: Sequence[Infusion], boluses: Sequence[Bolus], period_h: float) -> None:
    if not infusions and not boluses:
        raise CsfError("nothing is given; expected an infusion or a bolus")
    if not (math.isfinite(period_h) and period_h > 0):
        raise CsfError(f"a period of {period_h:g} h; expected above 0")
    for one in infusions:
        if one.edges_h[-1] > period_h and one.edges_h[-1] != math.inf:
            raise CsfError(f"an infusion ends at {one.edges_h[-1]:g} h, beyond the period")
    if any(one.at_h >= period_h for one in boluses):
        raise CsfError("a bolus is given at or beyond the period's end")
