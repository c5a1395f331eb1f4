"""The editor's fields for the template: label, value, the one unit, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache, wraps

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from thecal import devices, formulary
from thecal.clinic.programming.reading import Question, Read
from thecal.clinic.programming.sheet import (
    CM,
    HOURS,
    MINUTES,
    ML,
    WEEK,
    Sheet,
    dose_unit,
    rate_unit,
    strength_unit,
)
from thecal.therapy.file.prescription import VERTEBRAE

Choice = tuple[str, str]
Choices = tuple[Choice, ...]


@dataclass(frozen=True)
class Field:
    """One field.

    Attributes:
        name: in the form; ``key`` is the same without dots, for ids.
        unit: the one unit of a number; empty for what is no number.
        choices: of a list to choose from.
        problem: why it is not read; empty if it is.
    """

    name: str
    label: str
    value: str
    unit: str = ""
    choices: Choices = ()
    hint: str = ""
    problem: str = ""
    question: Question | None = None
    echo: str = ""

    @property
    def key(self) -> str:
        """For ids."""
        return key_of(self.name)


def key_of(name: str) -> str:
    """A field's name as ids have it: without dots."""
    return name.replace(".", "-")


@dataclass(frozen=True)
class DrugRow:
    """A drug with its concentration, and the drug for which that was typed."""

    number: int
    drug: Field
    strength: Field
    mark: str
    shown_for: str
    is_first: bool


@dataclass(frozen=True)
class StepRow:
    """A step of a schedule."""

    number: int
    at: Field
    rate: Field


@dataclass(frozen=True)
class ScheduleRows:
    """A schedule: its days and its steps."""

    number: int
    days: Field
    chosen: tuple[str, ...]
    steps: tuple[StepRow, ...]


@dataclass
class Form:
    """All fields by their groups."""

    sheet: Sheet
    read: Read
    patient: list[Field] = field(default_factory=list)
    hardware: list[Field] = field(default_factory=list)
    fill: list[Field] = field(default_factory=list)
    drugs: list[DrugRow] = field(default_factory=list)
    runs: Field | None = None
    before: list[Field] = field(default_factory=list)
    old_drugs: list[DrugRow] = field(default_factory=list)
    mode: Field | None = None
    per: Field | None = None
    daily: Field | None = None
    schedules: list[ScheduleRows] = field(default_factory=list)
    has_dose: Field | None = None
    dose: list[Field] = field(default_factory=list)

    @property
    def fields(self) -> Iterator[Field]:
        """Every one, for what is said beside each."""
        yield from (*self.patient, *self.hardware, *self.fill, *self.before, *self.dose)
        for drug in (*self.drugs, *self.old_drugs):
            yield from (drug.drug, drug.strength)
        for rows in self.schedules:
            yield rows.days
            for step in rows.steps:
                yield from (step.at, step.rate)
        for one in (self.runs, self.mode, self.per, self.daily, self.has_dose):
            if one is not None:
                yield one

    @property
    def missing(self) -> list[Field]:
        """Those in which nothing stands yet."""
        return [one for one in self.fields if one.name in self.read.missing]


def names_of(sheet: Sheet) -> list[str]:
    """The names of a form's :attr:`~Form.fields`, without their words: each key asks for them."""
    drugs = [
        f"{part}.{row}"
        for group, strength in (("drug", "strength"), ("old_drug", "old_strength"))
        for row in sheet.rows(group)
        for part in (group, strength)
    ]
    steps: list[str] = []
    for k in sheet.rows("s"):
        steps.append(f"s.{k}.days")
        for i in sheet.rows(f"s.{k}"):
            steps += (f"s.{k}.{i}.at", f"s.{k}.{i}.rate")
    return [*_ALWAYS, *drugs, *steps, "runs", "mode", "per", "daily", "has_dose"]


_PATIENT = ("indication", "spasticity_origin", "opioid_tolerant", "psychosis_history")
_HARDWARE = ("pump", "tubing", "catheter", "length", "tip")
_DOSE = ("dose", "duration", "lockout", "max")
_ALWAYS = (*_PATIENT, *_HARDWARE, "volume", "alarm", "before_dose", *_DOSE)


def form_of(sheet: Sheet, read: Read) -> Form:
    """The form of a sheet."""
    return Maker(sheet, read).form()


