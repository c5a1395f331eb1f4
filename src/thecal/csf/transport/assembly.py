"""From individuals and a drug to the system: volumes, faces, cord, losses.

The flux form is assembled first and divided by the capacities last, so that whatever leaves one
state enters another or the plasma.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thecal.csf.anatomy.figures import anatomy
from thecal.csf.anatomy.patients import Patients
from thecal.csf.anatomy.profile import Grid, grid
from thecal.csf.drugs.constants import Constants
from thecal.csf.errors import CsfError
from thecal.csf.transport.faces import face_rates
from thecal.csf.transport.shells import pools
from thecal.csf.transport.system import Layout, System, hangs_on

Array = NDArray[np.float64]
CELLS, SHELLS = 200, 3
_MINUTES_PER_HOUR = 60.0


def assemble(
    patients: Patients, drug: Constants, cells: int = CELLS, shells: int = SHELLS
) -> System:
    """The system of each individual.

    Raises:
        CsfError: an individual's lumbosacral fluid exceeds the whole, or too few cells.
    """
    canal = grid(cells)
    layout = Layout(cells=cells, bare=canal.bare_cells, shells=shells)
    area, fluid_ml = fluid_shape(patients, canal)
    volume = np.zeros((len(patients), layout.size))
    loss = np.zeros_like(volume)
    up, down = np.zeros_like(volume), np.zeros_like(volume)
    _fill_fluid(patients, drug, canal, layout, area, fluid_ml, (volume, loss, up, down))
    _fill_cord(patients, drug, canal, layout, (volume, loss, up, down))
    return _divide(layout, canal, drug, (volume, loss, up, down))


def fluid_shape(patients: Patients, canal: Grid) -> tuple[Array, Array]:
    """Cross-section at the faces (N, cells + 1) in cm² and volume of the cells (N, cells) in mL."""
    low, whole = patients.lumbosacral_csf_ml, patients.spinal_csf_ml
    sums = np.array(
        [
            [canal.low_below_ml, canal.high_below_ml],
            [canal.low_volume_ml.sum(), canal.high_volume_ml.sum()],
        ]
    )
    scale = np.linalg.solve(sums, np.stack([low, whole]))
    if np.any(scale <= 0):
        raise CsfError("the lumbosacral fluid must leave some of the spinal fluid above T11-12")
    area = scale[0][:, None] * canal.low_area_cm2 + scale[1][:, None] * canal.high_area_cm2
    cells = scale[0][:, None] * canal.low_volume_ml + scale[1][:, None] * canal.high_volume_ml
    return area, cells


def dispersion_cm2_per_h(
    patients: Patients, drug: Constants, x_cm: Array, area_cm2: Array, length_cm: float
) -> Array:
    """D(x) = D_m + χ ½ Σ f ΔL², ΔL = SV (x/L)^p / A, for cardiac and respiratory strokes."""
    share = (x_cm / length_cm) ** patients.stroke_exponent[:, None]
    total = np.zeros_like(area_cm2)
    for stroke, per_min in (
        (patients.cardiac_stroke_ml, patients.heart_per_min),
        (patients.respiratory_stroke_ml, patients.breath_per_min),
    ):
        excursion = stroke[:, None] * share / area_cm2
        total += per_min[:, None] * _MINUTES_PER_HOUR * excursion**2 / 2
    return np.asarray(drug.diffusion.internal + patients.chi[:, None] * total)


def elimination_per_h(patients: Patients, drug: Constants) -> Array:
    """(N,) k_e of each individual."""
    cv = drug.clearance_cv.internal if drug.clearance_cv else 0.0
    factor = np.exp(patients.clearance_log * np.sqrt(np.log1p(cv * cv)))
    return np.asarray(drug.elimination.internal * factor)


_Parts = tuple[Array, Array, Array, Array]


def _fill_fluid(
    patients: Patients,
    drug: Constants,
    canal: Grid,
    layout: Layout,
    area: Array,
    fluid_ml: Array,
    parts: _Parts,
) -> None:
    volume, loss, up, down = parts
    chain = layout.fluid()
    absorbed = patients.spinal_absorption_ml_per_h[:, None] * np.diff(canal.faces_cm)
    absorbed = absorbed / canal.length_cm
    k_e = elimination_per_h(patients, drug)[:, None]
    above = np.array([anatomy().flow.cisterna.internal, anatomy().flow.cranial.internal])
    volume[:, chain[:-2]] = fluid_ml
    volume[:, chain[-2:]] = above
    loss[:, chain] = k_e * volume[:, chain]
    loss[:, chain[:-2]] += absorbed
    to_cranial = patients.production_ml_per_h - patients.spinal_absorption_ml_per_h
    if np.any(to_cranial < 0):
        raise CsfError("the canal cannot absorb more fluid than is produced")
    loss[:, chain[-1]] += to_cranial
    mixing = dispersion_cm2_per_h(patients, drug, canal.faces_cm, area, canal.length_cm)
    conductance = (area * mixing / canal.dx_cm)[:, 1:]
    conductance[:, -1] *= 2
    flow = -np.cumsum(absorbed, axis=1)
    up[:, chain[1:-1]], down[:, chain[1:-1]] = face_rates(conductance, flow)
    exchange = (area * mixing)[:, -1] / anatomy().flow.cranial_path.internal
    up[:, chain[-1]], down[:, chain[-1]] = face_rates(exchange, to_cranial)


def _fill_cord(
    patients: Patients, drug: Constants, canal: Grid, layout: Layout, parts: _Parts
) -> None:
    volume, loss, up, down = parts
    states, unit = layout.cord(), pools(layout.shells)
    radius = canal.cord_radius_cm[layout.bare :] * patients.cord_factor[:, None]
    clearance = drug.cord_clearance.internal if drug.cord_clearance else 0.0
    for pool, (capacity, rate) in enumerate(zip(unit.capacity, unit.rate, strict=True)):
        held = drug.partition.internal * capacity * radius**2 * canal.dx_cm
        exchanged = drug.cord_diffusion.internal * capacity * rate * canal.dx_cm
        volume[:, states[:, pool]] = held
        loss[:, states[:, pool]] = clearance * held
        up[:, states[:, pool]] = down[:, states[:, pool]] = exchanged


def _divide(layout: Layout, canal: Grid, drug: Constants, parts: _Parts) -> System:
    """``up`` and ``down`` of a state: the volume rates across the face to the one it hangs on."""
    volume, loss, up, down = parts
    before = hangs_on(layout)
    here = np.flatnonzero(before >= 0)
    inner = np.zeros_like(volume)
    inner[:, here] = up[:, here] / volume[:, before[here]]
    plasma = drug.plasma
    rates = (
        [one.internal for one in (plasma.elimination, plasma.to_peripheral, plasma.to_central)]
        if plasma
        else [0.0, 0.0, 0.0]
    )
    return System(
        layout=layout,
        grid=canal,
        inner=inner,
        outer=down / volume,
        loss=loss / volume,
        volume_ml=volume,
        plasma_rates=np.tile(rates, (len(volume), 1)),
    )
