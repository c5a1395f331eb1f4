"""Prescriptions for tests: a usual order as TOML text, with what the test is about put in."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from thecal.therapy.contract import plan_contract
from thecal.therapy.file.reading import read_text
from thecal.therapy.findings import Finding, Severity
from thecal.therapy.plan import Plan, make_plan

Drugs = tuple[tuple[str, str], ...]

TOLERANT = """indication = "pain"
opioid_tolerant = true
psychosis_history = false
age_years = 54"""
NAIVE = TOLERANT.replace("tolerant = true", "tolerant = false")
SPINAL = """indication = "spasticity"
spasticity_origin = "spinal"
age_years = 40"""
CEREBRAL = SPINAL.replace('"spinal"', '"cerebral"')


def simple(daily_dose: str) -> str:
    """A therapy of one constant rate."""
    return f'mode = "simple"\ndaily_dose = "{daily_dose}"'


def flex(*schedules: tuple[str, tuple[tuple[str, str], ...]]) -> str:
    """A therapy of (days separated by blanks, ((time, rate), ...)); no days: every day."""
    lines = ['mode = "flex"']
    for days, steps in schedules:
        lines.append("[[therapy.schedule]]")
        if days:
            lines.append("days = [" + ", ".join(f'"{day}"' for day in days.split()) + "]")
        lines.append("steps = [")
        lines += [f'  {{ at = "{at}", rate = "{rate}" }},' for at, rate in steps]
        lines.append("]")
    return "\n".join(lines)


@dataclass(frozen=True)
class Order:
    """A prescription part by part; by default morphine alone on a SynchroMed II, first fill.

    Attributes:
        before: the solution before, with ``before_dose``; empty for a first fill.
        patient_dose: (dose, duration, lockout, count), empty for none.
        tubing: ``pump.internal_tubing``, empty to leave it out.
    """

    patient: str = TOLERANT
    pump: str = "synchromed-ii-20"
    tubing: str = ""
    catheter: str = "ascenda-8780"
    length: str = "89.0 cm"
    tip: str = "L1"
    volume: str = "20 mL"
    alarm: str = "2 mL"
    drugs: Drugs = (("morphine", "10 mg/mL"),)
    before: Drugs = ()
    before_dose: str = "1 mg/day"
    therapy: str = simple("0.5 mg/day")
    patient_dose: tuple[str, str, str, int] | tuple[()] = ()
    signed: tuple[str, ...] = ()

    def but(self, **changes: Any) -> Order:
        """The same order with some parts changed."""
        return replace(self, **changes)

    @property
    def text(self) -> str:
        """The file's text."""
        lines = ["schema = 1", "[patient]", self.patient]
        lines += ["[pump]", f'model = "{self.pump}"']
        lines += [f'internal_tubing = "{self.tubing}"'] * bool(self.tubing)
        lines += ["[catheter]", f'model = "{self.catheter}"']
        lines += [f'length = "{self.length}"'] * bool(self.length)
        lines += [f'tip = "{self.tip}"', "[fill]", f'volume = "{self.volume}"']
        lines += [f'alarm_volume = "{self.alarm}"'] * bool(self.alarm)
        lines += _drugs("fill", self.drugs)
        if self.before:
            lines += ["[before]", f'daily_dose = "{self.before_dose}"']
            lines += _drugs("before", self.before)
        lines += ["[therapy]", self.therapy]
        if self.patient_dose:
            dose, duration, lockout, count = self.patient_dose
            lines += ["[therapy.patient_dose]", f'dose = "{dose}"', f'duration = "{duration}"']
            lines += [f'lockout = "{lockout}"', f"max_per_day = {count}"]
        for rule in self.signed:
            lines += ["[[signed]]", f'rule = "{rule}"', 'by = "name of the physician"']
            lines.append('reason = "reason of the physician"')
        return "\n".join(lines) + "\n"

    def plan(self, visit: date | None = None, zone: str = "", **options: Any) -> Plan:
        """The checked plan."""
        place = ZoneInfo(zone) if zone else None
        return make_plan(read_text(self.text), visit=visit, zone=place, **options)

    def contract(self) -> dict[str, Any]:
        """The plan's JSON object, read back from its text."""
        made: dict[str, Any] = json.loads(json.dumps(plan_contract(self.plan())))
        return made

    def found(self, code: str, **options: Any) -> list[Finding]:
        """The findings of one rule."""
        return [one for one in self.plan(**options).findings if one.code == code]

    def fully_signed(self) -> Order:
        """The same order with every ``confirm`` signed."""
        asking = {f.code for f in self.plan().findings if f.severity is Severity.CONFIRM}
        return self.but(signed=tuple(sorted(asking)))


def _drugs(group: str, drugs: Drugs) -> list[str]:
    return [
        line
        for name, strength in drugs
        for line in (
            f"[[{group}.drugs]]",
            f'drug = "{name}"',
            f'concentration = "{strength}"',
        )
    ]


BACLOFEN = Order(
    patient=SPINAL,
    tip="T10",
    drugs=(("baclofen", "2000 ug/mL"),),
    before=(("baclofen", "500 ug/mL"),),
    before_dose="300 ug/day",
    therapy=simple("300 ug/day"),
)
"""The worked change-over of the device reference: 500 to 2000 µg/mL at 300 µg/day."""

BACLOFEN_DOWN = BACLOFEN.but(
    drugs=(("baclofen", "500 ug/mL"),), before=(("baclofen", "2000 ug/mL"),)
)
"""The same from 2000 to 500 µg/mL."""


def severities(findings: list[Finding]) -> list[Severity]:
    """The severity of each finding."""
    return [one.severity for one in findings]
