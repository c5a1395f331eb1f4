"""The change-over: while the path still holds the old solution, what reaches the patient?

After a fill the pump pushes out what its tubing and the catheter still hold. A bridge runs at
the rate that gives the new dose from the *old* concentration until the path is clear. It can
hold one drug only, since in a mixture each drug has its own ratio: the others are computed and
shown. The dose at the tip is simulated with mixing in the path, not as plug flow.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

from thecal.pump.language import PL_PER_ML, SECONDS_PER_DAY, Bolus, Bridge
from thecal.therapy.changeover.path import arrived, spread_per_day

HOURS_PER_DAY = 24
SHORTEST_WINDOW_H = 1.0
LONGEST_WINDOW_H = 24.0
_PATHS_FOLLOWED = 1.6
"""How many path volumes are followed: by then every front has passed."""
_POINTS_PER_PHASE = 96


@dataclass(frozen=True, slots=True)
class Solution:
    """What flows: drug name to µg/mL."""

    strengths: Mapping[str, Fraction]

    def of(self, drug: str) -> Fraction:
        """The concentration of a drug in µg/mL, zero if it is not in this solution."""
        return self.strengths.get(drug, Fraction(0))


@dataclass(frozen=True, slots=True)
class Phase:
    """A constant flow for a time, in mL/day and days."""

    flow_ml_per_day: float
    days: float


@dataclass(frozen=True)
class TipDose:
    """The dose of each drug at the catheter's tip after the visit.

    Attributes:
        hours: times since the visit, ascending.
        cumulative_ug: for each drug, how much has left the tip by each time.
    """

    hours: tuple[float, ...]
    cumulative_ug: Mapping[str, tuple[float, ...]]

    def by(self, drug: str, hour: float) -> float:
        """How much of a drug has left the tip by an hour, in µg."""
        times, amounts = self.hours, self.cumulative_ug[drug]
        index = min(max(bisect_left(times, hour), 1), len(times) - 1)
        (t0, t1), (m0, m1) = times[index - 1 : index + 1], amounts[index - 1 : index + 1]
        return m0 + (m1 - m0) * (hour - t0) / (t1 - t0) if t1 > t0 else m1

    def rate_range(self, drug: str, window_h: float, start_h: float = 0.0) -> tuple[float, float]:
        """The lowest and highest mean dose over any window, in µg/day."""
        last = self.hours[-1] - window_h
        edges = {h for h in self.hours if start_h <= h <= last}
        edges |= {h - window_h for h in self.hours if start_h <= h - window_h <= last}
        means = [
            (self.by(drug, h + window_h) - self.by(drug, h)) * HOURS_PER_DAY / window_h
            for h in edges or {start_h}
        ]
        return min(means), max(means)

    def rates(self, drug: str) -> list[tuple[float, float]]:
        """(hour, µg/day) at the middle of each interval, for a picture."""
        pairs = zip(pairwise(self.hours), pairwise(self.cumulative_ug[drug]), strict=True)
        return [
            ((t0 + t1) / 2, (m1 - m0) * HOURS_PER_DAY / (t1 - t0))
            for (t0, t1), (m0, m1) in pairs
            if t1 > t0
        ]


def tip_dose(
    old: Solution,
    new: Solution,
    phases: tuple[Phase, ...],
    path_ml: float,
    dead_volume_ml_per_cm: float,
) -> TipDose:
    """Follow the front between two solutions through the path.

    Args:
        old: what the path holds at the visit.
        new: what the reservoir holds after it.
        phases: the flows from the visit on; the last one goes on until the front has passed.
        path_ml: volume from rotor to tip.
        dead_volume_ml_per_cm: of the catheter.

    Returns:
        The dose at the tip; mass is conserved to the step of the integration.
    """
    drugs = tuple(dict.fromkeys((*new.strengths, *old.strengths)))
    sums = dict.fromkeys(drugs, 0.0)
    hours, amounts = [0.0], {drug: [0.0] for drug in drugs}
    shares = [0.0]
    for hour, volume, share in _walk(phases, path_ml, dead_volume_ml_per_cm):
        mean_share = (shares[-1] + share) / 2
        shares.append(share)
        hours.append(hour)
        for drug in drugs:
            before, after = float(old.of(drug)), float(new.of(drug))
            sums[drug] += volume * (before + (after - before) * mean_share)
            amounts[drug].append(sums[drug])
    return TipDose(tuple(hours), {drug: tuple(amounts[drug]) for drug in drugs})


def _walk(
    phases: tuple[Phase, ...], path_ml: float, dead_volume_ml_per_cm: float
) -> Iterator[tuple[float, float, float]]:
    """Small steps of flow as (hour at its end, its volume, share of new fluid at its end)."""
    day, pumped, variance = 0.0, 0.0, 0.0
    for phase in phases:
        growth = spread_per_day(phase.flow_ml_per_day, dead_volume_ml_per_cm)
        step = phase.days / _POINTS_PER_PHASE
        for _ in range(_POINTS_PER_PHASE):
            day += step
            volume = phase.flow_ml_per_day * step
            pumped += volume
            variance += growth * step
            yield day * HOURS_PER_DAY, volume, arrived(pumped, variance, path_ml)


@dataclass(frozen=True)
class Changeover:
    """The change from one solution and dose to another.

    Attributes:
        bridge: the bridge as the pump runs it, None if none is needed or possible.
        held: the drug whose dose the bridge holds; empty if it keeps the old dose running.
        needed: whether the solution in the path differs in the drug that doses are stated in.
        intended_ug_per_day: for every drug of either solution, the dose ordered from now on.
        before_ug_per_day: likewise, the dose that ran until now.
        path_ml: None if unknown.
        phases: the flows after the visit, empty if they cannot be known.
    """

    old: Solution
    new: Solution
    bridge: Bridge | None
    held: str
    needed: bool
    intended_ug_per_day: Mapping[str, Fraction]
    before_ug_per_day: Mapping[str, Fraction]
    path_ml: Fraction | None
    dead_volume_ml_per_cm: Fraction | None
    phases: tuple[Phase, ...]

    @property
    def drugs(self) -> tuple[str, ...]:
        """All drugs of either solution, the new primary first."""
        return tuple(self.intended_ug_per_day)

    @cached_property
    def tip(self) -> TipDose | None:
        """The simulated dose at the tip, None if the path is unknown or nothing flows."""
        if self.path_ml is None or self.dead_volume_ml_per_cm is None or not self.phases:
            return None
        return tip_dose(
            self.old,
            self.new,
            self.phases,
            float(self.path_ml),
            float(self.dead_volume_ml_per_cm),
        )

    @cached_property
    def window_h(self) -> float:
        """Over how long a dose at the tip is averaged before it is judged, in hours.

        Half the time that the path takes to clear at the first flow, so that a bridge left out
        always fills a whole window; at least an hour and at most a day.
        """
        if not self.phases or self.path_ml is None:
            return LONGEST_WINDOW_H
        clearing_h = float(self.path_ml) / self.phases[0].flow_ml_per_day * HOURS_PER_DAY
        return min(max(clearing_h / 2, SHORTEST_WINDOW_H), LONGEST_WINDOW_H)

    def clearing_hours(self) -> float | None:
        """How long the old solution takes to leave the path, in hours, plug flow."""
        if self.path_ml is None or not self.phases:
            return None
        left = float(self.path_ml)
        hours = 0.0
        for phase in self.phases:
            volume = phase.flow_ml_per_day * phase.days
            if volume >= left:
                return hours + left / phase.flow_ml_per_day * HOURS_PER_DAY
            left, hours = left - volume, hours + phase.days * HOURS_PER_DAY
        return hours

    def bridge_ug_per_day(self, drug: str) -> Fraction:
        """What the bridge delivers of a drug from the old solution, in µg/day."""
        if self.bridge is None:
            return Fraction(0)
        return Fraction(self.bridge.rate_pl_per_day, PL_PER_ML) * self.old.of(drug)


def bridge_rate(
    intended_ug_per_day: Fraction,
    primary: str,
    old: Solution,
    old_flow_ml_per_day: Fraction,
) -> Fraction:
    """The bridge's rate in mL/day.

    The new dose of the primary drug out of its old concentration; if the old solution has none
    of it, the old flow, so that the old therapy runs on until the path is clear.
    """
    strength = old.of(primary)
    return intended_ug_per_day / strength if strength else old_flow_ml_per_day


def phases_of(bridge: Bridge | None, base_ml_per_day: Fraction, path_ml: Fraction) -> list[Phase]:
    """The flows after the visit: the bridge, then the base mode until every front has passed."""
    phases: list[Phase] = []
    left = float(path_ml) * _PATHS_FOLLOWED
    if bridge is not None:
        flow = bridge.rate_pl_per_day / PL_PER_ML
        phases.append(Phase(flow, bridge.duration_s / SECONDS_PER_DAY))
        left -= flow * phases[0].days
    if base_ml_per_day > 0:
        flow = float(base_ml_per_day)
        days = max(left / flow, LONGEST_WINDOW_H / HOURS_PER_DAY)
        # Cut where the path clears: a front is short beside the days that a slow base mode takes.
        clear = max(0.0, (float(path_ml) - (float(path_ml) * _PATHS_FOLLOWED - left)) / flow)
        cuts = sorted({0.0, clear * 0.85, clear, clear * 1.15, days})
        phases += [Phase(flow, b - a) for a, b in pairwise(cuts) if b > a and b <= days]
    return phases


@dataclass(frozen=True, slots=True)
class Priming:
    """Filling an empty path so that drug is at the tip when the program starts.

    Attributes:
        bolus: as the pump runs it.
        early_ug: for each drug, what reaches the patient before the bolus ends, by mixing.
        weak_hours: how long afterwards the dose stays below half of the intended.
    """

    bolus: Bolus
    early_ug: Mapping[str, float]
    weak_hours: float


def priming_effect(
    bolus: Bolus,
    new: Solution,
    base_ml_per_day: Fraction,
    path_ml: Fraction,
    dead_volume_ml_per_cm: Fraction,
) -> Priming:
    """What mixing does to a priming bolus: some drug early, then a weak stretch."""
    days = bolus.duration_s / SECONDS_PER_DAY
    phases = [Phase(bolus.volume_pl / PL_PER_ML / days, days)]
    if base_ml_per_day > 0:
        flow = float(base_ml_per_day)
        phases.append(Phase(flow, float(path_ml) * (_PATHS_FOLLOWED - 1) / flow))
    tip = tip_dose(Solution({}), new, tuple(phases), float(path_ml), float(dead_volume_ml_per_cm))
    early = {drug: tip.by(drug, days * HOURS_PER_DAY) for drug in new.strengths}
    return Priming(bolus, early, _weak_hours(tip, new, base_ml_per_day, days * HOURS_PER_DAY))


def _weak_hours(tip: TipDose, new: Solution, base_ml_per_day: Fraction, start_h: float) -> float:
    drug = next(iter(new.strengths))
    half = float(new.of(drug) * base_ml_per_day) / 2
    after = [(hour, rate) for hour, rate in tip.rates(drug) if hour > start_h]
    strong = next((hour for hour, rate in after if rate >= half), math.inf)
    return strong - start_h if after else 0.0
