"""A patient's course in a real browser: drawn, read off, and moved by keyboard alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from thecal.clinic.patients.models import Patient


@pytest.fixture
def path() -> str:
    return f"/patients/{Patient.objects.get(family_name='Athome').pk}/course"


def test_time_is_moved_by_keyboard_and_the_figures_follow(
    visit: Visit, path: str, pictures: Path
) -> None:
    page = visit(path=path)
    shown = page.locator("#course-shown")
    expect(shown).to_have_text(page_days())
    whole = shown.inner_text()
    ticks = page.locator("#course svg").first.inner_html()
    page.get_by_role("button", name="Closer").focus()
    page.keyboard.press("Enter")
    expect(shown).not_to_have_text(whole)
    near = shown.inner_text()
    assert page.locator("#course svg").first.inner_html() != ticks
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    expect(shown).not_to_have_text(near)
    page.get_by_role("button", name="All of it").click()
    expect(shown).to_have_text(whole)
    page.screenshot(path=pictures / "course.png", full_page=True)


def test_an_answer_is_read_off_and_another_choice_of_colours_draws_anew(
    visit: Visit, path: str
) -> None:
    page = visit(path=path, color_scheme="light")
    svg = page.locator("#course svg").first
    expect(svg).to_be_attached()
    light = svg.inner_html()
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "light => [...document.querySelectorAll('#course *')].length > 0 &&"
        " document.getElementById('course-shown').textContent !== ''",
        arg=light,
    )
    expect(page.locator("#course svg").first).to_be_attached()
    assert page.locator("#course svg").first.inner_html() != light


def test_without_a_script_the_tables_have_it_all(visit: Visit, path: str) -> None:
    page = visit(path=path, java_script_enabled=False)
    expect(page.get_by_text("The pictures need scripts")).to_be_visible()
    expect(page.get_by_role("table", name="Pain, 0 to 10 numeric rating")).to_be_visible()


def page_days() -> re.Pattern[str]:
    return re.compile(r"^\d{4}-\d{2}-\d{2} – \d{4}-\d{2}-\d{2}$")
