"""The patient at a glance and the patient's own page: by keyboard, on a phone, in Spanish."""

from __future__ import annotations

from datetime import date

import pytest
import staff
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import User
from thecal.clinic.people.roles import Role


def stage(name: str) -> Patient:
    return Patient.objects.get(family_name=name, clinic=staff.clinic())


def test_a_glance_by_keyboard_opens_gates_and_sifts_what_happened(visit: Visit) -> None:
    page = visit(Role.NURSE, f"/patients/{stage('Athome').pk}")
    expect(page.get_by_role("heading", name="The pathway")).to_be_visible()
    summary = page.locator("#step-trial > summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#step-trial").get_by_text("Start the trial").first).to_be_visible()
    page.get_by_role("link", name="Everything that happened").first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(
        f"{page.url.split('/patients/')[0]}/patients/{stage('Athome').pk}/happenings"
    )
    page.get_by_label("Words").focus()
    page.keyboard.type("wound")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("entr")
    expect(page.locator(".timeline")).to_contain_text("Wound check")


def test_identity_stays_in_sight(visit: Visit) -> None:
    page = visit(Role.NURSE, f"/patients/{stage('Athome').pk}")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    expect(page.locator(".identity")).to_be_in_viewport()


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Get help at once"), ("es", "Pida ayuda de inmediato")]
)
def test_the_patient_s_own_page_on_a_phone(visit: Visit, language: str, said: str) -> None:
    who = User.objects.get(username="patient-one")
    page = visit(who, "/mine", phone=True, locale=language)
    expect(page.get_by_role("heading", name=said)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    expect(page.locator("html")).to_have_attribute("lang", language)


def test_an_invited_patient_makes_an_account(visit: Visit) -> None:
    patient = staff.patient(family_name="Mineinvited", birth_date=date(1970, 1, 2))
    page = visit(Role.NURSE, f"/patients/{patient.pk}/do/for_patient.invite")
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_label("The link").input_value()
    theirs: Page = visit(None, link[link.index("/invited/") :])
    theirs.get_by_label("Birth date").fill("1970-01-02")
    theirs.get_by_label("Username").fill("mine-invited")
    theirs.get_by_label("Password").fill(staff.PASSWORD)
    theirs.get_by_role("button", name="Make my account").click()
    expect(theirs).to_have_url(f"{theirs.url.split('/accounts/')[0]}/accounts/login/")
    assert Patient.objects.get(pk=patient.pk).account is not None
