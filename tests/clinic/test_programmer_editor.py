"""The programmer's editor: prefilled from what stands, drawn as it is typed, kept, never stale."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import staff
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from programming import FIRST, example, pump, written
from test_number_entry import fields

from thecal.clinic.audit.models import Event
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.programming import drafts
from thecal.clinic.programming.models import Draft
from thecal.clinic.programming.prefilling import imported
from thecal.clinic.programming.reading import Now, read_sheet
from thecal.clinic.programming.sheet import Sheet, change
from thecal.therapy.file.reading import read_text

DAY_AND_NIGHT = example("morphine-bupivacaine-day-and-night.toml").partition("[[signed]]")[0]


def browser(role: Role = Role.PHYSICIAN, where: str = staff.HERE) -> Client:
    client = Client()
    client.force_login(staff.member(role, where), staff.BACKEND)
    return client


def text_of(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:2000]
    return unescape(answer.content.decode())


def at(patient: Patient, page: str) -> str:
    return f"/patients/{patient.pk}/programmer/{page}"


def value(text: str, name: str) -> str:
    return text.partition(f'name="{name}" value="')[2].partition('"')[0]


@pytest.fixture
def patient(record: None) -> Patient:  # noqa: ARG001  (the record is asked for, not used)
    made = staff.patient()
    pump(made)
    return made


def test_it_begins_from_what_stands_and_blank_where_nothing_does(patient: Patient) -> None:
    client = browser()
    blank = text_of(client.get(at(patient, "edit")))
    assert "nothing is known to run" in blank
    assert value(blank, "volume") == value(blank, "daily") == value(blank, "strength.0") == ""
    assert 'value="synchromed-ii-20" selected' in blank  # the pump is in the record
    written(patient, DAY_AND_NIGHT)
    full = text_of(client.get(at(patient, "edit")))
    assert value(full, "volume") == "20"
    assert value(full, "s.0.1.rate") == "0.25"
    assert value(full, "before_dose") == "5.01429"
    assert "56 years old" in full or "years old, by the date of birth" in full
    assert "the pump has not been read" in full


def test_the_preview_has_totals_of_every_drug_findings_dates_and_the_days(patient: Patient) -> None:
    written(patient, DAY_AND_NIGHT)
    sheet = imported(read_text(DAY_AND_NIGHT)).fields | {"runs": "runs", "before_dose": "5"}
    sheet |= {"old_drug.0": "morphine", "old_strength.0": "20", "s.1.0.rate": "0.3"}
    posted = {name: one.split() if name.endswith("days") else one for name, one in sheet.items()}
    client = browser()
    text = text_of(client.post(at(patient, "preview"), posted))
    for said in ("morphine", "bupivacaine", "heaviest day", "refill due", "latest safe day"):
        assert said in text
    assert "Mon–Fri" in text
    assert "Sat, Sun" in text
    assert "line--old" in text
    assert "label.off-label" in text
    assert "FDA safety communication" in text
    days = text_of(client.post(at(patient, "next-days"), posted))
    assert "morphine" in days.partition("at the catheter's tip")[0]
    assert "in the spinal fluid" in days
    assert "no published figure" in text + days or "like morphine" in days


def test_nothing_of_a_preview_is_kept_or_told(patient: Patient) -> None:
    client = browser()
    before = Event.objects.count()
    text_of(client.post(at(patient, "preview"), fields()))
    assert Event.objects.count() == before
    assert not Draft.objects.exists()


@pytest.mark.parametrize("page", ["edit", "preview", "next-days", "keep", "drop", "file", "load"])
def test_only_who_may_prescribe_here_comes_in(patient: Patient, page: str) -> None:
    for role in (Role.NURSE, Role.PHARMACIST, Role.READER):
        answer = browser(role).post(at(patient, page), fields())
        assert answer.status_code == 403
    assert browser(where=staff.ELSEWHERE).post(at(patient, page), fields()).status_code == 404
    assert Event.objects.filter(action="prescriptions.write", outcome="refused").count() == 4


def test_what_is_typed_is_kept_for_its_person_alone(patient: Patient) -> None:
    client = browser()
    kept = text_of(client.post(at(patient, "keep"), fields(volume="17", follows="")))
    assert "Kept at" in kept
    again = text_of(client.get(at(patient, "edit")))
    assert value(again, "volume") == "17"
    assert "This is your draft" in again
    assert drafts.own(staff.member(Role.NURSE), patient) is None
    assert client.post(at(patient, "drop")).status_code == 302
    assert "This is your draft" not in text_of(client.get(at(patient, "edit")))


def test_a_draft_that_is_too_old_is_not_used(patient: Patient) -> None:
    client = browser()
    client.post(at(patient, "keep"), fields(volume="17"))
    draft = Draft.objects.get()
    Draft.objects.update(saved_at=draft.saved_at - timedelta(hours=25))
    text = text_of(client.get(at(patient, "edit")))
    assert "is too old and is not used" in text
    assert value(text, "volume") == ""


def test_a_prescription_written_elsewhere_meanwhile_is_shouted(patient: Patient) -> None:
    client = browser()
    client.post(at(patient, "keep"), fields(follows=""))
    written(patient, FIRST)
    assert "Another prescription stands since you began" in text_of(client.get(at(patient, "edit")))
    live = text_of(client.post(at(patient, "preview"), fields(follows="")))
    assert "Another prescription stands since you began" in live


def test_weekdays_are_copied_to_the_weekend_and_changed_there() -> None:
    sheet = Sheet({"drug.0": "morphine", "per": "h"})
    sheet.put_schedules([(["mon", "tue", "wed", "thu", "fri", "sat", "sun"], [("00:00", "0.1")])])
    change(sheet, "add-step:0")
    assert sheet.steps(0) == [("00:00", "0.1"), ("01:00", "")]
    change(sheet, "weekend:0")
    assert sheet.days(0) == ["mon", "tue", "wed", "thu", "fri"]
    assert sheet.days(1) == ["sat", "sun"]
    assert sheet.steps(1) == sheet.steps(0)
    change(sheet, "remove-step:1.1")
    assert sheet.steps(1) == [("00:00", "0.1")]
    change(sheet, "every-day:1")
    assert [len(days) for days, _ in sheet.schedules()] == [7]


def test_a_number_is_never_taken_over_into_another_drug_s_unit(patient: Patient) -> None:
    client = browser()
    moved = fields(drug__0="baclofen")
    seen = text_of(client.post(at(patient, "preview"), moved))
    assert "type the concentration again" in seen
    redrawn = text_of(client.post(at(patient, "edit"), {**moved, "do": "show"}))
    assert value(redrawn, "strength.0") == value(redrawn, "daily") == ""
    assert "µg/mL" in redrawn


def test_per_hour_and_per_day_are_rewritten_only_where_that_is_exact() -> None:
    sheet = Sheet({"drug.0": "morphine", "per": "h", "shown": "morphine h"})
    sheet.put_schedules([(["mon"], [("00:00", "0.1"), ("06:00", "1/3")])])
    sheet["per"] = "day"
    change(sheet, "show")
    assert sheet.steps(0) == [("00:00", "2.4"), ("06:00", "")]
    sheet["per"] = "h"
    sheet["s.0.0.rate"] = "1"
    change(sheet, "show")
    assert sheet.steps(0)[0] == ("00:00", "")  # 1/24 is no decimal


def test_a_file_goes_in_and_comes_out_the_same(patient: Patient) -> None:
    client = browser()
    file = SimpleUploadedFile("rx.toml", DAY_AND_NIGHT.encode())
    loaded = text_of(client.post(at(patient, "load"), {"file": file}))
    assert "This is from a file" in loaded
    assert value(loaded, "s.0.1.rate") == "0.25"
    told = read_text(DAY_AND_NIGHT)
    read = read_sheet(imported(told), 56, Now())
    assert read_text(read.text) == told.model_copy(
        update={"patient": told.patient.model_copy(update={"age_years": 56})}
    )
    posted = {
        name: one.split() if name.endswith("days") else one
        for name, one in imported(told).fields.items()
    }
    out = client.post(at(patient, "file"), posted)
    assert out["Content-Disposition"] == 'attachment; filename="prescription.toml"'
    assert read_text(out.content.decode()).therapy == told.therapy
    bad = SimpleUploadedFile("rx.toml", b"schema = 7")
    assert client.post(at(patient, "load"), {"file": bad}).status_code == 302


def test_buttons_work_without_a_script_and_return_starts_nothing(patient: Patient) -> None:
    client = browser()
    text = text_of(client.post(at(patient, "edit"), {**fields(), "do": "add-drug:0"}))
    assert 'name="drug.1"' in text
    first = text.partition('id="editor"')[2].partition("<button")[2].partition(">")[0]
    assert 'value="show"' in first  # what the return key presses: it only draws the form anew
