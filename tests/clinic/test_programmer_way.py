"""From the draft to the pump: review, signatures, second person, a session by itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from threading import Event as Gate
from typing import Any

import programming
import pytest
import staff
from django.db import connections
from django.test import Client, override_settings
from programming import FIRST, written
from pypdf import PdfReader
from running_pumps import Process, start
from test_number_entry import fields
from test_programmer_editor import at, browser, text_of, value

from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.prescriptions.models import FindingSigned, Prescription, SecondPerson
from thecal.clinic.prescriptions.services import current
from thecal.clinic.programming.models import Draft
from thecal.clinic.pumps import contact, progress
from thecal.clinic.pumps.models import Came, Device, Outcome, Session
from thecal.clinic.record.services import services

PATIENCE_S = 20.0


@pytest.fixture
def programmer(own_record: str, tmp_path: Path) -> Iterator[str]:
    with override_settings(THECAL_PROGRAMMER=tmp_path / "programmer"):
        yield own_record


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Process]:
    process = start(tmp_path / "pump", "--model", programming.MODEL)
    yield process
    process.kill()


def paired(patient: Patient, process: Process) -> Device:
    device = programming.pump(patient, str(process.address), process.serial)
    card = (process.folder / "cards" / "clinician.txt").read_text()
    order = {"device": device.pk, "card": card}
    services()["pumps.pair"].ask(staff.member(Role.NURSE), patient, order)
    return device


def reviewed(client: Client, patient: Patient, **changed: str) -> str:
    """The review of a draft that follows what stands."""
    entry = current(patient)
    sheet = fields(follows=str(entry.pk) if entry else "", **changed)
    answer = client.post(at(patient, "to-review"), sheet)
    assert answer.status_code == 302, text_of(answer)
    assert answer["Location"].endswith("/review"), answer["Location"]
    return text_of(client.get(at(patient, "review")))


def asked_in(review: str) -> list[str]:
    """The rules that the review asks a reason for."""
    return [one.partition('"')[0] for one in review.split('name="reason:')[1:]]


def answers(review: str, **more: str) -> dict[str, str]:
    return {"once": value(review, "once"), "digest": value(review, "digest"), **more}


def over(client: Client, address: str) -> str:
    """The session's page once it is over."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        text = text_of(client.get(f"{address}/progress"))
        if "Closing this page neither stops" not in text:
            return text_of(client.get(address))
        time.sleep(0.05)
    raise AssertionError("the session does not end")


def sent(client: Client, patient: Patient, **more: str) -> str:
    """The address of the session that the button begins."""
    text = text_of(client.get(at(patient, "send")))
    part = text.partition("Over the link")[0].rpartition("<form")[2]
    once = value(part, "once")
    device = Device.objects.current().get(patient=patient)
    entry = current(patient)
    assert entry is not None
    order = {"once": once, "device": str(device.pk), "prescription": str(entry.pk), **more}
    answer = client.post(at(patient, "send"), order)
    assert answer.status_code == 302, text_of(answer, answer.status_code)
    return str(answer["Location"])


