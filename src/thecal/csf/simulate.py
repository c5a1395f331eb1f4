"""Where the drug goes: one call from a drug and a regimen to labelled arrays."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from thecal.csf.anatomy.figures import anatomy
from thecal.csf.anatomy.levels import level_at
from thecal.csf.anatomy.patients import Patients, typical
from thecal.csf.drugs.constants import Constants, constants
from thecal.csf.errors import CsfError
from thecal.csf.observing import SUMS, at_places, cord_states, everywhere
from thecal.csf.propagator.checked import Check, checked_march
from thecal.csf.propagator.march import AMOUNTS, Inputs, Marched, Observed, Propagator
from thecal.csf.propagator.rational import HIGHEST_ORDER
from thecal.csf.regimen import Bolus, Infusion, cut
from thecal.csf.transport.assembly import CELLS, SHELLS, assemble
from thecal.csf.transport.shells import pools
from thecal.csf.transport.sources import entry
from thecal.csf.transport.system import System

Array = NDArray[Any]
NOT_A_DOSE = (
    "A relative picture from one calibration, not a dosing recommendation: dispersion differs "
    "between conditions over three decades, and baricity is left out."
)
UNIT = "ug/mL"


class AccuracyWarning(UserWarning):
    """A result needed the slow fallback."""


@dataclass(frozen=True, slots=True)
class Model:
    """Individuals and a drug made ready: assemble once, run any regimen.

    Attributes:
        drug: its name.
        constants: what it does.
        warnings: what every result must carry.
        patients: the individuals.
        propagator: the system with its factors.
    """

    drug: str
    constants: Constants
    warnings: tuple[str, ...]
    patients: Patients
    propagator: Propagator

    @property
    def system(self) -> System:
        """The matrix."""
        return self.propagator.system


def model(
    drug: str,
    patients: Patients | None = None,
    *,
    cells: int = CELLS,
    shells: int = SHELLS,
    order: int = HIGHEST_ORDER,
    dtype: type[np.floating[Any]] = np.float64,
) -> Model:
    """Make individuals and a drug ready.

    Raises:
        CsfError: no such drug, or a size that cannot be.
    """
    found, cautions = constants(drug)
    people = typical() if patients is None else patients
    system = assemble(people, found, cells, shells)
    return Model(drug, found, cautions, people, Propagator(system, order, dtype))


def simulate(
    drug: str | Model,
    *,
    infusions: Sequence[Infusion] = (),
    boluses: Sequence[Bolus] = (),
    times_h: Sequence[float] | Array | None = None,
    hours: float | None = None,
    step_h: float = 0.25,
    patients: Patients | None = None,
    **numerics: Any,
) -> xr.Dataset:
    """The whole course: fluid and cord along the canal, the fluid above it, plasma, amounts.

    Args:
        drug: a name, or a :class:`Model` that is used again.
        infusions: rates that are constant between edges, each at its own tip.
        boluses: doses given at once, each at its own tip.
        times_h: rising times to record at; without them every ``step_h`` up to ``hours``.
        hours: how long.
        step_h: how often.
        patients: individuals, the typical adult if none.
        numerics: ``cells``, ``shells``, ``order``, ``dtype`` of :func:`model`.

    Returns:
        Dimensions ``patient``, ``time`` (h), ``position`` (cm above the caudal end, with ``level``
        beside it), ``layer`` (cord, outermost first). A record at the time of a bolus has it.
        ``fluid`` (patient, time, position) in ug/mL; ``cord`` (patient, time, position, layer) in
        ug/mL of tissue over the partition coefficient, NaN below the conus; ``cisterna`` and
        ``cranial`` (patient, time) in ug/mL; ``plasma`` (patient, time) in ng/mL, NaN where the
        drug's plasma constants are unknown; ``amount`` (patient, time, place) in ug.

    Raises:
        CsfError: an input that describes no simulation.
    """
    found = ready(drug, patients, numerics)
    times = recorded_times(times_h, hours, step_h)
    marched, check = _march(found, infusions, boluses, times, everywhere(found.system))
    return dataset(found, times, marched, check)


def sample(
    drug: str | Model,
    places: Sequence[str | float],
    *,
    infusions: Sequence[Infusion] = (),
    boluses: Sequence[Bolus] = (),
    times_h: Sequence[float] | Array | None = None,
    hours: float | None = None,
    step_h: float = 0.25,
    patients: Patients | None = None,
    **numerics: Any,
) -> Array:
    """Only the fluid at some places: (patients, times, places) in ug/mL. As :func:`simulate`."""
    found = ready(drug, patients, numerics)
    times = recorded_times(times_h, hours, step_h)
    marched, check = _march(found, infusions, boluses, times, at_places(found.system, places))
    if check.fell_back:
        warnings.warn(f"{found.drug}: {check.by}", AccuracyWarning, stacklevel=2)
    return marched.values


def recorded_times(
    times_h: Sequence[float] | Array | None, hours: float | None, step_h: float
) -> NDArray[np.float64]:
    """The times asked for, or every step up to the hours, the last one included."""
    if times_h is not None:
        return np.asarray(times_h, dtype=np.float64)
    if hours is None or not (np.isfinite(hours) and hours > 0):
        raise CsfError(f"{hours} hours to simulate; expected above 0")
    if not (np.isfinite(step_h) and step_h > 0):
        raise CsfError(f"a step of {step_h:g} h; expected above 0")
    inner = np.arange(0.0, hours * (1 - 1e-12), step_h)
    return np.append(inner, hours)


def ready(drug: str | Model, patients: Patients | None, numerics: dict[str, Any]) -> Model:
    """A model by a drug's name, or the one given."""
    if isinstance(drug, str):
        return model(drug, patients, **numerics)
    if patients is not None or numerics:
        raise CsfError("a model has its individuals and numerics already")
    return drug


