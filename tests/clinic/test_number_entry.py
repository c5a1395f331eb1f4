"""Every slip of the literature is refused or questioned, in the browser and through the service."""

from __future__ import annotations

from fractions import Fraction
from html import unescape

import pytest
import staff
from django.test import Client
from programming import FIRST, pump, written

from thecal.clinic.people.roles import Role
from thecal.clinic.prescriptions.services import current
from thecal.clinic.programming.entry import (
    MissingError,
    TypedError,
    Unit,
    doubt,
    read_amount,
    rounded,
)
from thecal.clinic.programming.entry import (
    written as typed_as,
)
from thecal.clinic.programming.sheet import rate_unit
from thecal.clinic.record.refusals import InvalidError
from thecal.clinic.record.services import services
from thecal.units import DOSE_RATE, VOLUME

MG_DAY, ML = rate_unit("morphine", "day"), Unit("mL", VOLUME)

SLIPS = {
    "0,5": "comma",
    "1,000": "comma",
    "1,000.5": "comma",
    "0..5": "two points",
    "0.5.1": "two points",
    "1.0": "no zero at the end",
    "0.50": "no zero at the end",
    ".5": "zero before the point",
    "5.": "after the point",
    "05": "no zero before",
    "O.5": "letter",
    "1O": "letter",
    "l": "no unit",
    "1l": "letter",
    "I5": "letter",
    "-1": "minus",
    "−1": "minus",
    "–1": "minus",
    "1 000": "space",
    "1\N{NO-BREAK SPACE}000": "space",
    "1\N{THIN SPACE}000": "space",
    "1'000": "space",
    "1e3": "exponent",
    "٥": "another script",
    "500 ug/day": "this field is in mg/day, not in µg/day; 500 µg/day is 0.5 mg/day",
    "500 µg/day": "0.5 mg/day",
    "500 mcg/day": "0.5 mg/day",
    "0.02 mg/h": "0.02 mg/h is 0.48 mg/day",
    "0.5 mL/day": "no unit of this field",
    "0.5 mg": "no unit of this field",
    "5 Mg/day": "no unit of this field",
    "1/2": "not a number",
    "~5": "not a number",
    "0": "zero",
    "12345678901": "too large",
    "9" * 70: "too long",
}


@pytest.mark.parametrize("typed", SLIPS)
def test_a_slip_is_refused_and_named(typed: str) -> None:
    with pytest.raises(TypedError) as caught:
        read_amount(typed, MG_DAY)
    assert SLIPS[typed] in str(caught.value)


def test_nothing_typed_is_missing_and_no_slip() -> None:
    with pytest.raises(MissingError):
        read_amount("  ", MG_DAY)


@pytest.mark.parametrize(
    ("typed", "value"),
    [("0.5", 500), ("5", 5000), (" 5 ", 5000), ("0.5 mg/day", 500), ("0.5 mg/d", 500)],
)
def test_what_is_plain_is_read_exactly(typed: str, value: int) -> None:
    amount = read_amount(typed, MG_DAY)
    assert amount.value == value
    assert amount.text.endswith(" mg/day")


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (Fraction(5000), "10 times as much as now: is the decimal point"),
        (Fraction(50), "only 1/10 of what runs now: is the decimal point"),
        (Fraction(500_000), "mg that was taken for µg"),
        (Fraction(1, 2), "mg that was taken for µg"),
        (Fraction(12_000), "per day that was taken for one per hour"),
        (Fraction(4999), ""),
        (Fraction(500), ""),
    ],
)
def test_a_tenth_or_ten_times_is_questioned_by_the_slip_it_looks_like(
    new: Fraction, said: str
) -> None:
    assert said in doubt(new, Fraction(500))
    assert bool(doubt(new, Fraction(500))) is bool(said)


def test_nothing_is_questioned_where_nothing_is_known_to_run() -> None:
    assert doubt(Fraction(5), None) == ""


def test_a_value_is_written_as_it_is_typed_or_not_at_all() -> None:
    assert typed_as(Fraction(250), MG_DAY) == "0.25"
    assert typed_as(Fraction(20), ML) == "20"
    assert typed_as(Fraction(1, 3), ML) == ""
    assert rounded(Fraction(1, 3), ML) == "0.333333"
    per_week = Unit("ug/day", DOSE_RATE)
    assert read_amount(rounded(Fraction(35100, 7), per_week), per_week).value > 5014


def fields(**changed: str) -> dict[str, str]:
    """A form that can be read, by its fields' names with a dash for the dot."""
    whole = {
        "indication": "pain",
        "opioid_tolerant": "yes",
        "psychosis_history": "no",
        "pump": "synchromed-ii-20",
        "catheter": "ascenda-8780",
        "length": "89",
        "tip": "T10",
        "volume": "20",
        "alarm": "2",
        "drug.0": "morphine",
        "strength.0": "10",
        "for.0": "morphine",
        "runs": "runs",
        "old_drug.0": "morphine",
        "old_strength.0": "10",
        "old_for.0": "morphine",
        "before_dose": "0.5",
        "mode": "simple",
        "per": "h",
        "shown": "morphine h",
        "daily": "0.6",
    }
    return {**whole, **{name.replace("__", "."): value for name, value in changed.items()}}


@pytest.mark.usefixtures("record")
def test_in_the_browser_each_slip_is_said_beside_its_field_and_there_is_no_plan() -> None:
    patient = staff.patient()
    pump(patient)
    written(patient)
    client = Client()
    client.force_login(staff.member(Role.PHYSICIAN), staff.BACKEND)
    address = f"/patients/{patient.pk}/programmer/preview"
    good = unescape(client.post(address, fields()).content.decode())
    assert "In 24 h, every drug" in good
    for typed, said in SLIPS.items():
        text = unescape(client.post(address, fields(daily=typed)).content.decode())
        assert said in text.partition('id="e-daily"')[2].partition("</div>")[0], typed
        assert "In 24 h, every drug" not in text, typed
    asked = unescape(client.post(address, fields(daily="5")).content.decode())
    assert "10 times as much as now" in asked
    assert "1 number is doubted" in asked
    assert current(patient) is not None


@pytest.mark.usefixtures("record")
def test_through_the_service_each_slip_is_refused_or_questioned_too() -> None:
    patient = staff.patient()
    pump(patient)
    entry = written(patient)
    check = services()["programming.check"]
    who = staff.member(Role.PHYSICIAN)
    whole = check.ask(who, patient, {"fields": fields()})
    assert whole.text
    assert whole.problems == whole.questions == {}
    for typed, said in SLIPS.items():
        seen = check.ask(who, patient, {"fields": fields(daily=typed)})
        assert said in seen.problems["daily"], typed
        assert seen.text == ""
    doubted = check.ask(who, patient, {"fields": fields(daily="5")})
    assert "10 times" in doubted.questions["daily"]
    assert doubted.sure == {"daily": "daily=5_mg/day"}
    sure = check.ask(who, patient, {"fields": fields(daily="5", sure="daily=5_mg/day")})
    assert sure.questions == {}
    for slip in ("0,5", ".5", "1.0", "0.50", "-1", "1 000", "O.5", "1e3"):
        text = FIRST.replace("0.5 mg/day", f"{slip} mg/day")
        with pytest.raises(InvalidError):
            services()["prescriptions.write"].ask(who, patient, {"text": text, "follows": entry.pk})
