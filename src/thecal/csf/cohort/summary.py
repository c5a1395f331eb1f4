"""What a cohort shows: fans of quantiles, and how many people are over or under a level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thecal.csf.cohort.store import Store
from thecal.csf.cohort.study import StudyError

Array = NDArray[np.float64]
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True)
class Fan:
    """One regimen at one level.

    Attributes:
        quantiles: (Q, T) µg/mL at :data:`QUANTILES`, exact over all patients.
        over: (T,) share of patients at or over the threshold; None without one.
        ever_over: share of patients who are at or over it at any time.
        never_over: share of patients who stay under it all the time.
        time_over_h: (Q,) hours at or over it, quantiles over the patients.
    """

    regimen: int
    level: str
    quantiles: Array
    over: Array | None
    ever_over: float | None
    never_over: float | None
    time_over_h: Array | None


@dataclass(frozen=True, slots=True)
class Summary:
    """A whole study.

    Attributes:
        times_h: (T,)
        fans: by regimen, then level.
        higher: by level, share of patients whose mean over the time is higher under the second
            regimen than under the first; empty for one regimen.
        ratio: by level, quantiles over the patients of second over first mean.
    """

    times_h: Array
    fans: tuple[Fan, ...]
    higher: dict[str, float]
    ratio: dict[str, Array]


def summarise(store: Store, threshold_ug_per_ml: float | None = None) -> Summary:
    """Read a finished study, one block of times at a time.

    Raises:
        StudyError: it is not finished.
    """
    missing = store.missing()
    if missing:
        raise StudyError(f"{store.folder}: {len(missing)} of {store.study.chunks} chunks to go")
    study = store.study
    fans, means = [], {}
    for regimen in range(len(study.regimens)):
        for index, level in enumerate(study.levels):
            fan, mean = _fan(store, regimen, index, level, threshold_ug_per_ml)
            fans.append(fan)
            means[regimen, level] = mean
    higher, ratio = {}, {}
    if len(study.regimens) > 1:
        for level in study.levels:
            first, second = means[0, level], means[1, level]
            higher[level] = float(np.mean(second > first))
            ratio[level] = np.quantile(_ratio(first, second), QUANTILES)
    return Summary(study.times_h, tuple(fans), higher, ratio)


def _ratio(first: Array, second: Array) -> Array:
    """Second over first, where there is a first."""
    there = first > 0
    return second[there] / first[there] if there.any() else np.full(1, np.nan)


def _fan(
    store: Store, regimen: int, index: int, level: str, threshold: float | None
) -> tuple[Fan, Array]:
    """The fan, and each patient's mean over time."""
    times, patients = store.study.times_h, store.study.patients
    weights = _weights(times)
    quantiles, over = np.empty((len(QUANTILES), len(times))), np.empty(len(times))
    sums, hours_over = np.zeros(patients), np.zeros(patients)
    ever, at = np.zeros(patients, dtype=bool), 0
    for block in store.by_times(regimen, index):
        here = slice(at, at + block.shape[1])
        quantiles[:, here] = np.quantile(block, QUANTILES, axis=0)
        sums += block @ weights[here]
        if threshold is not None:
            above = block >= threshold
            over[here] = above.mean(axis=0)
            ever |= above.any(axis=1)
            hours_over += above @ weights[here]
        at = here.stop
    mean = sums / weights.sum()
    if threshold is None:
        return Fan(regimen, level, quantiles, None, None, None, None), mean
    share = float(ever.mean())
    lasting = np.quantile(hours_over, QUANTILES)
    return Fan(regimen, level, quantiles, over, share, 1 - share, lasting), mean


def _weights(times: Array) -> Array:
    """The trapezium rule's weights, in h."""
    steps = np.diff(times)
    weights = np.zeros(len(times))
    weights[:-1] += steps / 2
    weights[1:] += steps / 2
    return weights
