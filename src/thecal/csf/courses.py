"""The course of every drug of a bolus, a rate or a prescription: sampled, whole, and its effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from thecal.csf.drugs.constants import known_drugs
from thecal.csf.effect import Effect, effects
from thecal.csf.errors import CsfError
from thecal.csf.prescribed import prescribed
from thecal.csf.regimen import Bolus, Infusion
from thecal.csf.simulate import Model, model, recorded_times, sample, simulate
from thecal.therapy.plan import Plan

Array = NDArray[np.float64]
MOST_PICTURED = 1_000
"""Records of the whole canal that are kept; samples are kept at every record."""
_HOURS_PER_DAY = 24


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asks to follow, apart from a prescription.

    Attributes:
        drug: of a bolus or a rate; with a prescription, the only one to follow.
        tip: a level; with a prescription, it must be the prescription's.
        bolus_ug: a dose given at hour 0.
        rate_ug_per_h: a constant rate from hour 0 on.
    """

    drug: str | None = None
    tip: str | None = None
    bolus_ug: float | None = None
    rate_ug_per_h: float | None = None


@dataclass(frozen=True, slots=True)
class Regimen:
    """What one drug's fluid receives, on a clock whose hour ``zero_h`` is the course's hour 0."""

    drug: str
    tip: str
    given: str
    infusions: tuple[Infusion, ...] = ()
    boluses: tuple[Bolus, ...] = ()
    zero_h: float = 0.0


@dataclass(frozen=True)
class Courses:
    """What became of each drug.

    Attributes:
        hours: (T,) times recorded.
        levels: where the fluid was sampled.
        sampled: by drug, (T, levels) µg/mL.
        whole: by drug, the labelled arrays of :func:`thecal.csf.simulate`, at up to 1,000 records.
        effects: by drug, what it does where it matters.
        tips: by drug, the level of the tip.
        given: by drug, what was given, in words.
        says: what must be said with any of it: notes, warnings.
    """

    hours: Array
    levels: tuple[str, ...]
    sampled: Mapping[str, Array]
    whole: Mapping[str, xr.Dataset]
    effects: Mapping[str, tuple[Effect, ...]]
    tips: Mapping[str, str]
    given: Mapping[str, str]
    says: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def drugs(self) -> tuple[str, ...]:
        """The drugs followed."""
        return tuple(self.sampled)


def follow(
    order: Order,
    plan: Plan | None,
    hours: float,
    requests_per_day: int | None,
    levels: Sequence[str],
    step_h: float,
) -> Courses:
    """Follow what is ordered.

    Args:
        order: a bolus or a rate; or with a plan, which of its drugs.
        plan: an accepted plan, None for a bolus or a rate.
        hours: how long.
        requests_per_day: how often the patient asks for a dose; None: every allotted one.
        levels: where to sample the fluid.
        step_h: how often.

    Raises:
        CsfError: no such drug or level, or a dose, rate or time that cannot be.
        NotProgrammedError: the twin does not take the plan.
    """
    regimens, notes = regimens_of(order, plan, hours, requests_per_day)
    times = recorded_times(None, hours, step_h)
    every = max(1, -(-len(times) // MOST_PICTURED))
    sampled, whole, acting, warnings = {}, {}, {}, []
    for regimen in regimens:
        ready = model(regimen.drug)
        sampled[regimen.drug] = _sampled(ready, regimen, levels, times)
        picture = _whole(ready, regimen, np.union1d(times[::every], times[-1:]))
        whole[regimen.drug] = picture
        acting[regimen.drug] = effects(regimen.drug, picture)
        warnings += [f"{regimen.drug}: {text}" for text in picture.attrs["warnings"]]
    states = next(iter(whole.values())).attrs["states"]
    return Courses(
        times,
        tuple(levels),
        sampled,
        whole,
        acting,
        {one.drug: one.tip for one in regimens},
        {one.drug: one.given for one in regimens},
        {"warning": tuple(warnings), "note": (*notes, states)},
    )


def regimens_of(
    order: Order, plan: Plan | None, hours: float, requests_per_day: int | None
) -> tuple[list[Regimen], tuple[str, ...]]:
    """What each drug's fluid receives, and what is to be said with it.

    Raises:
        CsfError: as :func:`follow`.
        NotProgrammedError: likewise.
    """
    if plan is not None:
        return _prescribed(order, plan, hours, requests_per_day)
    if order.drug is None or order.tip is None:
        raise CsfError("expected a drug and the level of the catheter's tip")
    if order.bolus_ug is not None:
        bolus = Bolus(order.bolus_ug, order.tip)
        given = f"bolus of {order.bolus_ug:g} ug at 0 h"
        return [Regimen(order.drug, order.tip, given, boluses=(bolus,))], ()
    rate = order.rate_ug_per_h
    if rate is None or rate <= 0:
        raise CsfError(f"a rate of {rate or 0:g} ug/h; expected above 0")
    given = f"{rate * _HOURS_PER_DAY:g} ug/day from 0 h on"
    constant = Infusion.constant(rate, order.tip)
    return [Regimen(order.drug, order.tip, given, infusions=(constant,))], ()


def _prescribed(
    order: Order, plan: Plan, hours: float, requests_per_day: int | None
) -> tuple[list[Regimen], tuple[str, ...]]:
    found = prescribed(plan, hours, requests_per_day)
    if order.tip not in (None, found.tip):
        raise CsfError(f"the tip is at {found.tip} in the prescription, asked for is {order.tip}")
    wanted = [one for one in found.infusions if order.drug in (None, one)]
    if not wanted:
        names = ", ".join(found.infusions) or "nothing"
        raise CsfError(f"the prescription gives {names}; asked for is {order.drug}")
    for drug in wanted:
        if drug not in known_drugs():
            raise CsfError(f"unknown drug '{drug}'; expected one of: {', '.join(known_drugs())}")
    regimens = [
        Regimen(drug, found.tip, "as prescribed", (found.infusions[drug],), (), found.visit_h)
        for drug in wanted
    ]
    return regimens, found.notes


def _sampled(ready: Model, regimen: Regimen, levels: Sequence[str], times: Array) -> Array:
    values = sample(
        ready,
        levels,
        infusions=regimen.infusions,
        boluses=regimen.boluses,
        times_h=times + regimen.zero_h,
    )
    return np.asarray(values[0], dtype=np.float64)


def _whole(ready: Model, regimen: Regimen, times: Array) -> xr.Dataset:
    found = simulate(
        ready,
        infusions=regimen.infusions,
        boluses=regimen.boluses,
        times_h=times + regimen.zero_h,
    )
    shifted: dict[str, Any] = {"time": ("time", times, {"units": "h"})}
    return found.assign_coords(shifted)
