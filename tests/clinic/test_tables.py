"""CSV: whole, exact, with units, harmless in a spreadsheet, by role, told of in the trail."""

from __future__ import annotations

import csv
import io
from fractions import Fraction
from pathlib import Path

import pytest
import staff
from django.test import Client, override_settings
from exchanging import reader, treated
from hypothesis import given
from hypothesis import strategies as st

from thecal.clinic.audit.models import Event
from thecal.clinic.audit.services import patient_trail
from thecal.clinic.exchange.as_fhir.standing import standing
from thecal.clinic.exchange.models import Export
from thecal.clinic.fills.models import Fill
from thecal.clinic.people.roles import Role
from thecal.clinic.record.services import services
from thecal.clinic.tables.cells import guarded, lines, written
from thecal.clinic.tables.rows import TABLES

pytestmark = pytest.mark.usefixtures("record")
ONE_ENGINE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


def table(client: Client, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"].startswith("text/csv; charset=utf-8")
    data = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def of_clinic(name: str, role: Role = Role.READER) -> list[dict[str, str]]:
    return table(reader(role), f"/clinics/{staff.clinic().pk}/tables/{name}.csv")


def test_every_table_holds_what_the_record_says() -> None:
    patient = treated()
    staff.patient(staff.ELSEWHERE, number="THEIRS")
    found = {name: of_clinic(name) for name in TABLES}
    assert [one["record_number"] for one in found["patients"]] == ["R-1"]
    (fill,) = found["fills"]
    stored = Fill.objects.get(patient=patient)
    assert (fill["volume_mL"], fill["drug"], fill["concentration_ug_per_mL"]) == (
        "20",
        "baclofen",
        "500",
    )
    assert (fill["aspirated_mL"], fill["latest_safe"]) == ("4", str(stored.latest_safe))
    states = {one["state"]: one["drug"] for one in found["prescriptions"]}
    assert states == {"replaced": "morphine", "stands": "baclofen"}
    doses = {one["drug"]: one["mean_dose_ug_per_day"] for one in found["prescriptions"]}
    assert doses["morphine"] == "500"
    assert {one["score"] for one in found["outcomes"] if one["item"] == "nrs"} >= {"8"}
    assert found["tasks"]
    assert {one["record_number"] for one in found["tasks"]} == {"R-1"}
    assert all(one["due_utc"].endswith("Z") or one["undated_because"] for one in found["tasks"])


@ONE_ENGINE
def test_a_patient_s_entries_are_all_there_corrected_ones_too() -> None:
    patient = treated()
    before = len(table(reader(), f"/patients/{patient.pk}/entries.csv"))
    who = patient.__class__.objects.get(pk=patient.pk)
    amended = staff.particulars(number="R-1", family_name="Beta").model_dump()
    services()["patients.amend"].ask(staff.member(Role.NURSE), who, {**amended, "why": "married"})
    rows = table(reader(), f"/patients/{patient.pk}/entries.csv")
    assert len(rows) == before + 1
    named = {one["counts"]: one["said"] for one in rows if one["kind"] == "patients.Details"}
    assert named == {"no": "Alpha, Ada (R-1)", "yes": "Beta, Given (R-1)"}
    assert [one["why_corrected"] for one in rows if one["why_corrected"]] == ["married"]
    assert standing(Fill, patient, Event.objects.latest("seq").at).rows


@ONE_ENGINE
def test_a_name_that_a_spreadsheet_would_run_is_shown_instead() -> None:
    staff.patient(number="=1+1", family_name='=HYPERLINK("http://x")', given_name="-2+3")
    (row,) = of_clinic("patients")
    assert row["record_number"] == "'=1+1"
    assert row["family_name"] == '\'=HYPERLINK("http://x")'
    assert row["given_name"] == "'-2+3"


@ONE_ENGINE
@given(st.text(max_size=30))
def test_no_text_begins_as_a_formula_and_every_text_comes_back(text: str) -> None:
    shown = guarded(text)
    assert shown.lstrip(" ")[:1] not in set("=+-@\t\r\n＝＋－＠") - {""}
    assert shown in (text, f"'{text}")
    (read,) = list(csv.reader(io.StringIO("".join(lines(["a"], [[text], []])), newline="")))[1:2]
    if shown:
        assert read == [shown]


@ONE_ENGINE
def test_numbers_are_exact_and_an_unknown_one_is_empty() -> None:
    assert written(Fraction("0.25")) == "0.25"
    assert written(Fraction(500)) == "500"
    assert written(Fraction(100000, 7)) == "14285.714285714286"
    assert written(None) == ""


@ONE_ENGINE
def test_tables_are_for_the_roles_that_read() -> None:
    clinic, patient = staff.clinic().pk, staff.patient()
    there = f"/clinics/{clinic}/tables"
    assert reader(Role.ADMINISTRATOR).get(f"{there}/patients.csv").status_code == 403
    assert reader(Role.PHYSICIAN).get(f"{there}/trail.csv").status_code == 403
    stranger = reader(Role.PHYSICIAN, staff.ELSEWHERE)
    for address in (f"{there}/fills.csv", f"/patients/{patient.pk}/entries.csv"):
        assert stranger.get(address).status_code == 404
        assert Client().get(address).status_code == 302
    assert reader().get(f"{there}/secrets.csv").status_code == 422


@ONE_ENGINE
def test_taking_a_table_is_in_the_trail_of_the_clinic_and_of_each_patient() -> None:
    patient = staff.patient()
    of_clinic("fills")
    event = Event.objects.latest("seq")
    assert (event.action, event.role) == ("tables.take", "reader")
    shown = patient_trail.ask(staff.member(Role.PHYSICIAN), patient, {})
    assert "tables.take" in {one.action for one in shown}
    later = staff.patient()
    shown = patient_trail.ask(staff.member(Role.PHYSICIAN), later, {})
    assert "tables.take" not in {one.action for one in shown}
    rows = of_clinic("trail", Role.ADMINISTRATOR)
    here = Event.objects.filter(clinic=staff.clinic().pk).order_by("seq")
    assert here.last() == here.get(action="tables.take-trail")
    assert [int(one["number"]) for one in rows] == [one.seq for one in here][:-1]
    assert rows[-1]["action"] == "audit.patient"


@ONE_ENGINE
def test_the_page_offers_what_the_reader_may_take() -> None:
    staff.patient()
    address = f"/clinics/{staff.clinic().pk}/exchange"
    for role, wanted, unwanted in (
        (Role.READER, "tables/fills.csv", "tables/trail.csv"),
        (Role.ADMINISTRATOR, "tables/trail.csv", "tables/fills.csv"),
        (Role.PHYSICIAN, "exchange/ask", "tables/trail.csv"),
    ):
        text = reader(role).get(address).content.decode()
        assert wanted in text
        assert unwanted not in text
    assert reader(Role.PHYSICIAN, staff.ELSEWHERE).get(address).status_code == 404
    assert (
        reader().get(f"/patients/{staff.patient().pk}").content.decode().count("entries.csv") == 1
    )


@ONE_ENGINE
def test_the_page_writes_an_export_and_offers_its_files(tmp_path: Path) -> None:
    staff.patient()
    client, there = reader(Role.PHYSICIAN), f"/clinics/{staff.clinic().pk}/exchange"
    with override_settings(THECAL_EXPORTS=tmp_path):
        assert client.post(f"{there}/ask").status_code == 302
        made = Export.objects.get()
        assert f"{there}/{made.pk}" in client.get(there).content.decode()
        card = client.get(f"{there}/{made.pk}").content.decode()
        assert f"/fhir/exports/{made.pk}/Patient.ndjson" in card
        assert client.post(f"{there}/{made.pk}/remove").status_code == 302
        assert list(tmp_path.iterdir()) == []
