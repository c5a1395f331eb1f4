"""The limits of the pump at hand, in its own integers; they never come from another pump."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

from thecal.devices import MriBehaviour, Pump, PumpKind
from thecal.pump.language import PL_PER_ML, SECONDS_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_MINUTE
from thecal.units import Figure

DEFAULT_NONCRITICAL_REPEAT_S = 60 * SECONDS_PER_MINUTE
DEFAULT_CRITICAL_REPEAT_S = 10 * SECONDS_PER_MINUTE
DEFAULT_STOPPED_ALARM_AFTER_S = 48 * SECONDS_PER_HOUR


@dataclass(frozen=True, slots=True)
class PumpProfile:
    """One pump model in picolitres, seconds and picolitres per day; None is "not published".

    What is None cannot be checked by the pump: it refuses nothing on a figure that nobody knows,
    except a rate of zero and the minimum-rate mode, which must be known to be allowed.
    """

    model: str
    kind: PumpKind
    name: str = ""
    capacity_pl: int | None = None
    not_aspirable_pl: int | None = None
    lowest_rate_pl_per_day: int | None = None
    highest_rate_pl_per_day: int | None = None
    minimum_rate_pl_per_day: int | None = None
    rate_step_pl_per_day: int | None = None
    demand_dose_step_pl: int | None = None
    highest_demand_dose_pl: int | None = None
    service_life_s: int | None = None
    replacement_notice_s: int | None = None
    noncritical_repeat_s: int = DEFAULT_NONCRITICAL_REPEAT_S
    critical_repeat_s: int = DEFAULT_CRITICAL_REPEAT_S
    stopped_alarm_after_s: int = DEFAULT_STOPPED_ALARM_AFTER_S
    mri: MriBehaviour = MriBehaviour.UNKNOWN
    mri_discharge_pl: int | None = None

    @property
    def programmable(self) -> bool:
        """Whether there are electronics that hold a program, alarms and a log."""
        return self.kind is not PumpKind.FIXED_RATE

    def to_plain(self) -> dict[str, Any]:
        """Texts, integers and None, by field."""
        return {**asdict(self), "kind": str(self.kind), "mri": str(self.mri)}

    @classmethod
    def from_plain(cls, values: dict[str, Any]) -> PumpProfile:
        """The profile that :meth:`to_plain` gave.

        Raises:
            TypeError, ValueError: fields are missing or unknown.
        """
        kind, mri = PumpKind(values["kind"]), MriBehaviour(values["mri"])
        return cls(**{**values, "kind": kind, "mri": mri})

    @classmethod
    def from_catalogue(cls, pump: Pump) -> PumpProfile:
        """The catalogue's figures as integers, each rounded to the side that allows less.

        Raises:
            ValueError: a rate or dose step that is no whole number of picolitres.
        """
        return cls(
            model=pump.key,
            kind=pump.kind,
            name=pump.name,
            capacity_pl=_down(pump.reservoir, PL_PER_ML),
            not_aspirable_pl=_down(pump.not_aspirable, PL_PER_ML),
            lowest_rate_pl_per_day=_up(pump.lowest_rate, PL_PER_ML),
            highest_rate_pl_per_day=_down(pump.highest_rate, PL_PER_ML),
            minimum_rate_pl_per_day=_down(pump.minimum_rate_mode, PL_PER_ML),
            rate_step_pl_per_day=_exact(pump.rate_step),
            demand_dose_step_pl=_exact(pump.demand_dose_step),
            highest_demand_dose_pl=_down(pump.highest_demand_dose, PL_PER_ML),
            service_life_s=_down(pump.service_life, SECONDS_PER_DAY),
            replacement_notice_s=_down(pump.replacement_notice, SECONDS_PER_DAY),
            noncritical_repeat_s=_down(pump.noncritical_alarm_repeat, 1)
            or DEFAULT_NONCRITICAL_REPEAT_S,
            critical_repeat_s=_down(pump.critical_alarm_repeat, 1) or DEFAULT_CRITICAL_REPEAT_S,
            stopped_alarm_after_s=_down(pump.stopped_alarm_after, 1)
            or DEFAULT_STOPPED_ALARM_AFTER_S,
            mri=pump.mri,
            mri_discharge_pl=_up(pump.mri_discharge, PL_PER_ML),
        )


def _scaled(figure: Figure | None, factor: int) -> Fraction | None:
    return None if figure is None else figure.value * factor


def _down(figure: Figure | None, factor: int) -> int | None:
    value = _scaled(figure, factor)
    return None if value is None else floor(value)


def _up(figure: Figure | None, factor: int) -> int | None:
    value = _scaled(figure, factor)
    return None if value is None else ceil(value)


def _exact(figure: Figure | None) -> int | None:
    value = _scaled(figure, PL_PER_ML)
    if value is not None and value.denominator != 1:
        raise ValueError(f"{figure} is not a whole number of picolitres")
    return None if value is None else int(value)
