"""Today in the browser: renewed each minute, and a way to each patient."""

from __future__ import annotations

import re

import staff
from playwright.sync_api import expect

from tests.browser.chromium import watch_of
from tests.browser.conftest import Visit
from thecal.clinic.people.roles import Role


def test_staff_begin_with_today_and_find_a_patient(visit: Visit) -> None:
    page = visit(Role.NURSE, "/")
    expect(page).to_have_url(re.compile("/today$"))
    page.get_by_role("searchbox").fill("Intrial")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Intrial, Given").click()
    expect(page.get_by_role("region", name="Patient", exact=True)).to_contain_text("Intrial")


def test_what_is_due_in_minutes_is_renewed_without_anybody_doing_anything(visit: Visit) -> None:
    page = visit(Role.NURSE)
    page.clock.install()
    page.goto(f"/clinics/{staff.clinic().pk}/today")
    expect(page.get_by_role("heading", name="Observations under way")).to_be_visible()
    with page.expect_response(re.compile("/today/now$")) as answered:
        page.clock.run_for(61_000)
    assert answered.value.status == 200
    assert answered.value.request.headers["x-unattended"] == "yes"
    expect(page.get_by_role("heading", name="Observations under way")).to_have_count(1)
    assert not watch_of(page).faults


def test_a_stage_leads_to_its_patients_by_keyboard(visit: Visit) -> None:
    page = visit(Role.NURSE, f"/clinics/{staff.clinic().pk}/today")
    page.locator("svg.chart a", has_text="In the trial").press("Enter")
    expect(page).to_have_url(re.compile("stage=in-trial"))
    expect(page.get_by_label("Stage")).to_have_value("in-trial")
    expect(page.get_by_role("rowheader", name="Intrial, Given")).to_be_visible()