class Maker:
    """Makes fields of a sheet; ``prefix`` keeps the names of two sheets on a page apart."""

    def __init__(self, sheet: Sheet, read: Read, prefix: str = "") -> None:
        """Take the sheet, and what was read of it."""
        self.sheet, self.read, self.prefix = sheet, read, prefix

    def form(self) -> Form:
        """The editor's form."""
        primary = self.sheet.primary
        return Form(
            self.sheet,
            self.read,
            patient=self._patient(),
            hardware=self._hardware(),
            fill=[
                self.one("volume", _("Volume in the reservoir after this visit"), "mL"),
                self.one("alarm", _("Alarm volume"), "mL", hint=_("Empty: the pump's own.")),
            ],
            drugs=self.drugs("drug", "strength", "for"),
            runs=self.one("runs", _("Before this visit"), choices=_runs()),
            before=[
                self.one(
                    "before_dose",
                    _("Dose that ran: %s") % (self.sheet["old_drug.0"] or "?"),
                    rate_unit(self.sheet["old_drug.0"], "day").shown,
                )
            ],
            old_drugs=self.drugs("old_drug", "old_strength", "old_for"),
            mode=self.one("mode", _("Mode"), choices=modes()),
            per=self.one("per", _("Steps are typed in"), choices=pers(primary)),
            daily=self.one(
                "daily", _("Dose of %s") % (primary or "?"), rate_unit(primary, "day").shown
            ),
            schedules=[self.schedule(k) for k in self.sheet.rows("s")],
            has_dose=self.one("has_dose", _("Patient's own doses"), choices=_yes_no()[1:]),
            dose=self._dose(primary),
        )

    def one(
        self,
        name: str,
        label: str,
        unit: str = "",
        *,
        choices: Choices = (),
        hint: str = "",
    ) -> Field:
        """One field, with what was read of it."""
        read = self.read
        return Field(
            self.prefix + name,
            label,
            self.sheet[name],
            unit,
            choices,
            hint,
            read.problems.get(name, ""),
            read.questions.get(name),
            read.echoes.get(name, ""),
        )

    def _patient(self) -> list[Field]:
        return [
            self.one("indication", _("Treated for"), choices=_treated()),
            self.one("spasticity_origin", _("Origin of the spasticity"), choices=_origins()),
            self.one("opioid_tolerant", _("Opioid tolerant"), choices=_yes_no()),
            self.one("psychosis_history", _("History of psychosis"), choices=_yes_no()),
        ]

    def _hardware(self) -> list[Field]:
        return [
            self.one("pump", _("Pump"), choices=_pumps()),
            self.one(
                "tubing", _("Its internal tubing"), ML.shown, hint=_("Empty: from the catalogue.")
            ),
            self.one("catheter", _("Catheter"), choices=_catheters()),
            self.one("length", _("Its length as implanted"), CM.shown),
            self.one("tip", _("Its tip"), choices=_tips()),
        ]

    def drugs(self, group: str, strength: str, mark: str) -> list[DrugRow]:
        """The drugs of a group, each with its concentration in its own unit."""
        made = []
        for place, row in enumerate(self.sheet.rows(group)):
            name = f"{group}.{row}"
            drug = self.sheet[name]
            typed_for = self.sheet[f"{mark}.{row}"] or drug
            label = _("First drug: doses are stated in it") if not place else _("Drug")
            made.append(
                DrugRow(
                    row,
                    self.one(name, label, choices=_drugs()),
                    self.one(
                        f"{strength}.{row}", _("Concentration"), strength_unit(typed_for).shown
                    ),
                    f"{self.prefix}{mark}.{row}",
                    typed_for,
                    not place,
                )
            )
        return made

    def schedule(self, k: int) -> ScheduleRows:
        """A schedule's days and steps."""
        unit = rate_unit(self.sheet.primary, self.sheet.per).shown
        steps = tuple(
            StepRow(
                i,
                self.one(f"s.{k}.{i}.at", _("From")),
                self.one(f"s.{k}.{i}.rate", _("Rate"), unit),
            )
            for i in self.sheet.rows(f"s.{k}")
        )
        days = self.one(f"s.{k}.days", _("Days"), choices=_days())
        return ScheduleRows(k, days, tuple(self.sheet.days(k)), steps)

    def _dose(self, primary: str) -> list[Field]:
        return [
            self.one("dose", _("One dose of %s") % (primary or "?"), dose_unit(primary).shown),
            self.one("duration", _("Given over"), MINUTES.shown),
            self.one("lockout", _("Lockout: the next one after"), HOURS.shown),
            self.one("max", _("At most in 24 h"), _("doses")),
        ]


def _once_a_language(make: Callable[[], Choices]) -> Callable[[], Choices]:
    """Choices of the catalogues and of fixed words: nothing but the language changes them."""

    @lru_cache(maxsize=16)
    def made(_language: str | None) -> Choices:
        return make()

    @wraps(make)
    def choices() -> Choices:
        return made(get_language())

    return choices


@_once_a_language
def _drugs() -> Choices:
    return (("", "—"), *((name, name) for name in sorted(formulary.drugs())))


@_once_a_language
def _pumps() -> Choices:
    return (("", "—"), *((key, one.name) for key, one in devices.pumps().items()))


@_once_a_language
def _catheters() -> Choices:
    return (("", "—"), *((key, one.name) for key, one in devices.catheters().items()))


@_once_a_language
def _tips() -> Choices:
    return (("", "—"), *((one, one) for one in VERTEBRAE))


@_once_a_language
def _treated() -> Choices:
    return (("", "—"), ("pain", _("Pain")), ("spasticity", _("Spasticity")))


@_once_a_language
def _origins() -> Choices:
    return (("", "—"), ("spinal", _("Spinal")), ("cerebral", _("Cerebral")))


@_once_a_language
def _yes_no() -> Choices:
    return (("", _("Not known")), ("no", _("No")), ("yes", _("Yes")))


@_once_a_language
def _runs() -> Choices:
    return (
        ("", "—"),
        ("first", _("First fill: the path is empty, nothing ran")),
        ("runs", _("A solution is in the path, and a dose ran")),
    )


@_once_a_language
def modes() -> Choices:
    """How a pump delivers."""
    return (
        ("simple", _("Simple: one rate")),
        ("flex", _("Flex: steps through the day")),
        ("minimum-rate", _("Minimum rate: no therapy")),
        ("stopped", _("Stopped: nothing is delivered")),
    )


def pers(drug: str) -> Choices:
    """The units of a drug's steps."""
    return tuple((per, rate_unit(drug, per).shown) for per in ("h", "day"))


@_once_a_language
def _days() -> Choices:
    names = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return tuple(zip(WEEK, names, strict=True))
