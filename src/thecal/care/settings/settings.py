"""What a clinic works by: the published figures, and its own where it has set some."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from thecal.care.settings.figures import CareFigure, SettingError, figures
from thecal.care.settings.schedules import Schedule, schedules


@dataclass(frozen=True, slots=True)
class Settings:
    """The figures in force.

    Attributes:
        own: the clinic's own figures by key.
        own_schedules: the clinic's own observation schedules by drug.
        off: the clinic's reason by requirement that it does without.
    """

    own: Mapping[str, CareFigure] = field(default_factory=dict)
    own_schedules: Mapping[str, Schedule] = field(default_factory=dict)
    off: Mapping[str, str] = field(default_factory=dict)

    def figure(self, key: str) -> CareFigure:
        """The figure in force; its value is None where nobody published one.

        Raises:
            SettingError: no such figure.
        """
        if key not in figures():
            known = ", ".join(figures())
            raise SettingError(f"unknown figure '{key}'; expected one of: {known}")
        return self.own.get(key) or figures()[key]

    def schedule(self, drug: str) -> Schedule | None:
        """The observation schedule in force for a drug, None where nobody published one."""
        return self.own_schedules.get(drug) or schedules().get(drug)


PUBLISHED = Settings()
"""The published figures alone."""
