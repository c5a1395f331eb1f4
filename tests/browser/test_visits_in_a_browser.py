"""Guided visits in a real browser: by keyboard, on a phone, without script, over the real link."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import journey
import programming
import pytest
import staff
from journey import NURSE, PHYSICIAN, Step, step
from playwright.sync_api import Page, expect
from running_pumps import Process, start

from tests.browser.chromium import watch_of
from tests.browser.conftest import Visit
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role

LATER = (date.today() + timedelta(days=30)).isoformat()  # noqa: DTZ011  (a day on a label)
_MOST_TABS = 60


def come_so_far(name: str, steps: list[Step]) -> Patient:
    """A patient of this test's own who did these steps until twenty minutes ago."""
    with journey.running() as clock:
        took = sum((one.after for one in steps), timedelta())
        clock.now = datetime.now(UTC) - took - timedelta(minutes=20)
        patient = staff.patient(family_name=name)
        journey.walk(patient, steps, clock)
    return patient


def fill(page: Page, **fields: str) -> None:
    """Fill fields of the form that is open, by name; a choice by its value."""
    form = page.locator(".visit__step form").first
    for name, text in fields.items():
        field = form.locator(f'[name="{name.replace("__", ".")}"]').first
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(text)
        else:
            field.fill(text)


def send(page: Page) -> None:
    """Press the form's button."""
    page.locator(".visit__step form button[type=submit]").first.click()
    page.wait_for_load_state()


def current(page: Page) -> str:
    """The step that is large."""
    return page.locator("#step").inner_text()


def tab_to(page: Page, selector: str) -> None:
    """Go on by the Tab key until something has the focus."""
    for _ in range(_MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("one => document.activeElement.matches(one)", selector):
            return
    raise AssertionError(f"{selector} is not reached by keyboard")


def test_a_referral_is_written_by_keyboard_alone(visit: Visit) -> None:
    patient = staff.patient(family_name="Keyboard")
    page = visit(NURSE, f"/patients/{patient.pk}/visits/assessment")
    form = ".visit__step form "
    for name, keys in (
        ("indication", "Pain"),
        ("referred_by", "the family doctor"),
        ("question", "Pain after two operations."),
    ):
        tab_to(page, f'{form}[name="{name}"]')
        page.keyboard.type(keys)
    tab_to(page, f"{form}button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".notice--success, .notice--ok")
    assert current(page) == "Answer the indications"
    tab_to(page, '.stepper a[href$="step=referral"]')
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    assert "the family doctor" in page.locator("main").inner_text()


def test_the_trial_starts_on_a_phone_and_its_timers_tick(
    visit: Visit, axe: Callable[[Page], None], pictures: Path
) -> None:
    patient = come_so_far("Phone", [*journey.SELECTED, *journey.BEFORE_TRIAL])
    path = f"/patients/{patient.pk}/visits/trial"
    page = visit(PHYSICIAN, path, phone=True)
    assert current(page).startswith("Start")
    fill(page, method="catheter", tip_level="T10")
    send(page)
    assert current(page).startswith("Give the drug")
    fill(page, drugs="morphine", pump="external pump", rate="0.1 mL/h", concentrations="1 mg/mL")
    send(page)
    assert current(page).startswith("Observe")
    due = page.locator(".timer__left").first
    said = due.inner_text()
    assert said.startswith("in ")
    page.evaluate(
        "performance.now = (real => () => real() + 3600e3 * 3)(performance.now.bind(performance))"
    )
    expect(due).to_have_text(re.compile("^overdue by"))
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"]  # type: ignore[index]
    axe(page)
    page.screenshot(path=pictures / "trial-on-a-phone.png", full_page=True)
    plain = visit(NURSE, path, java_script_enabled=False)
    assert plain.locator(".timer__left").first.inner_text().startswith(("in ", "overdue"))


def test_a_slip_is_refused_and_what_was_typed_stays(visit: Visit) -> None:
    patient = come_so_far("Slip", [*journey.SELECTED, *journey.BEFORE_TRIAL, journey.START])
    page = visit(NURSE, f"/patients/{patient.pk}/visits/trial?step=drug")
    watch_of(page).expected.add(422)
    form = page.locator('form:has([name="dose"])').first
    page.locator(".visit__more summary").first.click()
    for slip in ("50", "0,5 mg", ".5 mg", "0..5 mg", "50 mL"):
        form.locator('[name="drug"]').select_option("morphine")
        form.locator('[name="dose"]').fill(slip)
        form.locator("button[type=submit]").click()
        expect(form.locator(".errorlist")).to_have_count(1)
        expect(form.locator('[name="dose"]')).to_have_value(slip)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Process]:
    process = start(tmp_path / "pump", "--model", programming.MODEL, "--serial", "BROWSER-1")
    yield process
    process.kill()


def test_from_the_operation_to_a_program_over_the_link_and_a_closed_first_fill(
    visit: Visit, bench: Process, pictures: Path
) -> None:
    steps = [*journey.TRIED, *journey.BEFORE_IMPLANT]
    placed = step(
        "implants.record-implant",
        PHYSICIAN,
        hours=0.5,
        **{**journey.PUMP, "pump_serial": bench.serial},
    )
    patient = come_so_far("Operated", [*steps, placed])
    page = visit(PHYSICIAN, f"/patients/{patient.pk}/visits/implant")
    assert current(page).startswith("Enter the pump")
    fill(page, address=str(bench.address))
    send(page)
    programming.written(patient)
    page.goto(f"/patients/{patient.pk}/visits/first-fill")
    assert current(page).startswith("Pair")
    fill(page, card=(bench.folder / "cards" / "clinician.txt").read_text())
    send(page)
    for title in ("Begin the visit", "Interrogate"):
        assert current(page).startswith(title)
        send(page)
    if current(page).startswith("Draw"):
        fill(page, volume="0 mL", expected="0 mL", delivered="0 mL")
        send(page)
    assert current(page).startswith("Type the label")
    assert "10 mg/mL" not in page.locator(".visit__now").inner_text()
    apart = visit(Role.PHARMACIST, page.url)
    fill(apart, drugs="morphine 50 mg/mL", expires=LATER)
    send(apart)
    assert "THE LABEL IS NOT WHAT WAS PRESCRIBED" in apart.locator("main").inner_text()
    apart.screenshot(path=pictures / "wrong-label.png", full_page=True)
    fill(apart, drugs="morphine 10 mg/mL", expires=LATER)
    send(apart)
    bench.do("fill", "20 mL")
    page.reload()
    fill(page, volume="20 mL")
    send(page)
    assert current(page).startswith("Program")
    send(page)
    assert current(page).startswith("Watch"), page.locator("main").inner_text()
    assert bench.view()["believed"]["program_digest"]
    fill(page, overdose_signs="no")
    send(page)
    send(page)
    assert "All steps are done" in page.locator("main").inner_text()
    page.goto(f"/patients/{patient.pk}/visits/refill")
    assert current(page).startswith("A prescription stands")  # the first primes the path
