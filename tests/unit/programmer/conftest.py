"""Prescriptions of every kind that pictures and reports must cope with, made into plans."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

import pytest

from thecal.therapy.file.reading import read_text
from thecal.therapy.plan import Plan, make_plan

VISIT = date(2026, 3, 2)
_PAIN = (
    '[patient]\nindication = "pain"\nopioid_tolerant = true\npsychosis_history = false\n'
    "age_years = 54\n"
)
_SPASTIC = '[patient]\nindication = "spasticity"\nspasticity_origin = "spinal"\nage_years = 41\n'
_SYNCHROMED = (
    '[pump]\nmodel = "synchromed-ii-20"\n'
    '[catheter]\nmodel = "ascenda-8780"\nlength = "89.0 cm"\ntip = "T10"\n'
)


def _device(pump: str, catheter: str, length: str = "89.0 cm") -> str:
    implanted = f'length = "{length}"\n' if length else ""
    return f'[pump]\nmodel = "{pump}"\n[catheter]\nmodel = "{catheter}"\n{implanted}tip = "T10"\n'


def _fill(volume: str, *drugs: tuple[str, str], alarm: str = "") -> str:
    ordered = f'alarm_volume = "{alarm}"\n' if alarm else ""
    return f'[fill]\nvolume = "{volume}"\n{ordered}{_drugs("fill", drugs)}'


def _before(daily: str, *drugs: tuple[str, str]) -> str:
    return f'[before]\ndaily_dose = "{daily}"\n{_drugs("before", drugs)}'


def _drugs(table: str, drugs: tuple[tuple[str, str], ...]) -> str:
    return "".join(
        f'[[{table}.drugs]]\ndrug = "{drug}"\nconcentration = "{strength}"\n'
        for drug, strength in drugs
    )


def _simple(daily: str) -> str:
    return f'[therapy]\nmode = "simple"\ndaily_dose = "{daily}"\n'


_PATIENT_DOSE = (
    '[therapy.patient_dose]\ndose = "0.25 mg"\nduration = "10 min"\nlockout = "4 h"\n'
    "max_per_day = 4\n"
)
_WEEK = """[therapy]
mode = "flex"
[[therapy.schedule]]
days = ["mon", "tue", "wed", "thu", "fri"]
steps = [{ at = "00:00", rate = "0.15 mg/h" }, { at = "07:00", rate = "0.30 mg/h" }]
[[therapy.schedule]]
days = ["sat", "sun"]
steps = [{ at = "00:00", rate = "0.20 mg/h" }]
"""
_SEVEN = '[therapy]\nmode = "flex"\n' + "".join(
    f'[[therapy.schedule]]\ndays = ["{day}"]\nsteps = ['
    + ", ".join(
        f'{{ at = "{hour:02d}:30", rate = "{rate + hour} ug/h" }}' for hour in range(1, 13)
    ).join((f'{{ at = "00:00", rate = "{rate} ug/h" }}, ', ""))
    + "]\n"
    for rate, day in zip(
        range(100, 240, 20), ("mon", "tue", "wed", "thu", "fri", "sat", "sun"), strict=True
    )
)


def _signed(
    rule: str, by: str = "the clinic's physician", reason: str = "labelled drugs failed"
) -> str:
    return f'[[signed]]\nrule = "{rule}"\nby = "{by}"\nreason = "{reason}"\n'


PRESCRIPTIONS = {
    "stronger": _SPASTIC
    + _SYNCHROMED
    + _fill("20 mL", ("baclofen", "2000 ug/mL"))
    + _before("300 ug/day", ("baclofen", "500 ug/mL"))
    + _simple("300 ug/day"),
    "weaker": _SPASTIC
    + _SYNCHROMED
    + _fill("20 mL", ("baclofen", "500 ug/mL"))
    + _before("300 ug/day", ("baclofen", "2000 ug/mL"))
    + _simple("300 ug/day"),
    "same-solution": _SPASTIC
    + _SYNCHROMED
    + _fill("20 mL", ("baclofen", "500 ug/mL"))
    + _before("250 ug/day", ("baclofen", "500 ug/mL"))
    + _simple("275 ug/day"),
    "flex": _PAIN
    + _SYNCHROMED
    + _fill("20 mL", ("morphine", "20 mg/mL"), ("bupivacaine", "10 mg/mL"), alarm="2 mL")
    + _before("4 mg/day", ("morphine", "10 mg/mL"))
    + _WEEK
    + _PATIENT_DOSE
    + _signed("label.off-label"),
    "flex-unsigned": _PAIN
    + _SYNCHROMED
    + _fill("20 mL", ("morphine", "20 mg/mL"), ("bupivacaine", "10 mg/mL"), alarm="2 mL")
    + _before("4 mg/day", ("morphine", "10 mg/mL"))
    + _WEEK
    + _PATIENT_DOSE,
    "seven-schedules": _PAIN
    + _SYNCHROMED
    + _fill(
        "20 mL",
        ("hydromorphone", "10 mg/mL"),
        ("bupivacaine", "20 mg/mL"),
        ("clonidine", "500 ug/mL"),
    )
    + _before("3 mg/day", ("hydromorphone", "10 mg/mL"), ("bupivacaine", "20 mg/mL"))
    + _SEVEN
    + _signed("label.off-label", "A. Ø. Łukasz", "µ −5 % ± 我 & **bold**"),
    "first-fill": _PAIN
    + _SYNCHROMED
    + _fill("20 mL", ("morphine", "2 mg/mL"), ("clonidine", "200 ug/mL"))
    + _simple("0.3 mg/day"),
    "ziconotide-first": _PAIN
    + _SYNCHROMED
    + _fill("18 mL", ("ziconotide", "25 ug/mL"))
    + _simple("2.4 ug/day"),
    "another-drug": _PAIN
    + _SYNCHROMED
    + _fill("20 mL", ("hydromorphone", "10 mg/mL"), ("bupivacaine", "10 mg/mL"))
    + _before("5 mg/day", ("morphine", "20 mg/mL"), ("clonidine", "500 ug/mL"))
    + _simple("1 mg/day"),
    "four-drugs": _PAIN
    + _SYNCHROMED
    + _fill(
        "20 mL",
        ("hydromorphone", "10 mg/mL"),
        ("bupivacaine", "10 mg/mL"),
        ("clonidine", "200 ug/mL"),
        ("ziconotide", "5 ug/mL"),
    )
    + _simple("2.5 mg/day")
    + _PATIENT_DOSE,
    "prometra": _PAIN
    + _device("prometra-ii-20", "flowonix-13827")
    + _fill("20 mL", ("morphine", "20 mg/mL"))
    + _before("4 mg/day", ("morphine", "10 mg/mL"))
    + _simple("5 mg/day")
    + _PATIENT_DOSE,
    "fixed-rate": _PAIN
    + _device("codman-3000-30", "ascenda-8780")
    + _fill("30 mL", ("morphine", "5 mg/mL"), alarm="3 mL")
    + _before("3 mg/day", ("morphine", "3 mg/mL"))
    + _simple("5 mg/day"),
    "trial": _PAIN
    + _device("cadd-solis", "trial", "")
    + _fill("100 mL", ("morphine", "50 ug/mL"))
    + _simple("0.5 mg/day"),
    "stopped": _PAIN
    + _SYNCHROMED
    + _fill("20 mL", ("morphine", "20 mg/mL"))
    + _before("4 mg/day", ("morphine", "10 mg/mL"))
    + '[therapy]\nmode = "stopped"\n',
    "minimum-rate": _PAIN
    + _SYNCHROMED
    + _fill("20 mL", ("morphine", "20 mg/mL"))
    + _before("4 mg/day", ("morphine", "10 mg/mL"))
    + '[therapy]\nmode = "minimum-rate"\n',
    "refused": _PAIN
    + _SYNCHROMED
    + _fill("40 mL", ("morphine", "50 mg/mL"), ("baclofen", "4 mg/mL"), ("ziconotide", "25 ug/mL"))
    + _before("0.5 mg/day", ("morphine", "2 mg/mL"))
    + _simple("60 mg/day"),
    "week-not-covered": _PAIN
    + _SYNCHROMED
    + _fill("20 mL", ("morphine", "20 mg/mL"))
    + _before("4 mg/day", ("morphine", "20 mg/mL"))
    + _WEEK.replace('["sat", "sun"]', '["sat", "fri"]'),
    "absurd": _PAIN
    + _SYNCHROMED
    + _fill("20 mL", ("morphine", "0.000001 ug/mL"))
    + _simple("999999999 ug/day"),
    "below-alarm": _SPASTIC
    + _SYNCHROMED
    + _fill("2 mL", ("baclofen", "2000 ug/mL"), alarm="3 mL")
    + _simple("100 ug/day"),
}


@cache
def plan_of(name: str) -> Plan:
    """One of the plans by name, for a visit on 2 March 2026."""
    return make_plan(read_text("schema = 1\n" + PRESCRIPTIONS[name], name), visit=VISIT)


@pytest.fixture
def planned() -> Callable[[str], Plan]:
    """The plan of a prescription by name."""
    return plan_of


@pytest.fixture(params=sorted(PRESCRIPTIONS))
def any_plan(request: pytest.FixtureRequest) -> Plan:
    """Each plan in turn."""
    return plan_of(request.param)
