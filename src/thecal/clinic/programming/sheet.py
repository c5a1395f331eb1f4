"""The sheet: what stands in the editor's fields, as typed, and the steps that change its rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from thecal import formulary
from thecal.clinic.programming.entry import TypedError, Unit, read_amount, written
from thecal.therapy.file.prescription import WEEKDAYS, clock
from thecal.units import CONCENTRATION, DOSE_RATE, DURATION, FLOW, LENGTH, MASS, VOLUME

ML, CM = Unit("mL", VOLUME), Unit("cm", LENGTH)
ML_PER_DAY = Unit("mL/day", FLOW)
MINUTES, HOURS = Unit("min", DURATION), Unit("h", DURATION)
WEEKEND, WEEK = ("sat", "sun"), tuple(WEEKDAYS)
MOST_FIELDS, MOST_LENGTH = 600, 200
MOST_DRUGS, MOST_STEPS, MOST_DAYS = 6, 48, 7
_NAME = re.compile(r"[a-z_]{1,24}(\.[0-9]{1,2}){0,2}(\.(days|at|rate))?")
_AN_HOUR_LATER, _LAST_MINUTE = 60, 24 * 60 - 1


class Posted(Protocol):
    """A form as a browser sends it."""

    def getlist(self, key: str) -> list[str]:
        """Every value of a field."""

    def __iter__(self) -> Iterator[str]:
        """The fields' names."""


def strength_unit(drug: str) -> Unit:
    """A drug's concentration: in the unit that the field gives its doses in."""
    return Unit(f"{shown_in(drug)}/mL", CONCENTRATION)


def dose_unit(drug: str) -> Unit:
    """A drug's dose."""
    return Unit(shown_in(drug), MASS)


def rate_unit(drug: str, per: str) -> Unit:
    """A drug's dose per hour or per day."""
    return Unit(f"{shown_in(drug)}/{per}", DOSE_RATE)


def shown_in(drug: str) -> str:
    """``mg`` or ``ug``; mg where the drug is not chosen yet."""
    return formulary.drugs()[drug].shown_in if drug in formulary.drugs() else "mg"


@dataclass
class Sheet:
    """The fields by name; a missing one is empty."""

    fields: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")

    def __setitem__(self, name: str, value: str) -> None:
        self.fields[name] = value

    @property
    def primary(self) -> str:
        """The drug in which doses are stated; empty while none is chosen."""
        return self["drug.0"]

    @property
    def per(self) -> str:
        """Whether steps are typed per ``h`` or per ``day``."""
        return "day" if self["per"] == "day" else "h"

    @property
    def shown(self) -> str:
        """For which units the doses stand in the form."""
        return f"{self.primary} {self.per}"

    def rows(self, prefix: str) -> list[int]:
        """The numbers of a group's rows: ``drug`` or ``s`` or ``s.0``."""
        start, length = f"{prefix}.", len(prefix) + 1
        heads = {name[length:].partition(".")[0] for name in self.fields if name.startswith(start)}
        return sorted({int(one) for one in heads if one.isdigit()})

    def days(self, schedule: int) -> list[str]:
        """The days of a schedule."""
        return [day for day in WEEK if day in self[f"s.{schedule}.days"].split()]

    def steps(self, schedule: int) -> list[tuple[str, str]]:
        """Time and rate of each step, as typed."""
        rows = self.rows(f"s.{schedule}")
        return [(self[f"s.{schedule}.{i}.at"], self[f"s.{schedule}.{i}.rate"]) for i in rows]

    def put_schedules(
        self, schedules: Iterable[tuple[Iterable[str], Iterable[tuple[str, str]]]]
    ) -> None:
        """In place of those that stand."""
        for name in [one for one in self.fields if one.startswith("s.")]:
            del self.fields[name]
        for k, (days, steps) in enumerate(schedules):
            self[f"s.{k}.days"] = " ".join(days)
            for i, (at, rate) in enumerate(steps):
                self[f"s.{k}.{i}.at"], self[f"s.{k}.{i}.rate"] = at, rate

    def schedules(self) -> list[tuple[list[str], list[tuple[str, str]]]]:
        """Days and steps of each."""
        return [(self.days(k), self.steps(k)) for k in self.rows("s")]


def posted(form: Posted) -> Sheet:
    """The sheet that a browser sent; what is no field of it, or too much, is left out."""
    names = [name for name in list(form)[:MOST_FIELDS] if _NAME.fullmatch(name)]
    return Sheet({name: " ".join(form.getlist(name))[:MOST_LENGTH] for name in names})


# Steps that change the rows: each is a button, and works without a script

Change = Callable[[Sheet, list[int]], None]


def change(sheet: Sheet, what: str) -> None:
    """Do what a button says: ``add-step:0``, ``remove-drug:1``, ``weekend:0``."""
    name, _, rest = what.partition(":")
    numbers = [int(one) for one in rest.split(".") if one.isdigit()]
    if name in _CHANGES:
        _CHANGES[name](sheet, numbers)
    _follow_units(sheet)


def _add_step(sheet: Sheet, numbers: list[int]) -> None:
    """An hour after the last one, with no rate: that is for a person to say."""
    made = sheet.schedules()
    steps = made[numbers[0]][1]
    if len(steps) < MOST_STEPS:
        steps.append((_after(steps[-1][0]) if steps else "00:00", ""))
    sheet.put_schedules(made)


