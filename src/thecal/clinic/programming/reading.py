"""From the sheet to the prescription file: each field read, refused or questioned."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeVar

from django.utils.translation import gettext as _

from thecal import devices, formulary
from thecal.clinic.prescriptions.checking import said
from thecal.clinic.programming.entry import (
    Amount,
    MissingError,
    TypedError,
    Unit,
    doubt,
    read_amount,
)
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
from thecal.clinic.record.refusals import InvalidError
from thecal.therapy.file.prescription import VERTEBRAE

T = TypeVar("T")
MODES = ("simple", "flex", "minimum-rate", "stopped")
INDICATIONS = ("pain", "spasticity")
_MOST_DOSES = 1440
_HOURS_PER_DAY = 24
_quoted = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class Question:
    """A number that was read and is doubted; ``token`` answers it, and this very number alone.

    Attributes:
        typed: the number with its field's unit, as the question repeats it.
    """

    token: str
    why: str
    is_answered: bool
    typed: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day's doses as typed: (minute, rate of the primary drug in µg/h), for the picture."""

    schedule: int
    days: tuple[str, ...]
    steps: tuple[tuple[int, Fraction], ...]


@dataclass
class Read:
    """What the sheet says.

    Attributes:
        text: the prescription file; empty while a field is not read.
        problems: by field, why it is not read; the empty name is the whole sheet.
        missing: the fields in which nothing stands yet.
        questions: by field.
        echoes: by field, the number again in words of the other units.
        days: the days whose steps can all be read.
    """

    text: str = ""
    problems: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    echoes: dict[str, str] = field(default_factory=dict)
    days: list[Day] = field(default_factory=list)

    @property
    def open_questions(self) -> dict[str, Question]:
        """Those that nobody has answered."""
        return {name: one for name, one in self.questions.items() if not one.is_answered}

    @property
    def is_whole(self) -> bool:
        """Whether it is a prescription, and nothing in it is doubted."""
        return bool(self.text) and not self.open_questions


@dataclass(frozen=True, slots=True)
class Now:
    """What runs now, to doubt numbers by: µg/day of each drug by mean day, and µg/mL."""

    daily: Mapping[str, Fraction] = field(default_factory=dict)
    strengths: Mapping[str, Fraction] = field(default_factory=dict)
    volume_ml: Fraction | None = None


def read_sheet(sheet: Sheet, age_years: int, now: Now) -> Read:
    """Read every field; whatever is wrong is said beside it."""
    return _Reader(sheet, age_years, now).read()


