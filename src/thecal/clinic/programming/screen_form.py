"""The fields of a vendor's screen, drawn by the parts that are chosen: each in its one unit."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from thecal import devices
from thecal.clinic.programming.form import (
    Choice,
    DrugRow,
    Field,
    Maker,
    ScheduleRows,
    modes,
    pers,
)
from thecal.clinic.programming.reading import Read
from thecal.clinic.programming.screen import DELIVERS
from thecal.clinic.programming.sheet import (
    HOURS,
    MINUTES,
    ML,
    ML_PER_DAY,
    Sheet,
    dose_unit,
    rate_unit,
)


@dataclass(frozen=True)
class Bolus:
    """A dose beside the rate: whether the screen shows one, and its figures if it does."""

    asked: Field
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class ScreenForm:
    """One screen's fields by their groups.

    Attributes:
        prefix: of its names, ``before-``.
        problem: what is wrong with the whole; empty if nothing is.
        dose: what the mode asks for; empty where it asks for none.
        schedules: in the flex mode; ``per`` is the unit of their steps.
    """

    prefix: str
    title: str
    sheet: Sheet
    problem: str
    head: tuple[Field, ...]
    fill: tuple[Field, ...]
    drugs: list[DrugRow]
    mode: Field
    dose: tuple[Field, ...]
    per: Field | None
    schedules: tuple[ScheduleRows, ...]
    boluses: tuple[Bolus, ...]

    @property
    def shown(self) -> str:
        """For which units the doses stand in the form."""
        return self.sheet.shown


def screen_form(sheet: Sheet, read: Read, prefix: str, title: str) -> ScreenForm:
    """The form of one screen."""
    return _ScreenMaker(sheet, read, prefix).screen(title)


class _ScreenMaker(Maker):
    def screen(self, title: str) -> ScreenForm:
        mode, drug = self.sheet["mode"], self.sheet.primary
        daily = self.one("daily", _("Dose of %s") % (drug or "?"), rate_unit(drug, "day").shown)
        is_flex = mode == "flex"
        return ScreenForm(
            self.prefix,
            title,
            self.sheet,
            self.read.problems.get("", ""),
            self._head(),
            (
                self.one("volume", _("In the reservoir"), ML.shown),
                self.one("alarm", _("Alarm volume"), ML.shown),
            ),
            self.drugs("drug", "strength", "for"),
            self.one("mode", _("Mode"), choices=_shown_modes()),
            (daily,) if mode == "simple" else (),
            self.one("per", _("Steps are shown in"), choices=pers(drug)) if is_flex else None,
            tuple(self.schedule(k) for k in self.sheet.rows("s")) if is_flex else (),
            self._boluses(drug) if mode in DELIVERS else (),
        )

    def _head(self) -> tuple[Field, ...]:
        pumps = (("", "—"), *((key, one.name) for key, one in devices.pumps().items()))
        return (
            self.one("at", _("Read at")),
            self.one("pump", _("Pump"), choices=pumps),
            self.one("serial", _("Its serial number")),
        )

    def _boluses(self, drug: str) -> tuple[Bolus, ...]:
        return (
            self._bolus(
                self.one("has_dose", _("Patient's own doses"), choices=_is_shown()),
                self.one("dose", _("One dose of %s") % (drug or "?"), dose_unit(drug).shown),
                self.one("duration", _("Given over"), MINUTES.shown),
                self.one("lockout", _("Lockout: the next one after"), HOURS.shown),
                self.one("max", _("At most in 24 h"), _("doses")),
            ),
            self._bolus(
                self.one("has_priming", _("Priming bolus"), choices=_is_shown()),
                self.one("priming_volume", _("Its volume"), ML.shown),
                self.one("priming_duration", _("Given over"), MINUTES.shown),
            ),
            self._bolus(
                self.one("has_bridge", _("Bridge bolus"), choices=_is_shown()),
                self.one("bridge_rate", _("Its rate"), ML_PER_DAY.shown),
                self.one("bridge_duration", _("Given over"), HOURS.shown),
            ),
        )

    def _bolus(self, asked: Field, *fields: Field) -> Bolus:
        return Bolus(asked, fields if asked.value == "yes" else ())


def _shown_modes() -> tuple[Choice, ...]:
    return (("", "—"), *modes(), ("none", _("The screen shows no program")))


def _is_shown() -> tuple[Choice, ...]:
    return (("", "—"), ("no", _("None is shown")), ("yes", _("One is shown")))
