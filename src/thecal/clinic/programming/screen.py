"""The vendor's screen: a sheet with a field for each figure it shows, read as a transcription."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.utils.translation import gettext as _

from thecal import devices, formulary
from thecal.clinic.programming.entry import Amount, TypedError, Unit, read_shown
from thecal.clinic.programming.reading import Read, count_of, minute_of
from thecal.clinic.programming.sheet import (
    HOURS,
    MINUTES,
    ML,
    ML_PER_DAY,
    WEEK,
    Sheet,
    change,
    dose_unit,
    rate_unit,
    strength_unit,
)
from thecal.programmer.transcription.file import TranscriptionError, read_transcription_text
from thecal.therapy.file.prescription import Flex, Prescription

T = TypeVar("T")
MODES = ("simple", "flex", "minimum-rate", "stopped", "none")
DELIVERS = MODES[:3]
AT = "%Y-%m-%d %H:%M"
_YES, _NO = "yes", "no"
_EMPTY_STEP = ("", "")


# The sheet


def laid_out(told: Prescription | None, model: str, now: datetime) -> Sheet:
    """Fields as the prescription has its parts, with no figure: those are the screen's to say.

    Args:
        told: what ran, or what is to run; None if nothing is known to have run.
        model: the pump's, as the record has it.
        now: the clinic's own time.
    """
    sheet = Sheet({"pump": model, "at": f"{now:{AT}}", "per": "h"})
    if told is not None:
        for row, one in enumerate(told.fill.drugs):
            sheet[f"drug.{row}"] = one.drug
        sheet["mode"] = told.therapy.mode
        if isinstance(told.therapy, Flex):
            sheet.put_schedules(
                (one.days or WEEK, [_EMPTY_STEP] * len(one.steps)) for one in told.therapy.schedule
            )
    return whole(sheet)


def whole(sheet: Sheet) -> Sheet:
    """With a row for a drug and one for a step at least, and the units for which it is drawn."""
    if not sheet.rows("drug"):
        sheet["drug.0"] = ""
    if not sheet.rows("s"):
        sheet.put_schedules([(WEEK, [_EMPTY_STEP])])
    change(sheet, "show")
    return sheet


def changed(sheet: Sheet, what: str) -> Sheet:
    """Do what a button says; a rate that was read per hour is not rewritten as one per day."""
    was_per = sheet["shown"].partition(" ")[2]
    if was_per and was_per != sheet.per:
        sheet.put_schedules(
            [(days, [(at, "") for at, _rate in steps]) for days, steps in sheet.schedules()]
        )
    change(sheet, what)
    return whole(sheet)


# Reading it


def read_screen(sheet: Sheet, read_by: str) -> Read:
    """Read every field to its last digit; whatever is wrong, or blank, is said beside it."""
    return _Reader(sheet, read_by).read()


class _Reader:
    def __init__(self, sheet: Sheet, read_by: str) -> None:
        self.sheet, self.read_by, self.found = sheet, read_by, Read()
        self.lines: list[str] = ["transcription = 1"]

    def read(self) -> Read:
        for part in (self._head, self._reservoir, self._program):
            part()
        if not self.found.problems:
            self._compose()
        return self.found

    def _compose(self) -> None:
        text = "\n".join(self.lines) + "\n"
        try:
            read_transcription_text(text, _("the screen"))
        except TranscriptionError as error:
            self.found.problems[""] = str(error)
        else:
            self.found.text = text

    # One field

    def _say(self, key: str, value: str) -> None:
        self.lines.append(f"{key} = {json.dumps(value, ensure_ascii=False)}")

    def _try(self, name: str, read: Callable[[str], T]) -> T | None:
        try:
            return read(self.sheet[name])
        except TypedError as error:
            self.found.problems[name] = str(error)
            return None

    def _amount(self, name: str, unit: Unit, key: str = "") -> Amount | None:
        made = self._try(name, lambda typed: read_shown(typed, unit))
        if made and key:
            self._say(key, made.text)
        return made

    def _choice(self, name: str, known: object) -> str:
        chosen = self.sheet[name]
        if not isinstance(known, tuple | dict) or chosen not in known:
            self.found.problems[name] = _("choose one")
            return ""
        return chosen

    # The parts

    def _head(self) -> None:
        at = self._try("at", _moment)
        if at:
            self.lines.append(f"read_at = {at.isoformat()}")
        self._say("read_by", self.read_by)
        self.lines += ["", "[pump]"]
        self._say("model", self._choice("pump", dict(devices.pumps())))
        serial = self.sheet["serial"].strip()
        if not serial:
            self.found.problems["serial"] = _("nothing is typed")
        self._say("serial", serial)

    def _reservoir(self) -> None:
        self.lines += ["", "[reservoir]"]
        self._amount("volume", ML, "volume")
        self._amount("alarm", ML, "alarm_volume")
        for row in self.sheet.rows("drug"):
            drug, name = self.sheet[f"drug.{row}"], f"strength.{row}"
            if drug or self.sheet[name].strip():
                self._drug(drug, row, name)

    def _drug(self, drug: str, row: int, name: str) -> None:
        self._choice(f"drug.{row}", dict(formulary.drugs()))
        if self.sheet[f"for.{row}"] not in ("", drug):
            self.found.problems[name] = _(
                "the drug was changed: press “Show its unit”, and type the concentration again"
            )
            return
        self.lines += ["", "[[reservoir.drugs]]"]
        self._say("drug", drug)
        self._amount(name, strength_unit(drug), "concentration")

    def _program(self) -> None:
        self.lines += ["", "[program]"]
        mode = self._choice("mode", MODES)
        self._say("mode", mode)
        if mode in DELIVERS and self.sheet["shown"] not in ("", self.sheet.shown):
            self.found.problems["per"] = self.found.problems["daily"] = _(
                "the first drug, or the unit of the steps, was changed: press “Show its unit”"
            )
            return
        if mode == "simple":
            self._amount("daily", rate_unit(self.sheet.primary, "day"), "daily_dose")
        if mode in DELIVERS:
            self._boluses()
        if mode == "flex":
            self._flex()

    def _boluses(self) -> None:
        """Each as ``none`` or as a table on one line, which may stand before any other table."""
        drug = self.sheet.primary
        self._bolus(
            "has_dose",
            "patient_dose",
            [
                ("dose", "dose", dose_unit(drug)),
                ("duration", "duration", MINUTES),
                ("lockout", "lockout", HOURS),
            ],
        )
        self._bolus(
            "has_priming",
            "priming",
            [("priming_volume", "volume", ML), ("priming_duration", "duration", MINUTES)],
        )
        self._bolus(
            "has_bridge",
            "bridge",
            [("bridge_rate", "rate", ML_PER_DAY), ("bridge_duration", "duration", HOURS)],
        )

    def _bolus(self, asked: str, key: str, fields: list[tuple[str, str, Unit]]) -> None:
        if self._choice(asked, (_YES, _NO)) != _YES:
            self._say(key, "none")
            return
        read = [(part, self._amount(name, unit)) for name, part, unit in fields]
        parts = [f'{part} = "{one.text}"' for part, one in read if one]
        if key == "patient_dose" and (most := self._try("max", count_of)):
            parts.append(f"max_per_day = {most}")
        self.lines.append(f"{key} = {{ {', '.join(parts)} }}")

    def _flex(self) -> None:
        unit = rate_unit(self.sheet.primary, self.sheet.per)
        for row in self.sheet.rows("s"):
            days = self.sheet.days(row)
            if not days:
                self.found.problems[f"s.{row}.days"] = _("choose the days")
            self.lines += ["", "[[program.schedule]]", f"days = {json.dumps(days)}", "steps = ["]
            for i in self.sheet.rows(f"s.{row}"):
                self._step(f"s.{row}.{i}", unit)
            self.lines.append("]")

    def _step(self, name: str, unit: Unit) -> None:
        at, rate = self._try(f"{name}.at", minute_of), self._amount(f"{name}.rate", unit)
        if at is not None and rate:
            self.lines.append(f'  {{ at = "{self.sheet[f"{name}.at"]}", rate = "{rate.text}" }},')


def _moment(typed: str) -> datetime:
    try:
        return datetime.strptime(typed.strip(), AT)  # noqa: DTZ007  (the clinic's own time)
    except ValueError:
        raise TypedError(_("this is no date with a time; write it as 2026-03-02 10:05")) from None