class TestReview:
    @pytest.fixture
    def patient(self, record: None) -> Patient:  # noqa: ARG002  (asked for, not used)
        made = staff.patient()
        programming.pump(made)
        written(made)
        return made

    def test_old_and_new_stand_side_by_side_and_what_changes_is_marked(
        self, patient: Patient
    ) -> None:
        review = reviewed(browser(), patient)
        assert "0.5 mg/day" in review
        assert "<strong>0.6 mg/day</strong>" in review
        assert 'class="changed"' in review
        assert "Every setting, side by side" in review

    def test_what_cannot_be_read_or_is_doubted_does_not_come_to_the_review(
        self, patient: Patient
    ) -> None:
        client = browser()
        for typed in ("0,6", "5", ""):
            answer = client.post(at(patient, "to-review"), fields(daily=typed))
            assert answer["Location"].endswith("/edit")
        assert Draft.objects.count() == 1  # and what was typed is kept

    def test_each_confirm_is_signed_with_its_reason_in_the_same_go(self, patient: Patient) -> None:
        client = browser()
        more = {"drug__1": "bupivacaine", "strength__1": "5", "for__1": "bupivacaine"}
        review = reviewed(client, patient, **more)
        assert "label.off-label" in review
        assert "Second person" in review
        bare = text_of(client.post(at(patient, "review"), answers(review, do="prescribe")), 422)
        assert "a signed finding needs its reason" in bare
        assert "your password signs the findings" in bare
        codes = asked_in(review)
        reasons = {f"reason:{code}": "seen and meant" for code in codes}
        whole = answers(review, do="prescribe", password=staff.PASSWORD, **reasons)
        assert client.post(at(patient, "review"), whole).status_code == 302
        entry = current(patient)
        assert entry is not None
        assert set(
            FindingSigned.objects.filter(prescription=entry).values_list("rule", flat=True)
        ) == set(codes)
        assert not Draft.objects.exists()
        again = client.post(at(patient, "review"), whole)
        assert again["Location"].endswith("/edit")  # used once
        assert Prescription.objects.filter(patient=patient).count() == 2

    def test_a_wrong_password_prescribes_and_signs_nothing_and_says_so(
        self, patient: Patient
    ) -> None:
        client = browser()
        more = {"drug__1": "bupivacaine", "strength__1": "5", "for__1": "bupivacaine"}
        review = reviewed(client, patient, **more)
        reasons = {
            f"reason:{one.partition(chr(34))[0]}": "so" for one in review.split('name="reason:')[1:]
        }
        client.post(
            at(patient, "review"), answers(review, do="prescribe", password="no", **reasons)
        )
        page = text_of(client.get(at(patient, "send")))
        assert "Not signed: the signature" in page
        assert "Signatures are missing" in page
        assert not FindingSigned.objects.exists()

    def test_what_was_only_prescribed_is_not_held_against_itself(self, patient: Patient) -> None:
        written(patient, FIRST.replace("0.5 mg/day", "0.6 mg/day"))
        page = text_of(browser().get(at(patient, "send")))
        totals = page.partition('class="totals"')[2].partition("</table>")[0]
        assert "0.5 mg/day" in totals
        assert "0.6 mg/day" in totals
        assert "+20 %" in totals

    def test_a_ten_fold_change_shouts_and_is_typed_again(self, patient: Patient) -> None:
        client = browser()
        review = reviewed(client, patient, daily="5", sure="daily=5_mg/day")
        assert "TEN TIMES AS MUCH OR MORE" in review
        assert "row--tenfold" in review
        codes = asked_in(review)
        reasons = {f"reason:{code}": "meant" for code in codes}
        whole = answers(review, do="prescribe", password=staff.PASSWORD, **reasons)
        for wrong in ({}, {"again:morphine": "0.5"}, {"again:morphine": "5"}, {"ten_fold": "yes"}):
            refused = text_of(client.post(at(patient, "review"), whole | wrong), 422)
            assert "Not prescribed" in refused
        right = whole | {"again:morphine": "5", "ten_fold": "yes"}
        answer = client.post(at(patient, "review"), right)
        assert answer.status_code == 302, text_of(answer, 422)
        page = text_of(client.get(at(patient, "send")))
        assert "A second person is missing" in page

    def test_a_stop_explains_itself_and_can_only_be_kept_as_a_draft(self, patient: Patient) -> None:
        client = browser()
        review = reviewed(client, patient, volume="40", sure="volume=40_mL")
        assert "This can never be sent" in review
        assert "Stop: nobody can sign this" in review
        assert 'value="prescribe"' not in review
        refused = client.post(at(patient, "review"), answers(review, do="prescribe", password="x"))
        assert refused.status_code == 422
        assert client.post(at(patient, "review"), answers(review, do="draft")).status_code == 302
        assert Prescription.objects.filter(patient=patient, is_draft=True).count() == 1

    def test_a_prescription_written_elsewhere_meanwhile_is_refused_with_what_changed(
        self, patient: Patient
    ) -> None:
        client = browser()
        review = reviewed(client, patient)
        written(patient, FIRST.replace("0.5 mg/day", "0.55 mg/day"))
        for answer in (
            client.post(at(patient, "review"), answers(review, do="prescribe")),
            client.get(at(patient, "review")),
        ):
            text = text_of(answer, 409)
            assert "Another prescription stands since you began" in text
            assert "0.55" in text
        assert Prescription.objects.filter(patient=patient).count() == 2

    def test_what_was_reviewed_is_what_is_prescribed(self, patient: Patient) -> None:
        client = browser()
        review = reviewed(client, patient)
        reviewed(client, patient, daily="0.7")  # in another window
        text = text_of(client.post(at(patient, "review"), answers(review, do="prescribe")), 422)
        assert "look again" in text


