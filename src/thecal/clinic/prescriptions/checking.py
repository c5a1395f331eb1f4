"""The checks of a prescription as the record keeps them: ``thecal.therapy`` decides."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from thecal.clinic.patients.models import Patient
from thecal.clinic.prescriptions.models import FindingSigned
from thecal.clinic.prescriptions.models import Prescription as Entry
from thecal.clinic.record.refusals import InvalidError
from thecal.therapy.contract import plan_contract
from thecal.therapy.file.prescription import Prescription, Signature
from thecal.therapy.file.reading import PrescriptionError, read_text
from thecal.therapy.findings import Finding, Severity
from thecal.therapy.plan import Plan, make_plan
from thecal.therapy.rules import AT_THE_PUMP, CARDS

Signed = tuple[tuple[str, str, str], ...]
"""Rule, name and reason of each."""
_LEAP_YEARS = 1


@lru_cache(maxsize=64)
def check(text: str, day: date, signed: Signed = ()) -> Plan:
    """The plan of a text on a day.

    Raises:
        InvalidError: it is no prescription, or has signatures that nobody gave.
    """
    prescription = said(text)
    answered = tuple(Signature(rule=rule, by=by, reason=why) for rule, by, why in signed)
    made: Prescription = prescription.model_copy(update={"signed": answered})
    return make_plan(made, visit=day, zone=ZoneInfo(settings.TIME_ZONE))


@lru_cache(maxsize=256)
def said(text: str) -> Prescription:
    """What a text says, unchecked.

    Raises:
        InvalidError: it is no prescription, or has signatures that nobody gave.
    """
    try:
        prescription = read_text(text, "the prescription")
    except PrescriptionError as error:
        raise InvalidError({"text": str(error)}) from None
    if prescription.signed:
        raise InvalidError(
            {"text": "leave out [[signed]]: here a person signs a finding by their password"}
        )
    return prescription


def refuse_slips(text: str) -> None:
    """A dose that is written as people misread it is refused as it is written, not later.

    Raises:
        InvalidError: a zero ends a dose, a concentration or a volume: 1.0 is read as 10.
    """
    try:
        table = tomllib.loads(text)
    except ValueError:
        return  # what is no TOML is refused where it is read
    for written in _doses(table):
        if _TRAILING_ZERO.match(written):
            raise InvalidError(
                {"text": f"'{written}': write no zero at the end, since 1.0 is read as 10"}
            )


def _doses(value: Any, key: str = "") -> Iterator[str]:
    """Every text below a key whose figure people read as a dose."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from _doses(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from _doses(one, key)
    elif isinstance(value, str) and key in _DOSES:
        yield value


_DOSES = {"daily_dose", "rate", "dose", "concentration", "volume", "alarm_volume"}
_TRAILING_ZERO = re.compile(r"[0-9]+\.[0-9]*0(?![0-9])")


def plan_of(entry: Entry, day: date) -> Plan:
    """A stored prescription's plan on a day, with the signatures that it has by now."""
    return check(entry.text, day, tuple(_signatures(entry)))


def _signatures(entry: Entry) -> Iterator[tuple[str, str, str]]:
    rows = FindingSigned.objects.current().filter(prescription=entry).select_related("signer")
    latest = {one.rule: one for one in rows.order_by("recorded_at")}
    for rule, one in sorted(latest.items()):
        yield rule, one.signer.name, one.reason


def unanswerable(plan: Plan) -> list[Finding]:
    """The findings that no signature answers."""
    return [one for one in plan.findings if one.severity is Severity.STOP]


def signable(plan: Plan) -> dict[str, str]:
    """The rules that a person can sign here, each with what it said."""
    asked: dict[str, str] = {card.code: "" for card in AT_THE_PUMP if "confirm" in card.severities}
    for one in plan.findings:
        if one.severity is Severity.CONFIRM:
            asked[one.code] = "\n".join(filter(None, (asked.get(one.code), one.message)))
    return asked


@lru_cache(maxsize=1)
def asks_for_a_second_person() -> Mapping[str, str]:
    """The rules that ask for a second person, and why.

    Raises:
        KeyError: a rule of the file that there is not.
    """
    text = files(__package__).joinpath("second_person.toml").read_text(encoding="utf-8")
    rules = tomllib.loads(text)["rule"]
    return {CARDS[one["rule"]].code: f"{one['why']} ({one['source']})" for one in rules}


def second_person_rules(findings: tuple[Finding, ...]) -> list[str]:
    """Those of the findings that ask for a second person."""
    asking = {one.code for one in findings if one.severity is Severity.CONFIRM}
    return sorted(asking & set(asks_for_a_second_person()))


def age_problem(plan: Plan, patient: Patient) -> str:
    """Why the prescription seems to be another patient's; empty if it does not."""
    said = plan.case.prescription.patient.age_years
    day = plan.case.visit
    if said is None or day is None:
        return ""
    years = day.year - patient.birth_date.year
    if abs(years - said) <= _LEAP_YEARS:
        return ""
    return f"it is for somebody of {float(said):g} years; {patient} was born {patient.birth_date}"


def stored(plan: Plan) -> Any:
    """The plan's contract with every binary float as its text, as an entry can keep it."""
    return exact(plan_contract(plan))


def exact(value: Any) -> Any:
    """Plain values whose binary floats are texts."""
    if isinstance(value, float):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): exact(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [exact(one) for one in value]
    return value
