"""Beside a vendor's programmer: two screens typed field by field, held against what was meant."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import programming
import pytest
import staff
from django.test import Client
from programming import BACLOFEN, written
from test_programmer_editor import at, browser, text_of, value

from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.programming.screen import changed, laid_out, read_screen
from thecal.clinic.programming.sheet import Sheet
from thecal.clinic.pumps.models import Came, Outcome, Session
from thecal.programmer.transcription.file import read_transcription_text

Fields = dict[str, str]

NEW: Fields = {  # a new pump: nothing is in it
    "at": "2026-03-02 10:05",
    "pump": programming.MODEL,
    "serial": programming.SERIAL,
    "volume": "0.0",
    "alarm": "0.0",
    "drug.0": "",
    "mode": "none",
}
PROGRAMMED: Fields = {
    **NEW,
    "at": "2026-03-02 10:20",
    "volume": "20.0",
    "alarm": "2.0",
    "drug.0": "morphine",
    "for.0": "morphine",
    "strength.0": "10.0",
    "mode": "simple",
    "shown": "morphine h",
    "daily": "0.500",
    "has_dose": "no",
    "has_bridge": "no",
    "has_priming": "yes",
    "priming_volume": "0.336",
    "priming_duration": "20.15",
}
FLEX: Fields = {
    **PROGRAMMED,
    "mode": "flex",
    "s.0.days": "mon tue wed thu fri sat sun",
    "s.0.0.at": "00:00",
    "s.0.0.rate": "0.020",
    "s.0.1.at": "07:00",
    "s.0.1.rate": "0.030",
}


def typed(after: Fields, before: Fields = NEW) -> Fields:
    both = {"before": before, "after": after}
    return {f"{name}-{key}": one for name, half in both.items() for key, one in half.items()}


def post(client: Client, patient: Patient, fields: Fields) -> Fields:
    """What the page has beside the screens, with them."""
    page = text_of(client.get(at(patient, "transcribe")))
    return {name: value(page, name) for name in ("once", "device", "prescription")} | fields


@pytest.fixture
def patient(record: None) -> Patient:  # noqa: ARG001  (the record is asked for, not used)
    made = staff.patient()
    programming.pump(made)
    return made


class TestTheWholeWay:
    def test_what_agrees_to_its_last_digit_is_verified(self, patient: Patient) -> None:
        written(patient)
        client = browser(Role.NURSE)
        answer = client.post(
            at(patient, "transcribe"), post(client, patient, typed(PROGRAMMED, NEW))
        )
        assert answer.status_code == 302, text_of(answer)
        assert "Verified" in text_of(client.get(answer["Location"]))
        assert Session.objects.get().certainty == Came.VERIFIED

    @pytest.mark.parametrize(
        ("field", "wrong", "said"),
        [("daily", "0.600", "0.6"), ("strength.0", "20.0", "20"), ("volume", "18.0", "18")],
    )
    def test_a_difference_is_a_mismatch_that_shouts(
        self, patient: Patient, field: str, wrong: str, said: str
    ) -> None:
        written(patient)
        client = browser(Role.NURSE)
        sent = post(client, patient, typed({**PROGRAMMED, field: wrong}))
        answer = client.post(at(patient, "transcribe"), sent)
        page = text_of(client.get(answer["Location"]))
        assert "MISMATCH" in page
        assert "Do not leave the patient with this." in page
        assert said in page.partition("What differs")[2].partition("</table>")[0]
        assert Session.objects.get().certainty == Came.MISMATCH

    def test_the_same_form_twice_is_one_session(self, patient: Patient) -> None:
        written(patient)
        client = browser(Role.NURSE)
        sent = post(client, patient, typed(PROGRAMMED))
        for _ in range(2):
            assert client.post(at(patient, "transcribe"), sent).status_code == 302
        assert Session.objects.count() == Outcome.objects.count() == 1

    def test_another_pump_s_screen_is_refused_and_what_was_typed_stays(
        self, patient: Patient
    ) -> None:
        written(patient)
        client = browser(Role.NURSE)
        sent = post(client, patient, typed({**PROGRAMMED, "serial": "ANOTHER"}))
        page = text_of(client.post(at(patient, "transcribe"), sent), 409)
        assert "the programmer showed pump ANOTHER" in page
        assert value(page, "after-daily") == "0.500"
        assert not Session.objects.exists()


class TestTheForm:
    def test_it_has_the_prescription_s_parts_the_drug_s_own_unit_and_no_figure(
        self, patient: Patient
    ) -> None:
        written(patient, BACLOFEN)
        page = text_of(browser(Role.NURSE).get(at(patient, "transcribe")))
        after = page[page.index("After it was programmed") :]
        assert 'value="baclofen" selected' in after
        assert 'value="simple" selected' in after
        assert re.search(r"Dose of baclofen.*?µg/day", after, re.DOTALL)
        assert "µg/mL" in after
        assert "mg/mL" not in after
        for name in ("serial", "volume", "alarm", "strength.0", "daily"):
            assert f'name="after-{name}" value=""' in after

    def test_a_blank_field_and_a_slip_are_said_beside_it_and_nothing_is_kept(
        self, patient: Patient
    ) -> None:
        written(patient)
        client = browser(Role.NURSE)
        after = {**PROGRAMMED, "volume": "", "daily": "0,5", "has_bridge": ""}
        sent = post(client, patient, typed(after))
        page = text_of(client.post(at(patient, "transcribe"), sent), 422)
        assert "nothing is typed" in beside(page, "after-volume")
        assert "decimal mark is a point" in beside(page, "after-daily")
        assert "choose one" in beside(page, "after-has_bridge")
        assert value(page, "after-daily") == "0,5"
        assert not Session.objects.exists()

    def test_buttons_change_one_screen_alone(self, patient: Patient) -> None:
        written(patient)
        client = browser(Role.NURSE)
        sent = typed(FLEX, before=FLEX) | {"do": "after-add-step:0"}
        page = text_of(client.post(at(patient, "transcribe"), sent))
        assert value(page, "after-s.0.2.at") == "08:00"
        assert "before-s.0.2.at" not in page
        assert value(page, "before-s.0.1.rate") == "0.030"
        assert not Session.objects.exists()


class TestReading:
    def test_last_zeros_are_kept_they_say_how_finely_it_is_shown(self) -> None:
        text = read_screen(Sheet(dict(PROGRAMMED)), "a nurse").text
        assert 'daily_dose = "0.500 mg/day"' in text
        assert read_transcription_text(text).read_by == "a nurse"

    def test_steps_and_doses_become_a_transcription(self) -> None:
        own = {"has_dose": "yes", "dose": "0.10", "duration": "5", "lockout": "4.0", "max": "3"}
        bridge = {"has_bridge": "yes", "bridge_rate": "0.600", "bridge_duration": "13.43"}
        read = read_screen(Sheet({**FLEX, **own, **bridge}), "a nurse")
        assert not read.problems
        assert '{ at = "07:00", rate = "0.030 mg/h" }' in read.text
        assert 'bridge = { rate = "0.600 mL/day", duration = "13.43 h" }' in read.text
        assert "max_per_day = 3" in read.text

    @pytest.mark.parametrize(
        ("field", "slip"),
        [
            ("daily", "500 ug/day"),
            ("volume", "20,0"),
            ("alarm", ".5"),
            ("strength.0", "1O.0"),
            ("serial", " "),
            ("at", "10:20"),
            ("mode", "fast"),
            ("drug.0", "water"),
            ("has_priming", ""),
        ],
    )
    def test_a_slip_is_refused_by_its_field(self, field: str, slip: str) -> None:
        read = read_screen(Sheet({**PROGRAMMED, field: slip}), "a nurse")
        assert field in read.problems or "strength.0" in read.problems
        assert not read.text

    def test_steps_that_do_not_begin_at_midnight_are_refused(self) -> None:
        read = read_screen(Sheet({**FLEX, "s.0.0.at": "01:00"}), "a nurse")
        assert "00:00" in read.problems[""]

    def test_a_figure_is_not_carried_into_another_unit(self) -> None:
        sheet = changed(Sheet({**PROGRAMMED, "drug.0": "baclofen"}), "show")
        assert sheet["daily"] == sheet["strength.0"] == ""
        sheet = changed(Sheet({**FLEX, "per": "day"}), "show")
        assert sheet["s.0.1.rate"] == ""
        assert sheet["s.0.1.at"] == "07:00"

    def test_nothing_known_to_have_run_lays_out_no_drug_and_no_mode(self) -> None:
        sheet = laid_out(None, programming.MODEL, datetime(2026, 3, 2, 10, 5, tzinfo=UTC))
        assert sheet["drug.0"] == sheet["mode"] == ""
        assert sheet["at"] == "2026-03-02 10:05"


def beside(page: str, name: str) -> str:
    return page.partition(f'id="e-{name.replace(".", "-")}"')[2].partition("</div>")[0]
