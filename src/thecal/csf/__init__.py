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
from thecal.csf.periodic import mean_concentration, periodic
from thecal.csf.regimen import Bolus, Infusion
from thecal.csf.responses import Responses, responses
from thecal.csf.simulate import AccuracyWarning, Model, model, sample, simulate

__all__ = [
    "AccuracyWarning",
    "Bolus",
    "CsfError",
    "Infusion",
    "Model",
    "Patients",
    "Responses",
    "constants",
    "known_drugs",
    "level_at",
    "level_position_cm",
    "levels",
    "mean_concentration",
    "model",
    "periodic",
    "population",
    "responses",
    "sample",
    "simulate",
    "typical",
]
