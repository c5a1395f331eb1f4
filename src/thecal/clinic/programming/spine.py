"""The drug along the spine over the next days: step responses superposed, so that it is quick.

Doses at the tip are the rehearsal's, hour by hour; what ran before is taken to have run until
nothing changed any more, as :mod:`thecal.csf.prescribed` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from threading import Thread
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from thecal.programmer.rehearsal.run import NotProgrammedError, Rehearsal, rehearse
from thecal.programmer.report.doses import DOSE_PER_HOUR
from thecal.therapy.findings import Severity
from thecal.therapy.plan import Plan
from thecal.units import MASS

DAYS = 3
HOURS = DAYS * 24
_SHADES, _DECADES = 8, 3.0
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Ahead:
    """What the next days bring, if the plan is sent.

    Attributes:
        run: the rehearsal; None where there is none, and ``why`` says so.
        tip: by drug, (hours,) µg in each hour at the catheter's tip; None if not known.
        fluid: by drug, (hours + 1, levels) µg/mL along the spine; the time 0 is the visit.
        says: what must be said with each drug's course.
    """

    run: Rehearsal | None
    why: str
    tip: Mapping[str, tuple[float, ...]] | None
    levels: tuple[str, ...]
    fluid: Mapping[str, Array]
    says: Mapping[str, tuple[str, ...]]


def ahead(plan: Plan) -> Ahead:
    """Rehearse the plan for the next days and follow each drug.

    A ``confirm`` that nobody has signed yet does not keep it from being looked at: nothing here
    goes near a pump.
    """
    asked = replace(
        plan, findings=tuple(one for one in plan.findings if one.severity is not Severity.CONFIRM)
    )
    if any(one.severity is Severity.STOP for one in plan.findings):
        return _nothing(_("A plan with a stop is not rehearsed."))
    try:
        run = rehearse(asked, DAYS)
    except NotProgrammedError as error:
        return _nothing(str(error))
    if run.tip_ug is None:
        why = _(
            "No published figure: the volume between pump and tip. Nobody knows what leaves the"
            " tip when."
        )
        return Ahead(run, why, None, (), {}, {})
    return _followed(plan, run)


def _nothing(why: str) -> Ahead:
    return Ahead(None, why, None, (), {}, {})


def _followed(plan: Plan, run: Rehearsal) -> Ahead:
    from thecal.csf.anatomy.levels import levels  # noqa: PLC0415  (numba is slow to load)
    from thecal.csf.drugs.constants import constants, known_drugs  # noqa: PLC0415

    tip_ug, tip = run.tip_ug or {}, str(plan.case.prescription.catheter.tip)
    fluid: dict[str, Array] = {}
    says: dict[str, tuple[str, ...]] = {}
    for drug, doses in tip_ug.items():
        if drug not in known_drugs():
            says[drug] = (_("no published figure: how it moves in the spinal fluid"),)
            continue
        before = float(plan.case.before_ug_per_day.get(drug, 0)) / 24
        fluid[drug] = _course(drug, tip, before, np.array(doses))
        says[drug] = constants(drug)[1]
    return Ahead(run, "", tip_ug, tuple(levels()), fluid, says)


def _course(drug: str, tip: str, before_ug_per_h: float, doses_ug: Array) -> Array:
    """(hours + 1, levels) µg/mL: the dose before, settled, and every change of rate since."""
    step, settled = _answers(drug, tip)
    found = before_ug_per_h * np.repeat(settled[None, :], HOURS + 1, axis=0)
    changes = np.diff(doses_ug[:HOURS], prepend=before_ug_per_h)
    for hour, change in enumerate(changes):
        if change:
            found[hour:] += change * step[: HOURS + 1 - hour]
    return np.maximum(found, 0.0)


@lru_cache(maxsize=256)
def _answers(drug: str, tip: str) -> tuple[Array, Array]:
    """(hours + 1, levels) µg/mL after n hours at 1 µg/h, and what it settles at."""
    from thecal.csf import model, responses  # noqa: PLC0415
    from thecal.csf.anatomy.levels import levels  # noqa: PLC0415
    from thecal.csf.observing import at_places  # noqa: PLC0415
    from thecal.csf.propagator.steady import steady_state  # noqa: PLC0415
    from thecal.csf.regimen import Infusion  # noqa: PLC0415
    from thecal.csf.simulate import inputs  # noqa: PLC0415

    ready, names = model(drug), list(levels())
    step = responses(ready, names, [tip], grid_h=1.0, count=HOURS).step[0]
    entering = inputs(ready, (Infusion.constant(1.0, tip),), ())
    amounts = steady_state(ready.propagator, entering.sites[0])[0]
    watched = at_places(ready.system, names)
    per_ml = amounts[watched.pairs] / ready.system.volume_ml[0, watched.pairs]
    return step, np.asarray((per_ml * watched.shares).sum(-1))


def warm_up() -> None:
    """Compile the propagator in the background, once: the first preview does not wait for it."""
    if not _warming:
        _warming.append(Thread(target=_answers, args=("morphine", "T10"), daemon=True))
        _warming[0].start()


_warming: list[Thread] = []


# As a picture


@dataclass(frozen=True, slots=True)
class SpineMap:
    """Levels down, hours across, eight shades over three decades: a path for each shade.

    Attributes:
        shades: the paths, the palest first.
        top: the darkest value, in µg/mL.
        table: for a few levels, the values every twelve hours.
    """

    drug: str
    says: tuple[str, ...]
    shades: tuple[str, ...]
    legend: tuple[str, ...]
    rows: tuple[tuple[float, str], ...]
    columns: tuple[tuple[float, str], ...]
    tip_y: float
    heads: tuple[str, ...]
    table: tuple[tuple[str, tuple[str, ...]], ...]


CELL_W, CELL_H, LEFT, TOP = 8.0, 8.0, 40.0, 8.0
_EVERY = 12


def maps(plan: Plan, found: Ahead) -> list[SpineMap]:
    """A map for each drug that can be followed."""
    tip = str(plan.case.prescription.catheter.tip)
    return [_map(drug, tip, found, values) for drug, values in found.fluid.items()]


def _map(drug: str, tip: str, found: Ahead, values: Array) -> SpineMap:
    top = float(values.max())
    order = (
        list(reversed(range(len(found.levels))))
        if _rises(found.levels)
        else list(range(len(found.levels)))
    )
    names = [found.levels[i] for i in order]
    shown = values[1 : HOURS + 1, order]
    marks = [0, *range(_EVERY, HOURS + 1, _EVERY)]
    picked = [name for name in names if name in {tip, "C2", "T1", "T6", "T10", "L1", "L4"}]
    return SpineMap(
        drug,
        found.says[drug],
        _shades(shown, top),
        tuple(f"{top * 10 ** (-_DECADES * (1 - (i + 1) / _SHADES)):.2g}" for i in range(_SHADES)),
        tuple((TOP + (i + 0.8) * CELL_H, name) for i, name in enumerate(names)),
        tuple((LEFT + hour * CELL_W, str(hour)) for hour in marks),
        TOP + (names.index(tip) + 0.5) * CELL_H,
        tuple(str(hour) for hour in marks),
        tuple(
            (name, tuple(f"{values[hour, found.levels.index(name)]:.3g}" for hour in marks))
            for name in picked
        ),
    )


def _rises(levels: tuple[str, ...]) -> bool:
    """Whether the list begins at the caudal end; the picture has the head above."""
    return levels[0].startswith("S")


def _shades(shown: Array, top: float) -> tuple[str, ...]:
    if top <= 0:
        return ("",) * _SHADES
    with np.errstate(divide="ignore"):
        share = 1 + np.log10(shown / top) / _DECADES
    shade = np.clip(np.ceil(share * _SHADES) - 1, -1, _SHADES - 1).astype(int)
    return tuple(_path(shade == number) for number in range(_SHADES))


def _path(there: Any) -> str:
    """One path over every run of cells along the hours."""
    parts = []
    for row in range(there.shape[1]):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], there[:, row].astype(int), [0]])))
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            x, y, wide = LEFT + start * CELL_W, TOP + row * CELL_H, (end - start) * CELL_W
            parts.append(f"M{x:g} {y:g}h{wide:g}v{CELL_H:g}h{-wide:g}z")
    return "".join(parts)


# The dose at the tip


@dataclass(frozen=True, slots=True)
class TipPicture:
    """A drug's dose at the catheter's tip, hour by hour, beside what leaves the pump.

    Attributes:
        tip, pump: as paths; ``most`` is the top of the axis, in words.
        table: what reaches the tip on each day, beside what leaves the pump.
    """

    drug: str
    tip: str
    pump: str
    most: str
    marks: tuple[tuple[float, str], ...]
    table: tuple[tuple[str, str, str], ...]


TIP_WIDTH, TIP_HEIGHT, TIP_LEFT = 640.0, 110.0, 56.0


def tips(found: Ahead) -> list[TipPicture]:
    """A picture for each drug; none where nobody knows what leaves the tip."""
    if found.run is None or found.tip is None:
        return []
    return [_tip(drug, doses, found.run) for drug, doses in found.tip.items()]


def _tip(drug: str, doses: tuple[float, ...], run: Rehearsal) -> TipPicture:
    from thecal import formulary  # noqa: PLC0415

    pump = run.pump_ug.get(drug, (0.0,) * len(doses))
    most = max(*doses, *pump, 1e-9)
    shown = formulary.drug(drug).show
    days = [(at, at + 24) for at in range(0, HOURS, 24)]
    return TipPicture(
        drug,
        _stairs(doses, most),
        _stairs(pump, most),
        shown(Fraction(most), DOSE_PER_HOUR),
        tuple(
            (TIP_LEFT + hour * (TIP_WIDTH - TIP_LEFT) / HOURS, str(hour))
            for hour in range(0, HOURS + 1, 12)
        ),
        tuple(
            (
                f"{start}–{end}",
                shown(Fraction(sum(doses[start:end])), MASS),
                shown(Fraction(sum(pump[start:end])), MASS),
            )
            for start, end in days
        ),
    )


def _stairs(values: tuple[float, ...], most: float) -> str:
    wide, tall = (TIP_WIDTH - TIP_LEFT) / HOURS, TIP_HEIGHT - 16
    parts = [f"M{TIP_LEFT:g} {8 + tall * (1 - values[0] / most):.1f}"]
    for hour, value in enumerate(values):
        parts.append(f"V{8 + tall * (1 - value / most):.1f}H{TIP_LEFT + (hour + 1) * wide:.1f}")
    return "".join(parts)
