"""When must the patient come back: reservoir, drug stability, mixture stability, the earliest.

Two dates: the refill at nominal accuracy, and the latest safe one at the pump's upper accuracy.
Both assume that every allotted patient dose is taken, and include the bridge.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from thecal.formulary import Drug, stability_of
from thecal.pump.language import PL_PER_ML, SECONDS_PER_DAY, Bridge
from thecal.units import Figure, Provenance

_PERCENT = 100


class LimitedBy(StrEnum):
    """What sets the refill date."""

    RESERVOIR = "reservoir"
    STABILITY = "stability"
    MIXTURE = "mixture"
    CLINIC = "clinic"


@dataclass(frozen=True, slots=True)
class Cap:
    """A limit on the refill interval that does not depend on the flow."""

    by: LimitedBy
    days: Fraction
    why: str
    source: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Refill:
    """The refill interval.

    Attributes:
        reservoir_days: until the alarm volume at nominal accuracy; None if never or unknown.
        reservoir_days_upper: likewise at the pump's upper accuracy; None if that is unknown.
        days: the refill, capped; None if nothing limits it or the reservoir's time is unknown.
        latest_safe_days: likewise at the upper accuracy.
        limited_by: what sets ``days``, None if nothing is known to.
        caps: every cap that is known.
    """

    reservoir_days: Fraction | None
    reservoir_days_upper: Fraction | None
    days: Fraction | None
    latest_safe_days: Fraction | None
    limited_by: LimitedBy | None
    caps: tuple[Cap, ...]

    def due(self, visit: date) -> date | None:
        """The last whole day at nominal accuracy, counted from the day of the visit."""
        return _after(visit, self.days)

    def latest_safe(self, visit: date) -> date | None:
        """The last whole day at the pump's upper accuracy."""
        return _after(visit, self.latest_safe_days)


def _after(visit: date, days: Fraction | None) -> date | None:
    """The date so many whole days on, None if it is unknown or beyond the calendar."""
    try:
        return None if days is None else visit + timedelta(days=int(days))
    except OverflowError:
        return None


def days_to_empty(
    usable_ml: Fraction,
    flow_ml_per_day: Fraction,
    bridge: Bridge | None = None,
    over_delivery: Fraction = Fraction(0),
) -> Fraction | None:
    """Days until ``usable_ml`` has left the pump.

    Args:
        usable_ml: fill less alarm volume.
        flow_ml_per_day: after the bridge, all allotted patient doses included.
        bridge: what runs first.
        over_delivery: the share by which the pump exceeds what it was told, 0.145 for +14.5 %.

    Returns:
        Days; None if the volume is never reached.
    """
    scale, days, left = 1 + over_delivery, Fraction(0), usable_ml
    if bridge is not None and left > 0:
        flow = Fraction(bridge.rate_pl_per_day, PL_PER_ML) * scale
        lasts = Fraction(bridge.duration_s, SECONDS_PER_DAY)
        if flow * lasts >= left:
            return left / flow
        left, days = left - flow * lasts, lasts
    if left <= 0:
        return Fraction(0)
    return days + left / (flow_ml_per_day * scale) if flow_ml_per_day else None


@dataclass(frozen=True, slots=True)
class Stored:
    """A drug in the reservoir, in µg/mL; ``first_fill``: the pump has not held it before."""

    drug: Drug
    strength: Fraction
    first_fill: bool


def caps_of(mixture: list[Stored], clinic_days: Fraction | None) -> Iterator[Cap]:
    """Every published limit on how long this fill may stay, and the clinic's own.

    Args:
        mixture: each drug of it.
        clinic_days: the clinic's longest interval, if it has one.
    """
    for stored in mixture:
        days = drug_stability(stored)
        if days is not None:
            why = f"{stored.drug.name} may stay in a pump for {days}"
            yield Cap(LimitedBy.STABILITY, days.value, why, days.source, days.provenance)
    if len(mixture) > 1:
        published = stability_of({stored.drug.name: stored.strength for stored in mixture})
        if published is not None and published.days is not None:
            names = " + ".join(sorted(published.drugs))
            why = f"{names} together: {published.result}"
            yield Cap(
                LimitedBy.MIXTURE,
                published.days.value,
                why,
                published.source,
                published.provenance,
            )
    if clinic_days is not None:
        source, found = "stated for this plan", Provenance.FOUND
        yield Cap(LimitedBy.CLINIC, clinic_days, "the clinic's own interval", source, found)


def drug_stability(stored: Stored) -> Figure | None:
    """How long one drug may stay in a pump: the shortest that applies, None if unknown."""
    sold = {product.concentration.value for product in stored.drug.products if product.for_pump}
    undiluted = stored.strength in sold
    applies = {"always", "undiluted" if undiluted else "diluted"}
    if stored.first_fill:
        applies.add("first-fill")
    figures = [one.days for one in stored.drug.stability if one.when in applies]
    return min(figures, key=lambda one: one.value, default=None)


def plan_refill(
    usable_ml: Fraction | None,
    flow_ml_per_day: Fraction,
    bridge: Bridge | None,
    upper_accuracy_percent: Fraction | None,
    caps: tuple[Cap, ...],
) -> Refill:
    """Put reservoir and caps together.

    ``usable_ml`` is None where the alarm volume is not known; ``upper_accuracy_percent`` is None
    where the pump's is not published. What is unknown stays unknown.
    """
    nominal = upper = None
    if usable_ml is not None:
        nominal = days_to_empty(usable_ml, flow_ml_per_day, bridge)
        if upper_accuracy_percent is not None:
            share = upper_accuracy_percent / _PERCENT
            upper = days_to_empty(usable_ml, flow_ml_per_day, bridge, share)
    never = usable_ml is not None and nominal is None
    days, by = _earliest(nominal, never, caps)
    latest, _ = _earliest(upper, never, caps)
    return Refill(nominal, upper, days, latest, by, caps)


def _earliest(
    reservoir_days: Fraction | None, never_empties: bool, caps: tuple[Cap, ...]
) -> tuple[Fraction | None, LimitedBy | None]:
    if reservoir_days is None and not never_empties:
        return None, None
    limits = [(cap.days, cap.by) for cap in caps]
    if reservoir_days is not None:
        limits.insert(0, (reservoir_days, LimitedBy.RESERVOIR))
    return min(limits, key=lambda one: one[0], default=(None, None))
