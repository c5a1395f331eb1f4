"""From the rotor to the catheter's tip: how much fluid lies between, and how drug moves in it.

Plug flow alone hides what happens at a front between two solutions: they mix as they travel.
In a narrow tube at these flows that is Taylor-Aris dispersion, so a front that has travelled a
volume V arrives spread by a known variance, and the share of new fluid at the tip is the
first-passage distribution of a drifting, diffusing particle (an inverse Gaussian). The tubing
inside the pump is taken as a tube of the catheter's bore.

Source of the dispersion coefficient D (1 + Pe²/48), Pe = mean speed x radius / D: Aris, Proc R
Soc A 235 (1956) 67, recalled. D = 5e-10 m²/s for a small molecule in water, recalled.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from thecal.devices import Catheter, Pump
from thecal.therapy.file.prescription import CatheterChoice, PumpChoice
from thecal.units import Provenance

DIFFUSIVITY_CM2_PER_DAY = 5e-10 * 1e4 * 86_400
"""Molecular diffusivity of a small drug in water (recalled: 5e-10 m²/s)."""

_ARIS = 48.0
_SMALL_SPREAD = 5.0


@dataclass(frozen=True, slots=True)
class FluidPath:
    """The path of one pump and catheter.

    Attributes:
        tubing_ml: internal tubing, None if unknown.
        catheter_ml: catheter as implanted, None if unknown.
        dead_volume_ml_per_cm: of the catheter, None if unknown.
        provenance: the weakest provenance of the figures used.
    """

    tubing_ml: Fraction | None
    catheter_ml: Fraction | None
    dead_volume_ml_per_cm: Fraction | None
    provenance: Provenance

    @property
    def volume_ml(self) -> Fraction | None:
        """The whole path, None if any part of it is unknown."""
        if self.tubing_ml is None or self.catheter_ml is None:
            return None
        return self.tubing_ml + self.catheter_ml


def path_of(
    pump: Pump, pump_choice: PumpChoice, catheter: Catheter, choice: CatheterChoice
) -> FluidPath:
    """The path of the pump and catheter prescribed.

    A tubing volume stated in the prescription counts where the catalogue has none.
    """
    figures = [f for f in (pump.internal_tubing, catheter.dead_volume) if f is not None]
    tubing = pump.internal_tubing.value if pump.internal_tubing else None
    if tubing is None:
        tubing = pump_choice.internal_tubing_ml
    per_cm = catheter.dead_volume.value if catheter.dead_volume else None
    volume = None if per_cm is None or choice.length_cm is None else per_cm * choice.length_cm
    return FluidPath(tubing, volume, per_cm, weakest([f.provenance for f in figures]))


_STRENGTH = (
    Provenance.FOUND,
    Provenance.DERIVED,
    Provenance.RECALLED,
    Provenance.RECALLED_WEAK,
    Provenance.ASSUMED,
)


def weakest(provenances: list[Provenance]) -> Provenance:
    """The least certain of several provenances."""
    return max(provenances, key=_STRENGTH.index, default=Provenance.ASSUMED)


def spread_per_day(flow_ml_per_day: float, dead_volume_ml_per_cm: float) -> float:
    """How fast a front's variance grows, in mL² per day, at a constant flow.

    Args:
        flow_ml_per_day: flow in mL/day.
        dead_volume_ml_per_cm: the bore's area, in mL/cm (which is cm²).
    """
    area_cm2 = dead_volume_ml_per_cm
    radius_cm = math.sqrt(area_cm2 / math.pi)
    peclet = flow_ml_per_day / area_cm2 * radius_cm / DIFFUSIVITY_CM2_PER_DAY
    dispersion_cm2_per_day = DIFFUSIVITY_CM2_PER_DAY * (1 + peclet**2 / _ARIS)
    return 2 * dispersion_cm2_per_day * area_cm2**2


def arrived(pumped_ml: float, variance_ml2: float, path_ml: float) -> float:
    """The share of new fluid in what leaves the tip, 0 to 1.

    Args:
        pumped_ml: volume pumped since the front left the rotor.
        variance_ml2: the front's variance after that volume.
        path_ml: volume from the rotor to the tip.
    """
    if pumped_ml <= 0:
        return 0.0
    if variance_ml2 <= 0 or path_ml <= 0:
        return 1.0 if pumped_ml >= path_ml else 0.0
    spread = math.sqrt(variance_ml2)
    ahead = (path_ml - pumped_ml) / spread
    behind = (path_ml + pumped_ml) / spread
    direct = 0.5 * math.erfc(ahead / math.sqrt(2))
    # exp(2 V L / s²) Q(behind), written so that the large and the small factor never meet.
    reflected = math.exp(-(ahead**2) / 2) * _scaled_tail(behind)
    return min(1.0, direct + reflected)


def _scaled_tail(z: float) -> float:
    """exp(z²/2) times the normal upper tail at z > 0."""
    if z < _SMALL_SPREAD:
        return math.exp(z * z / 2) * 0.5 * math.erfc(z / math.sqrt(2))
    fraction = z + 4 / z
    for term in (3, 2, 1):
        fraction = z + term / fraction
    return 1 / (fraction * math.sqrt(2 * math.pi))
