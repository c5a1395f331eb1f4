"""Looking things up and taking things out, in a browser: by keyboard, and on a phone's width."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import axe
from tests.browser.chromium import watch_of
from tests.browser.conftest import Visit
from thecal.clinic.people.roles import Role

LOOKED_UP = ("drugs/baclofen", "pumps/synchromed-ii-20", "rules/label.daily-dose", "figures", "")


@pytest.mark.parametrize("place", LOOKED_UP)
def test_what_is_looked_up_fits_a_phone_and_is_without_fault(
    visit: Visit, place: str, pictures: Path
) -> None:
    page = visit(Role.NURSE, f"/formulary/{place}".rstrip("/"), phone=True)
    page.screenshot(path=pictures / "phone.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert axe.violations(page) == []
    assert watch_of(page).faults == []


def test_a_drug_is_found_by_keyboard_alone(visit: Visit) -> None:
    page = visit(Role.PHYSICIAN, "/formulary")
    page.locator("#q").focus()
    page.keyboard.type("ziconotide")
    page.keyboard.press("Enter")
    page.wait_for_url("**/formulary?q=ziconotide")
    page.get_by_role("link", name="Ziconotide", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/formulary/drugs/ziconotide")
    assert page.get_by_role("heading", level=1).inner_text() == "Ziconotide"


def test_a_calendar_is_opened_and_its_address_shown_once(visit: Visit, pictures: Path) -> None:
    page = visit(Role.NURSE, "/")
    page.get_by_role("link", name="Exchange", exact=True).first.click()
    page.get_by_role("link", name="Refills, visits and tasks in your own calendar").click()
    page.get_by_role("button", name="Open an address").click()
    address = page.locator(".notice a").get_attribute("href") or ""
    assert address.endswith(".ics")
    answer = page.request.get(address)
    assert answer.text().startswith("BEGIN:VCALENDAR")
    assert axe.violations(page) == []
    page.screenshot(path=pictures / "calendar.png", full_page=True)
