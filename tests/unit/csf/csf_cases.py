"""Cases for the simulation's tests, and the dense exponential that they are held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

from thecal.csf import Bolus, Infusion, Model
from thecal.csf.observing import everywhere
from thecal.csf.propagator.checked import Check, checked_march
from thecal.csf.propagator.march import Marched
from thecal.csf.regimen import cut
from thecal.csf.simulate import inputs

Array = NDArray[Any]


@dataclass(frozen=True)
class Case:
    """A regimen and when to look."""

    infusions: tuple[Infusion, ...]
    boluses: tuple[Bolus, ...]
    times_h: Array

    def march(self, ready: Model) -> Marched:
        steps = cut(self.infusions, self.boluses, self.times_h)
        entering = inputs(ready, self.infusions, self.boluses)
        return ready.propagator.march(steps, entering, everywhere(ready.system))

    def checked(self, ready: Model) -> tuple[Marched, Check]:
        """As every result is made: with its check, and the fallback where it is needed."""
        steps = cut(self.infusions, self.boluses, self.times_h)
        entering = inputs(ready, self.infusions, self.boluses)
        return checked_march(ready.propagator, steps, entering, everywhere(ready.system))

    def given_ug(self) -> Array:
        """What had been given by each time."""
        given = np.zeros_like(self.times_h)
        for bolus in self.boluses:
            given += np.where(self.times_h >= bolus.at_h, bolus.dose_ug, 0.0)
        for one in self.infusions:
            edges = np.array(one.edges_h)
            for start, end, rate in zip(edges, edges[1:], one.rates_ug_per_h, strict=False):
                given += rate * np.clip(self.times_h - start, 0.0, end - start)
        return given


def pulsed() -> Case:
    """Hourly pulses of five minutes for a day, and a bolus between."""
    return Case(
        (Infusion.pulses(10.0, 1.0, 5 / 60, 24, "L2"),),
        (Bolus(100.0, "T10", 0.5),),
        np.arange(0.0, 25.0),
    )


def dense_march(ready: Model, case: Case, individual: int) -> Array:
    """(T, size) concentrations by the dense exponential of each interval."""
    system = ready.system
    matrix, size = system.dense(individual), system.layout.size
    steps = cut(case.infusions, case.boluses, case.times_h)
    entering = inputs(ready, case.infusions, case.boluses)
    augmented = [_step(matrix, h, len(case.infusions), entering.sites) for h in steps.lengths_h]
    amounts, records = np.zeros(size), np.empty((len(case.times_h), size))
    for node in range(len(steps.kind_of) + 1):
        if steps.bolus_at[node] >= 0:
            amounts = amounts + steps.given[steps.bolus_at[node]] @ entering.boluses
        if steps.record_at[node] >= 0:
            records[steps.record_at[node]] = amounts
        if node < len(steps.kind_of):
            homogeneous, driven = augmented[steps.kind_of[node]]
            amounts = homogeneous @ amounts + driven @ steps.rates[steps.rated[node]]
    return np.asarray(records / system.volume_ml[individual])


def _step(matrix: Array, hours: float, sites: int, shares: Array) -> tuple[Array, Array]:
    """exp(hN) and what a unit rate at each site adds, from one augmented exponential."""
    size = len(matrix)
    whole = np.zeros((size + sites, size + sites))
    whole[:size, :size] = matrix
    whole[:size, size:] = shares.T
    exact = expm(hours * whole)
    return exact[:size, :size], exact[:size, size:]
