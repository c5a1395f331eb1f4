"""The figures of care, and a clinic's own in their place: ``figures.toml``, beside this file."""

from thecal.care.settings.figures import CareFigure, SettingError, figures
from thecal.care.settings.schedules import Schedule, Screening, Step, schedules, screenings
from thecal.care.settings.settings import PUBLISHED, Settings

__all__ = [
    "PUBLISHED",
    "CareFigure",
    "Schedule",
    "Screening",
    "SettingError",
    "Settings",
    "Step",
    "figures",
    "schedules",
    "screenings",
]