@pytest.mark.usefixtures("programmer")
class TestSession:
    def test_a_program_goes_in_by_itself_and_comes_back_verified_with_its_paper(
        self, bench: Process
    ) -> None:
        patient, client = staff.patient(), browser()
        paired(patient, bench)
        written(patient)
        address = sent(client, patient)
        text = over(client, address)
        assert "Verified" in text, text
        assert "What the pump believes" in text
        pdf = client.get(f"{address}/report.pdf")
        assert pdf["Content-Type"] == "application/pdf"
        page = "".join(one.extract_text() for one in PdfReader(BytesIO(pdf.content)).pages)
        assert "VERIFIED" in page
        assert str(bench.serial) in page
        shown = text_of(client.get(at(patient, "edit")))
        assert "the pump itself, as read" in shown
        assert value(shown, "before_dose") == "0.5"

    def test_closing_the_browser_neither_stops_nor_repeats_it(
        self, bench: Process, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        patient, client = staff.patient(), browser()
        paired(patient, bench)
        written(patient)
        gate, send = Gate(), contact.send

        def slow(*args: Any) -> contact.Told:
            assert gate.wait(PATIENCE_S)
            return send(*args)

        monkeypatch.setattr(contact, "send", slow)
        address = sent(client, patient)
        going = text_of(client.get(address))
        assert "Closing this page neither stops nor repeats it" in going
        elsewhere = browser()  # whoever comes back sees the same session, and no second one
        assert "A session with the pump is under way" in text_of(elsewhere.get(at(patient, "send")))
        assert sent(elsewhere, patient) == address
        gate.set()
        assert "Verified" in over(elsewhere, address)
        assert Session.objects.filter(patient=patient).count() == 1
        assert Outcome.objects.get().outcome == Came.VERIFIED

    def test_a_second_person_confirms_on_this_screen_or_on_their_own(self, bench: Process) -> None:
        patient, client = staff.patient(), browser()
        paired(patient, bench)
        written(patient)
        over(client, sent(client, patient))
        review = reviewed(client, patient, daily="5", sure="daily=5_mg/day")
        codes = asked_in(review)
        reasons = {f"reason:{code}": "meant" for code in codes}
        whole = answers(review, do="prescribe", password=staff.PASSWORD, ten_fold="yes", **reasons)
        client.post(at(patient, "review"), whole | {"again:morphine": "5"})
        entry = current(patient)
        assert entry is not None
        closed = client.post(
            at(patient, "send"),
            {"device": str(Device.objects.get().pk), "prescription": str(entry.pk)},
        )
        assert "program.second-person" in text_of(closed, 409)
        order = {"prescription": str(entry.pk), "password": staff.PASSWORD}
        client.post(at(patient, "second"), order | {"username": "physician-one"})
        assert not SecondPerson.objects.exists()
        browser(Role.PHARMACIST).post(at(patient, "second"), order)
        assert SecondPerson.objects.get().person == staff.member(Role.PHARMACIST)
        theirs = text_of(browser(Role.PHARMACIST).get(at(patient, "send")))
        assert "You have confirmed it as the second person" in theirs
        assert "Their password" not in theirs
        order |= {"username": "nurse-one"}
        client.post(at(patient, "second"), order)
        assert SecondPerson.objects.count() == 2
        programming.signed(patient, entry, "session.ten-fold")
        browser(Role.PHARMACIST).post(at(patient, "second"), order | {"username": ""})
        refused = over(client, sent(client, patient))
        assert "TEN-FOLD AGAINST WHAT THE PUMP HOLDS" in refused
        assert "Verified" in over(client, sent(client, patient, ten_fold="yes"))

    def test_a_pump_that_dies_in_the_update_is_unknown_and_is_found_out_by_a_button(
        self, tmp_path: Path
    ) -> None:
        from test_pump_sessions import _number_of_the_update  # noqa: PLC0415

        number = _number_of_the_update(tmp_path)
        pump = start(
            tmp_path / "dies",
            "--model",
            programming.MODEL,
            deaths={"at": [number, 0], "record": None},
        )
        patient, client = staff.patient(), browser()
        device = paired(patient, pump)
        written(patient)
        address = sent(client, patient)
        text = over(client, address)
        assert "NOT KNOWN" in text
        assert "Find out now" in text
        assert "NOT KNOWN" in text_of(client.get(at(patient, "send")))
        pump.wait()
        again = start(tmp_path / "dies", "--model", programming.MODEL)
        try:
            order = {
                "device": device.pk,
                "model": device.model,
                "serial": device.serial,
                "address": str(again.address),
                "why": "it listens elsewhere now",
            }
            services()["pumps.amend"].ask(staff.member(Role.NURSE), patient, order)
            key = address.rpartition("/")[2]
            answer = client.post(at(patient, "reconcile"), {"session": key})
            over(client, str(answer["Location"]))
            found = text_of(client.get(address))
            assert "Verified" in found
            assert "Found out by a later session" in found
        finally:
            again.kill()

    def test_only_reading_it_shows_what_it_believes(self, bench: Process) -> None:
        patient, client = staff.patient(), browser(Role.NURSE)
        device = paired(patient, bench)
        answer = client.post(at(patient, "interrogate"), {"device": str(device.pk)})
        text = over(client, str(answer["Location"]))
        assert "Read" in text
        assert "left in the reservoir" in text

    def test_nothing_is_left_in_this_process_once_it_is_over(self, bench: Process) -> None:
        patient, client = staff.patient(), browser()
        paired(patient, bench)
        written(patient)
        over(client, sent(client, patient))
        assert progress.states(Session.objects.get().pk) is None
        assert connections["default"].connection is not None
