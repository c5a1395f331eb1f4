"""The figures of the checks themselves: ``thresholds.toml``, beside this file."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from thecal.units import PercentFigure, VolumeFigure


class Thresholds(BaseModel):
    """Where the checks draw their lines.

    Attributes:
        tip_dose_lowest: the least share of the intended dose at the tip.
        tip_dose_highest: the largest.
        ten_fold: the ratio of new to old that a slip of the decimal mark makes.
        residual_difference: the largest unexplained difference at a refill.
        rounding: the most that an order may differ from what the pump's integers hold.
        advised_alarm_volume: for drugs with a dangerous withdrawal.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    tip_dose_lowest: PercentFigure
    tip_dose_highest: PercentFigure
    ten_fold: PercentFigure
    residual_difference: VolumeFigure
    advised_alarm_volume: VolumeFigure
    rounding: PercentFigure


@lru_cache(maxsize=1)
def thresholds() -> Thresholds:
    """Read once."""
    text = files(__package__).joinpath("thresholds.toml").read_text(encoding="utf-8")
    return Thresholds(**tomllib.loads(text))
