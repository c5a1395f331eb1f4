"""Onset, peak and duration of each effect, from the labelled arrays of a simulation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from thecal.csf.anatomy.levels import levels
from thecal.csf.effect.delayed import delayed
from thecal.csf.effect.sites import Action, Site, actions, threshold

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Effect:
    """One effect through time.

    Attributes:
        name: of the action.
        says: in words.
        index: (T,) 0 to 1, over its own peak.
        onset_h: when it first passes the threshold share of its peak; None if nothing comes.
        peak_h: when it is greatest.
        end_h: when it last falls below the threshold; None if it has not by the end.
        rising: the greatest is at the end: later it may be greater.
        delay_known: whether a delay behind the place of action is published.
    """

    name: str
    says: str
    index: Array
    onset_h: float | None
    peak_h: float | None
    end_h: float | None
    rising: bool
    delay_known: bool

    @property
    def duration_h(self) -> float | None:
        """From onset to end; None if it has not ended."""
        if self.onset_h is None or self.end_h is None:
            return None
        return self.end_h - self.onset_h

    @property
    def sentence(self) -> str:
        """In one line."""
        if self.onset_h is None or self.peak_h is None:
            return f"{self.says}: nothing arrives"
        peak = "still rising at the end" if self.rising else f"greatest at {self.peak_h:.3g} h"
        lasts = "not over by the end" if self.end_h is None else f"until {self.end_h:.3g} h"
        unknown = "" if self.delay_known else "; no published delay, so the place itself is shown"
        share = f"{threshold():.0%} of its own peak"
        return f"{self.says} (relative): {share} from {self.onset_h:.3g} h {lasts}, {peak}{unknown}"


def effects(drug: str, simulated: xr.Dataset) -> tuple[Effect, ...]:
    """Every known effect of a drug in its simulation (the first individual of it)."""
    hours = np.asarray(simulated["time"].values, dtype=np.float64)
    return tuple(_effect(one, hours, at_site(one.site, simulated)) for one in actions(drug))


def at_site(site: Site, simulated: xr.Dataset) -> Array:
    """(T,) what is at the place of action, in µg/mL: the mean over its levels and layers."""
    first = simulated.isel(patient=0)
    if site.place == "cisterna":
        return np.asarray(first["cisterna"].values, dtype=np.float64)
    spans = [levels()[name] for name in site.levels]
    position = simulated["position"].values
    within = np.any([(position >= low) & (position < high) for low, high in spans], axis=0)
    chosen = first["cord"].isel(position=within).sel(layer=list(site.layers))
    return np.asarray(chosen.mean(("position", "layer"), skipna=True).values, dtype=np.float64)


def _effect(action: Action, hours: Array, values: Array) -> Effect:
    half_life = None if action.delay is None else action.delay.internal
    content = delayed(hours, values, half_life)
    top = float(content.max())
    known = action.delay is not None
    if top <= 0:
        return Effect(action.name, action.site.says, content, None, None, None, False, known)
    index = content / top
    peak = int(index.argmax())
    onset, end = _crossings(hours, index, threshold())
    rising = peak == len(index) - 1
    return Effect(
        action.name, action.site.says, index, onset, float(hours[peak]), end, rising, known
    )


def _crossings(hours: Array, index: Array, share: float) -> tuple[float, float | None]:
    """When the index first passes a share, and when it last falls below it."""
    above = np.flatnonzero(index >= share)
    first, last = int(above[0]), int(above[-1])
    onset = float(hours[0]) if first == 0 else _between(hours, index, first - 1, share)
    end = None if last == len(index) - 1 else _between(hours, index, last, share)
    return onset, end


def _between(hours: Array, index: Array, low: int, share: float) -> float:
    rise = index[low + 1] - index[low]
    return float(hours[low] + (share - index[low]) / rise * (hours[low + 1] - hours[low]))