def _after(at: str) -> str:
    hours, _, minutes = at.partition(":")
    if not (hours.isdigit() and minutes.isdigit()):
        return ""
    later = int(hours) * 60 + int(minutes) + _AN_HOUR_LATER
    return clock(later) if later <= _LAST_MINUTE else ""


def _remove_step(sheet: Sheet, numbers: list[int]) -> None:
    made = sheet.schedules()
    del made[numbers[0]][1][numbers[1]]
    sheet.put_schedules(made)


def _add_days(sheet: Sheet, _: list[int]) -> None:
    """A schedule for the days that no other has."""
    made = sheet.schedules()
    taken = {day for days, _ in made for day in days}
    if len(made) < MOST_DAYS:
        made.append(([day for day in WEEK if day not in taken], [("00:00", "")]))
    sheet.put_schedules(made)


def _remove_days(sheet: Sheet, numbers: list[int]) -> None:
    made = sheet.schedules()
    del made[numbers[0]]
    sheet.put_schedules(made)


def _copy_to_weekend(sheet: Sheet, numbers: list[int]) -> None:
    """Saturday and Sunday get this schedule's steps as a schedule of their own, to be changed."""
    made = sheet.schedules()
    steps = list(made[numbers[0]][1])
    kept = [([day for day in days if day not in WEEKEND], own) for days, own in made]
    sheet.put_schedules([*(one for one in kept if one[0]), (list(WEEKEND), steps)])


def _every_day(sheet: Sheet, numbers: list[int]) -> None:
    """This schedule on every day, and no other."""
    sheet.put_schedules([(list(WEEK), sheet.schedules()[numbers[0]][1])])


def _add_drug(sheet: Sheet, _: list[int]) -> None:
    rows = sheet.rows("drug")
    if len(rows) < MOST_DRUGS:
        sheet[f"drug.{rows[-1] + 1 if rows else 0}"] = ""


def _remove_drug(sheet: Sheet, numbers: list[int]) -> None:
    _remove_row(sheet, ("drug", "strength", "for"), numbers[0])


def _add_before(sheet: Sheet, _: list[int]) -> None:
    rows = sheet.rows("old_drug")
    if len(rows) < MOST_DRUGS:
        sheet[f"old_drug.{rows[-1] + 1 if rows else 0}"] = ""


def _remove_before(sheet: Sheet, numbers: list[int]) -> None:
    _remove_row(sheet, ("old_drug", "old_strength", "old_for"), numbers[0])


def _remove_row(sheet: Sheet, groups: tuple[str, ...], row: int) -> None:
    kept = [one for one in sheet.rows(groups[0]) if one != row]
    values = [tuple(sheet[f"{group}.{one}"] for group in groups) for one in kept]
    for name in [one for one in sheet.fields if one.split(".")[0] in groups]:
        del sheet.fields[name]
    for number, row_values in enumerate(values):
        for group, value in zip(groups, row_values, strict=True):
            sheet[f"{group}.{number}"] = value


def _show(_sheet: Sheet, _: list[int]) -> None:
    """Only draw the form anew, in the units of what is chosen now."""


_CHANGES: Mapping[str, Change] = {
    "add-step": _add_step,
    "remove-step": _remove_step,
    "add-days": _add_days,
    "remove-days": _remove_days,
    "weekend": _copy_to_weekend,
    "every-day": _every_day,
    "add-drug": _add_drug,
    "remove-drug": _remove_drug,
    "add-before": _add_before,
    "remove-before": _remove_before,
    "show": _show,
}


def _follow_units(sheet: Sheet) -> None:
    """A number that was typed for another drug's unit is not kept: it would mean something else.

    From per hour to per day, and back, a dose is rewritten where that is exact, else emptied.
    """
    for group, number, mark in (
        ("drug", "strength", "for"),
        ("old_drug", "old_strength", "old_for"),
    ):
        for row in sheet.rows(group):
            drug = sheet[f"{group}.{row}"]
            if sheet[f"{mark}.{row}"] not in ("", drug):
                sheet[f"{number}.{row}"] = ""
            sheet[f"{mark}.{row}"] = drug
    was_drug, _, was_per = sheet["shown"].partition(" ")
    if was_drug and was_drug != sheet.primary:
        _empty_doses(sheet)
    elif was_per and was_per != sheet.per:
        _rewrite_steps(sheet, was_per)
    if sheet["old_shown"] not in ("", sheet["old_drug.0"]):
        sheet["before_dose"] = ""
    sheet["old_shown"] = sheet["old_drug.0"]
    sheet["shown"] = sheet.shown


def _empty_doses(sheet: Sheet) -> None:
    for name in ("daily", "dose"):
        sheet[name] = ""
    sheet.put_schedules(
        [(days, [(at, "") for at, _ in steps]) for days, steps in sheet.schedules()]
    )


def _rewrite_steps(sheet: Sheet, was_per: str) -> None:
    old, new = (rate_unit(sheet.primary, per) for per in (was_per, sheet.per))

    def rewritten(rate: str) -> str:
        try:
            return written(read_amount(rate, old, may_be_zero=True).value, new)
        except TypedError:
            return ""

    sheet.put_schedules(
        [(days, [(at, rewritten(rate)) for at, rate in steps]) for days, steps in sheet.schedules()]
    )
