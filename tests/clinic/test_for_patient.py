"""The patient's own page and leaflet: exactly the record's dates and doses, in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from html import unescape
from io import BytesIO

import glances
import programming
import pytest
import staff
from django.test import Client
from django.urls import reverse
from django.utils import translation
from journey import Clock, running, step, walk
from pypdf import PdfReader

from thecal import care
from thecal.clinic.audit.models import Event
from thecal.clinic.audit.verifying import verify
from thecal.clinic.for_patient.leaflet import Part, leaflet
from thecal.clinic.for_patient.models import Invitation, InvitationUsed
from thecal.clinic.for_patient.paper import on_paper
from thecal.clinic.for_patient.services import invite, see, set_contacts
from thecal.clinic.for_patient.sheet import Sheet
from thecal.clinic.for_patient.signs import signs, signs_for
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import User
from thecal.clinic.people.roles import Role
from thecal.clinic.prescriptions.checking import plan_of
from thecal.clinic.prescriptions.models import Prescription
from thecal.clinic.prescriptions.services import current
from thecal.clinic.pumps.models import Came
from thecal.clinic.record.orders import Nothing
from thecal.clinic.record.refusals import ConflictError, NotAllowedError
from thecal.units import MASS, show

pytestmark = pytest.mark.usefixtures("record")
NUMBERS = {"phone": "555 0100", "hours": "8 to 5", "at_night": "555 0199", "emergency": "112"}


@pytest.fixture
def clock() -> Iterator[Clock]:
    with running() as one:
        yield one


def sheet_of(patient: Patient) -> Sheet:
    return see(staff.member(Role.NURSE), patient, Nothing())


def parts_of(patient: Patient) -> dict[str, Part]:
    return {one.key: one for one in leaflet(sheet_of(patient))}


def said(part: Part) -> str:
    cells = [cell for table in part.tables for row in table.rows for cell in row]
    return " ".join((part.title, *part.lines, *part.points, *cells))


FLEX = programming.example("morphine-bupivacaine-day-and-night.toml").partition("[[signed]]")[0]


def programmed(patient: Patient, clock: Clock, text: str) -> None:
    """A verified program of another prescription."""
    entry = programming.written(patient, text, draft=True)
    device = programming.pump(patient, serial="SERIAL-7")
    clock.wait(hours=1)
    glances.sent(device, entry, clock)


def test_doses_by_time_of_day_are_the_plan_s(clock: Clock) -> None:
    patient = staff.patient()
    programmed(patient, clock, FLEX)
    program = sheet_of(patient).program
    assert program is not None
    entry_plan = plan_of(*_entry(patient))
    doses = entry_plan.case.doses
    assert doses is not None
    for group in program.days:
        for day in group.days:
            volume = doses.base_ml_by_weekday[day]
            total = {one.drug: one.ug for one in group.total}
            assert total == doses.amounts(volume)
            in_all: dict[str, Fraction] = {}
            for hours in group.hours:
                for one in hours.amounts:
                    in_all[one.drug] = in_all.get(one.drug, Fraction(0)) + one.ug
            assert in_all == total
    assert sorted(day for group in program.days for day in group.days) == list(range(7))
    first = program.days[0]
    row = parts_of(patient)["doses"].tables[0].rows[0]
    amount = first.hours[0].amounts[0]
    assert show(amount.ug, MASS, unit=amount.shown_in) in row[2]


def _entry(patient: Patient) -> tuple[Prescription, date]:
    entry = Prescription.objects.get(patient=patient)
    return entry, entry.visit_on


def test_the_own_controller_is_the_program_s(clock: Clock) -> None:
    patient = staff.patient()
    programmed(patient, clock, FLEX)
    own = sheet_of(patient).program
    assert own is not None
    assert own.own is not None
    plan = plan_of(*_entry(patient))
    ordered = plan.case.prescription.patient_dose
    assert ordered is not None
    assert own.own.most_a_day == ordered.max_per_day
    assert own.own.lockout_hours == Fraction(ordered.lockout_s, 3600)
    words = said(parts_of(patient)["own"])
    assert str(ordered.max_per_day) in words
    assert "Nobody but you" in words


@pytest.mark.parametrize("came", ["", Came.UNKNOWN.value, Came.MISMATCH.value])
def test_no_dose_is_told_unless_it_was_verified(clock: Clock, came: str) -> None:
    patient, device = glances.everything(clock)
    entry = current(patient)
    assert entry is not None
    assert not parts_of(patient)["doses"].unknown
    clock.wait(hours=1)
    glances.sent(device, entry, clock, came)
    told = parts_of(patient)
    assert told["doses"].unknown
    assert told["doses"].tables == ()
    assert "own" not in told


def test_the_refill_s_last_safe_day_is_told_and_shouts_when_it_is_past(clock: Clock) -> None:
    patient, _ = glances.everything(clock)
    last = sheet_of(patient).latest_safe
    assert last is not None
    dates = parts_of(patient)["dates"]
    assert not dates.urgent
    assert f"{last.strftime('%B')} {last.day}, {last.year}" in said(dates).replace("Sept.", "")
    clock.now += (last - clock.now.date()) + timedelta(days=1)
    late = parts_of(patient)["dates"]
    assert late.urgent
    assert "Call your clinic now" in said(late)


def test_a_refill_visit_after_the_last_safe_day_is_found(clock: Clock) -> None:
    patient, _ = glances.everything(clock)
    last = sheet_of(patient).latest_safe
    assert last is not None
    days = (last - clock.now.date()).days + 3
    planned = step("appointments.schedule-refill", Role.NURSE, planned=timedelta(days=days))
    walk(patient, [planned], clock)
    assert "too late" in said(parts_of(patient)["dates"])


def test_numbers_that_the_clinic_has_not_given_are_never_made_up(clock: Clock) -> None:
    patient, _ = glances.everything(clock)
    whom = parts_of(patient)["whom"]
    assert whom.unknown
    assert whom.tables == ()
    assert not re.search(r"\d{3}", said(whom))
    set_contacts.ask(staff.member(Role.PHYSICIAN), staff.clinic(), NUMBERS)
    told = parts_of(patient)
    assert not told["whom"].unknown
    assert "555 0199" in said(told["whom"])
    assert "Call 112." in said(told["at-once"])
    with pytest.raises(NotAllowedError):
        set_contacts.ask(staff.member(Role.READER), staff.clinic(), NUMBERS)


def test_every_question_of_care_has_its_sign_with_its_source() -> None:
    asked = {one.origin.partition(":")[2] for one in signs() if one.origin.startswith("question:")}
    assert asked == set(care.surveillance_questions())
    assert all(one.source for one in signs())
    assert {one.group for one in signs()} == {
        "infection",
        "paralysis",
        "granuloma",
        "overdose",
        "withdrawal",
    }


def test_signs_are_those_of_the_patient_s_drugs_and_of_all_where_they_are_not_known() -> None:
    texts = {one.text for one in signs_for(["ziconotide"])}
    assert any("not steady" in text for text in texts)
    assert not any("blood pressure" in text for text in texts)
    assert set(signs_for([])) == set(signs())


def test_the_three_risks_and_the_benefits_are_there(clock: Clock) -> None:
    patient, _ = glances.everything(clock)
    told = parts_of(patient)
    for risk in ("Infection", "Granuloma", "Paralysis"):
        assert risk in said(told["risks"])
    assert len(told["benefits"].points) == 5
    assert told["steps"].now == 5
    assert "last step" in said(told["steps"])


def test_where_nothing_is_recorded_the_leaflet_says_so() -> None:
    told = parts_of(staff.patient())
    assert "has not begun" in said(told["steps"])
    assert "doses" not in told


def _syllables(word: str) -> int:
    found = len(re.findall(r"[aeiouy]+", word.lower()))
    if word.lower().endswith("e") and not word.lower().endswith(("le", "ee")) and found > 1:
        found -= 1
    return max(found, 1)


def test_the_words_are_those_of_the_sixth_grade(clock: Clock) -> None:
    """By Flesch and Kincaid, over everything that is a sentence; names and figures are left out."""
    patient, _ = glances.everything(clock)
    lines = [text for one in leaflet(sheet_of(patient)) for text in (*one.lines, *one.points)]
    text = " ".join(re.sub(r"\([^)]*\)|[A-Z][a-z]+ \d+, \d{4}[^.]*", "", line) for line in lines)
    sentences = [one for one in re.split(r"[.!?:]", text) if one.strip()]
    words = re.findall(r"[A-Za-z']+", text)
    syllables = sum(_syllables(word) for word in words)
    grade = 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59
    assert grade <= 6, grade


def test_the_paper_says_what_the_page_says_in_both_languages(clock: Clock) -> None:
    patient, _ = glances.everything(clock, given_name="Łucja", family_name="Nuñez")
    one = sheet_of(patient)
    for language in ("en", "es"):
        with translation.override(language):
            parts = leaflet(one)
            file = on_paper("Łucja Nuñez", parts, language, one.at)
        pages = PdfReader(BytesIO(file)).pages
        text = " ".join(" ".join(page.extract_text() for page in pages).split())
        for part in parts:
            assert " ".join(part.title.split()) in text
        assert "Łucja Nuñez" in text
        assert len(file) < 200_000


def account(patient: Patient) -> tuple[Client, User]:
    secret = invite(staff.member(Role.NURSE), patient, invite.order()).secret
    address = reverse("for_patient.accept", kwargs={"secret": secret})
    data = {"birth_date": "1970-01-02", "username": "the-patient", "password": staff.PASSWORD}
    client = Client()
    assert client.get(address).status_code == 200
    assert client.post(address, data).status_code == 302
    user = User.objects.get(username="the-patient")
    client.force_login(user, staff.BACKEND)
    return client, user


def test_an_invited_patient_makes_an_account_and_sees_only_their_own_page() -> None:
    patient, other = staff.patient(), staff.patient()
    client, user = account(patient)
    assert Patient.objects.get(pk=patient.pk).account == user
    home = client.get("/", follow=True)
    assert home.redirect_chain[-1][0] == f"/patients/{patient.pk}/for-patient"
    assert client.get("/mine").status_code == 302
    leaflet_address = f"/patients/{patient.pk}/for-patient/leaflet.pdf"
    assert client.get(leaflet_address)["Content-Type"] == "application/pdf"
    for address in (f"/patients/{other.pk}/for-patient", f"/patients/{other.pk}"):
        assert client.get(address).status_code == 404
    happened = f"/patients/{patient.pk}/happenings"
    assert client.get(happened).status_code == 403
    assert verify().holds
    assert Event.objects.filter(action="for_patient.accept-invitation").count() == 1


def test_a_link_ends_by_use_by_time_by_a_newer_one_and_by_wrong_guesses(clock: Clock) -> None:
    patient, nurse = staff.patient(), staff.member(Role.NURSE)

    def link() -> str:
        clock.wait(minutes=1)
        secret = invite(nurse, patient, invite.order()).secret
        return reverse("for_patient.accept", kwargs={"secret": secret})

    first, second = link(), link()
    assert Client().get(first).status_code == 410
    assert Client().get(second).status_code == 200
    clock.wait(days=8)
    assert Client().get(second).status_code == 410
    third = link()
    wrong = {"birth_date": "1971-01-02", "username": "guess", "password": staff.PASSWORD}
    for _ in range(5):
        assert Client().post(third, wrong).status_code == 422
    assert Client().post(third, {**wrong, "birth_date": "1970-01-02"}).status_code == 410
    assert not InvitationUsed.objects.exists()
    fourth = link()
    assert Client().post(fourth, {**wrong, "birth_date": "1970-01-02"}).status_code == 302
    assert Client().get(fourth).status_code == 410
    with pytest.raises(ConflictError):
        link()
    assert verify().holds


def test_the_secret_is_kept_nowhere() -> None:
    patient = staff.patient()
    secret = invite(staff.member(Role.NURSE), patient, invite.order()).secret
    assert all(secret not in one.detail for one in Event.objects.all())
    assert secret not in Invitation.objects.get().digest


def test_staff_see_the_page_as_the_patient_does_in_the_patient_s_language(clock: Clock) -> None:
    patient, _ = glances.everything(clock, language="es")
    client = Client()
    client.force_login(staff.member(Role.NURSE), staff.BACKEND)
    address = f"/patients/{patient.pk}/for-patient"
    spanish = unescape(client.get(address).content.decode())
    assert 'lang="es"' in spanish
    english = unescape(client.get(address, {"language": "en"}).content.decode())
    assert "Get help at once" in english
