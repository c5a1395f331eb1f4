"""Read ``anatomy.toml``, which lies beside this file: the canal, its fluid, cord and flows."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from thecal.csf.figures import Measured
from thecal.units import Provenance


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Canal(_Table):
    """Sizes that the model is built on or checked against."""

    length: Measured
    conus_above_end: Measured
    spinal_csf: Measured
    cord_volume: Measured
    root_volume: Measured
    cord_surface: Measured
    dura_surface: Measured
    root_surface: Measured
    lumbosacral_csf_and_roots: Measured
    roots_below_t11_share: Measured


class Levels(_Table):
    """Length of each level, from C1 down."""

    source: str
    provenance: Provenance
    length_cm: dict[str, float]


class Area(_Table):
    """Cross-section of the fluid at some levels."""

    source: str
    provenance: Provenance
    mm2: dict[str, float]


class Cord(_Table):
    """Diameters of the cord at some levels."""

    source: str
    provenance: Provenance
    transverse_mm: dict[str, float]
    ap_mm: dict[str, float]


class Flow(_Table):
    """What moves the fluid, and the two compartments above the canal."""

    production: Measured
    spinal_absorption: Measured
    cardiac_stroke: Measured
    respiratory_stroke: Measured
    heart_rate: Measured
    breath_rate: Measured
    cisterna: Measured
    cranial: Measured
    cranial_path: Measured


class Dispersion(_Table):
    """The awake adult's calibration, one for all drugs."""

    chi: Measured
    anaesthetised_chi: Measured
    stroke_exponent: Measured
    bolus_sigma: Measured
    infusion_sigma: Measured


class Spreads(_Table):
    """How people differ."""

    spinal_csf_cv: Measured
    lumbosacral_cv: Measured
    lumbosacral_bmi_correlation: Measured
    cord_diameter_cv: Measured
    chi_log_sigma: Measured


class Anatomy(_Table):
    """The whole file."""

    canal: Canal
    levels: Levels
    csf_area: Area
    cord: Cord
    flow: Flow
    dispersion: Dispersion
    population: Spreads


@lru_cache(maxsize=1)
def anatomy() -> Anatomy:
    """Read once."""
    text = files(__package__).joinpath("anatomy.toml").read_text(encoding="utf-8")
    return Anatomy.model_validate(tomllib.loads(text))