class _Reader:
    def __init__(self, sheet: Sheet, age_years: int, now: Now) -> None:
        self.sheet, self.age, self.now, self.found = sheet, age_years, now, Read()
        self.sure = set(sheet["sure"].split())
        self.lines: list[str] = []

    def read(self) -> Read:
        for part in (self._patient, self._hardware, self._fill, self._before, self._therapy):
            part()
        if not self.found.problems and not self.found.missing:
            self._compose()
        return self.found

    def _compose(self) -> None:
        text = "\n".join(["schema = 1", *self.lines]) + "\n"
        try:
            said(text)
        except InvalidError as error:
            where = _("the form")
            self.found.problems[""] = f"{where}: {error.problems['text']}"
        else:
            self.found.text = text

    # One field

    def _say(self, key: str, value: str) -> None:
        self.lines.append(f"{key} = {_quoted(value)}")

    def _try(self, name: str, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except MissingError as error:
            self.found.missing[name] = str(error)
        except TypedError as error:
            self.found.problems[name] = str(error)
        return None

    def _amount(
        self, name: str, unit: Unit, *, old: Fraction | None = None, zero: bool = False
    ) -> Amount | None:
        made = self._try(name, lambda: read_amount(self.sheet[name], unit, may_be_zero=zero))
        if made is not None and (why := doubt(made.value, old)):
            token = f"{name}={made.text.replace(' ', '_')}"
            typed = f"{self.sheet[name]} {unit.shown}"
            self.found.questions[name] = Question(token, why, token in self.sure, typed)
        return made

    def _choice(self, name: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
        chosen = self.sheet[name]
        if chosen in known:
            return chosen
        if chosen:
            self.found.problems[name] = _("no such choice")
        else:
            self.found.missing[name] = _("choose one")
        return ""

    # The parts of the file

    def _patient(self) -> None:
        self.lines += ["", "[patient]"]
        indication = self._choice("indication", INDICATIONS)
        self._say("indication", indication)
        if indication == "spasticity":
            self._say(
                "spasticity_origin", self._choice("spasticity_origin", ("spinal", "cerebral"))
            )
        for name in ("opioid_tolerant", "psychosis_history"):
            answer = self.sheet[name]
            if answer in ("yes", "no"):
                self.lines.append(f"{name} = {'true' if answer == 'yes' else 'false'}")
        self.lines.append(f"age_years = {self.age}")

    def _hardware(self) -> None:
        self.lines += ["", "[pump]"]
        self._say("model", self._choice("pump", devices.pumps()))
        if self.sheet["tubing"] and (tubing := self._amount("tubing", ML)):
            self._say("internal_tubing", tubing.text)
        self.lines += ["", "[catheter]"]
        self._say("model", self._choice("catheter", devices.catheters()))
        if self.sheet["length"] and (length := self._amount("length", CM)):
            self._say("length", length.text)
        self._say("tip", self._choice("tip", VERTEBRAE))

    def _fill(self) -> None:
        self.lines += ["", "[fill]"]
        if volume := self._amount("volume", ML, old=self.now.volume_ml):
            self._say("volume", volume.text)
        if self.sheet["alarm"] and (alarm := self._amount("alarm", ML, zero=True)):
            self._say("alarm_volume", alarm.text)
        self._drugs("fill", "drug", "strength", "for", self.now.strengths)

    def _drugs(
        self, group: str, drug: str, strength: str, mark: str, old: Mapping[str, Fraction]
    ) -> None:
        rows = self.sheet.rows(drug)
        if not rows:
            self.found.missing[f"{drug}.0"] = _("choose a drug")
        for row in rows:
            name = self._choice(f"{drug}.{row}", formulary.drugs())
            if name and self.sheet[f"{mark}.{row}"] not in ("", name):
                self.found.problems[f"{strength}.{row}"] = _(
                    "the drug was changed: press “Show its unit”, and type the concentration again"
                )
                continue
            unit = strength_unit(name)
            amount = self._amount(f"{strength}.{row}", unit, old=old.get(name))
            if name and amount:
                self.lines += ["", f"[[{group}.drugs]]"]
                self._say("drug", name)
                self._say("concentration", amount.text)

    def _before(self) -> None:
        runs = self._choice("runs", ("first", "runs"))
        if runs != "runs":
            return
        drug = self.sheet["old_drug.0"]
        self.lines += ["", "[before]"]
        if self.sheet["old_shown"] not in ("", drug):
            self.found.problems["before_dose"] = _(
                "the drug was changed: press “Show its unit”, and type the dose again"
            )
        elif dose := self._amount("before_dose", rate_unit(drug, "day"), zero=True):
            self._say("daily_dose", dose.text)
        self._drugs("before", "old_drug", "old_strength", "old_for", {})

    # Therapy

    def _therapy(self) -> None:
        mode = self._choice("mode", MODES)
        self.lines += ["", "[therapy]"]
        self._say("mode", mode)
        if mode in ("simple", "flex") and self.sheet["shown"] not in ("", self.sheet.shown):
            self.found.problems["per"] = _(
                "the first drug, or the unit of the steps, was changed: press “Show its unit”"
            )
            return
        if mode == "simple":
            self._simple()
        if mode == "flex":
            self._flex()
        if mode in MODES[:-1] and self.sheet["has_dose"] == "yes":
            self._patient_dose()

    def _simple(self) -> None:
        primary = self.sheet.primary
        amount = self._amount("daily", rate_unit(primary, "day"), old=self.now.daily.get(primary))
        if amount:
            self._say("daily_dose", amount.text)
            self._echo_rate("daily", amount.value)
            self.found.days.append(Day(0, WEEK, ((0, amount.value / _HOURS_PER_DAY),)))

    def _echo_rate(self, name: str, ug_per_day: Fraction) -> None:
        """Both ways to say a rate: who mistook one for the other sees it."""
        drug = formulary.drugs().get(self.sheet.primary)
        if drug is not None:
            from thecal.programmer.report.doses import DOSE_PER_HOUR  # noqa: PLC0415  (slow to load)
            from thecal.units import DOSE_RATE  # noqa: PLC0415

            hour = drug.show(ug_per_day / _HOURS_PER_DAY, DOSE_PER_HOUR)
            self.found.echoes[name] = f"= {hour} = {drug.show(ug_per_day, DOSE_RATE)}"

    def _flex(self) -> None:
        rows = self.sheet.rows("s")
        if not rows:
            self.found.missing["s.0.days"] = _("no schedule is there: add one")
        for row in rows:
            days = self.sheet.days(row)
            if not days:
                self.found.missing[f"s.{row}.days"] = _("choose the days")
            self.lines += ["", "[[therapy.schedule]]", f"days = {json.dumps(days)}", "steps = ["]
            self._steps(row, tuple(days))
            self.lines.append("]")

    def _steps(self, row: int, days: tuple[str, ...]) -> None:
        unit, primary = rate_unit(self.sheet.primary, self.sheet.per), self.sheet.primary
        old, steps = self.now.daily.get(primary), []
        for i in self.sheet.rows(f"s.{row}"):
            at_name, rate_name = f"s.{row}.{i}.at", f"s.{row}.{i}.rate"
            at = self._try(at_name, lambda name=at_name: minute_of(self.sheet[name]))  # type: ignore[misc]
            rate = self._amount(rate_name, unit, old=old, zero=True)
            if at is None or rate is None:
                continue
            self._echo_rate(rate_name, rate.value)
            self.lines.append(f'  {{ at = "{self.sheet[at_name]}", rate = "{rate.text}" }},')
            steps.append((at, rate.value / _HOURS_PER_DAY))
        if steps and len(steps) == len(self.sheet.rows(f"s.{row}")):
            self.found.days.append(Day(row, days, tuple(sorted(steps))))

    def _patient_dose(self) -> None:
        dose = self._amount("dose", dose_unit(self.sheet.primary))
        duration, lockout = self._amount("duration", MINUTES), self._amount("lockout", HOURS)
        most = self._try("max", lambda: count_of(self.sheet["max"]))
        if dose and duration and lockout and most:
            self.lines += ["", "[therapy.patient_dose]"]
            self._say("dose", dose.text)
            self._say("duration", duration.text)
            self._say("lockout", lockout.text)
            self.lines.append(f"max_per_day = {most}")


def minute_of(text: str) -> int:
    """A time of day, typed as 07:00."""
    if not text:
        raise MissingError(_("nothing is typed"))
    hours, _sep, minutes = text.partition(":")
    well = len(hours) == len(minutes) == 2 and (hours + minutes).isascii()  # noqa: PLR2004
    if not well or not (hours + minutes).isdigit() or int(hours) > 23 or int(minutes) > 59:  # noqa: PLR2004
        raise TypedError(_("this is no time of day; write it as 07:00"))
    return int(hours) * 60 + int(minutes)


def count_of(text: str) -> int:
    """How many doses, typed as a whole number."""
    if not text:
        raise MissingError(_("nothing is typed"))
    if not (text.isascii() and text.isdigit()) or text.startswith("0"):
        raise TypedError(_("write how many as a whole number: 4"))
    if len(text) > len(str(_MOST_DOSES)) or int(text) > _MOST_DOSES:
        raise TypedError(_("so many are not given in a day"))
    return int(text)
