"""The drug's way through the fluid and the cord: anatomy, transport, propagator, simulation.

Needs the extra ``thecal[csf]``.
"""

try:
    import numba  # noqa: F401
    import xarray  # noqa: F401
except ImportError as missing:  # pragma: no cover - with the extra installed
    raise ImportError(
        f"{missing.name} is not installed; install Thecal with its extra: thecal[csf]",
        name=missing.name,
    ) from missing

from thecal.csf.anatomy.levels import level_at, level_position_cm, levels
from thecal.csf.anatomy.patients import Patients, population, typical
from thecal.csf.drugs.constants import constants, known_drugs
from thecal.csf.errors import CsfError
from thecal.csf.regimen import Bolus, Infusion
from thecal.csf.simulate import Model, model, sample, simulate

__all__ = [
    "Bolus",
    "CsfError",
    "Infusion",
    "Model",
    "Patients",
    "constants",
    "known_drugs",
    "level_at",
    "level_position_cm",
    "levels",
    "model",
    "population",
    "sample",
    "simulate",
    "typical",
]