def inputs(ready: Model, infusions: Sequence[Infusion], boluses: Sequence[Bolus]) -> Inputs:
    """Where each infusion and each bolus enters."""
    spread = anatomy().dispersion
    return Inputs(
        _entries(ready, [one.tip for one in infusions], spread.infusion_sigma.internal),
        _entries(ready, [one.tip for one in boluses], spread.bolus_sigma.internal),
    )


def _entries(ready: Model, tips: list[str | float], sigma_cm: float) -> Array:
    layout, canal = ready.system.layout, ready.system.grid
    shares = [entry(layout, canal, tip, sigma_cm) for tip in tips]
    return np.array(shares).reshape(-1, layout.size)


def _march(
    ready: Model,
    infusions: Sequence[Infusion],
    boluses: Sequence[Bolus],
    times: Array,
    observed: Observed,
) -> tuple[Marched, Check]:
    _refuse_nothing(infusions, boluses)
    steps = cut(infusions, boluses, times)
    return checked_march(ready.propagator, steps, inputs(ready, infusions, boluses), observed)


def _refuse_nothing(infusions: Sequence[Infusion], boluses: Sequence[Bolus]) -> None:
    if not infusions and not boluses:
        raise CsfError("nothing is given; expected an infusion or a bolus")


def dataset(ready: Model, times: Array, marched: Marched, check: Check) -> xr.Dataset:
    """The labelled course."""
    system = ready.system
    fluid = system.layout.fluid()
    in_pools = marched.values[..., cord_states(system.layout)]
    cord = in_pools @ pools(system.layout.shells).mix.T
    cord[:, :, : system.layout.bare] = np.nan
    plasma = _plasma_ng_per_ml(ready, marched)
    amount = np.concatenate([marched.sums, marched.absorbed], axis=2)
    along = ("patient", "time")
    data = {
        "fluid": ((*along, "position"), marched.values[..., fluid[:-2]], {"units": UNIT}),
        "cord": ((*along, "position", "layer"), cord, {"units": UNIT}),
        "cisterna": (along, marched.values[..., fluid[-2]], {"units": UNIT}),
        "cranial": (along, marched.values[..., fluid[-1]], {"units": UNIT}),
        "plasma": (along, plasma, {"units": "ng/mL"}),
        "amount": ((*along, "place"), amount, {"units": "ug"}),
    }
    centres = system.grid.centres_cm
    coordinates = {
        "time": ("time", times, {"units": "h"}),
        "position": ("position", centres, {"units": "cm", "long_name": "above the caudal end"}),
        "level": ("position", [level_at(float(x)) for x in centres]),
        "layer": ("layer", np.arange(1, system.layout.shells + 1), {"long_name": "1 is outermost"}),
        "place": ("place", [*SUMS, *AMOUNTS]),
        "patient": ("patient", np.arange(len(system))),
    }
    return xr.Dataset(data, coordinates, attributes(ready) | _said(check))


def _plasma_ng_per_ml(ready: Model, marched: Marched) -> Array:
    if ready.constants.plasma is None:
        return np.full(marched.absorbed.shape[:2], np.nan)
    return np.asarray(marched.absorbed[..., 0] / ready.constants.plasma.volume.internal * 1000)


def attributes(ready: Model) -> dict[str, Any]:
    """What every result says of itself."""
    rational = ready.propagator.approximation
    return {
        "drug": ready.drug,
        "calibrated_on": ready.constants.calibrated_on,
        "warnings": list(ready.warnings),
        "states": NOT_A_DOSE,
        "method": f"rational approximation of the exponential, order {2 * len(rational.poles)}",
        "approximation_error": rational.error,
        "precision": str(ready.propagator.dtype),
        "figures": _figures(ready.constants),
    }


def _said(check: Check) -> dict[str, Any]:
    return {
        "checked_by": check.by,
        "error_of_peak": check.error,
        "fell_back": int(check.fell_back),
    }


def _figures(drug: Constants) -> list[str]:
    named = {
        name: getattr(drug, name)
        for name in ("diffusion", "elimination", "partition", "cord_diffusion", "cord_clearance")
    }
    named |= {name: getattr(anatomy().dispersion, name) for name in ("chi", "stroke_exponent")}
    named |= {"spinal_absorption": anatomy().flow.spinal_absorption}
    return [
        f"{name} = {one.value:g} {one.unit} [{one.provenance}: {one.source}]"
        for name, one in named.items()
        if one is not None
    ]
