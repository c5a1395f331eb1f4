"""The programmer in a real browser: from a draft to a verified program in a real bench pump."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import programming
import pytest
import staff
from django.urls import reverse
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from running_pumps import Process, start

from tests.browser.chromium import watch_of
from tests.browser.conftest import Visit
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.prescriptions.services import current
from thecal.clinic.pumps.models import Device, Session
from thecal.clinic.record.services import services

DAY_AND_NIGHT = programming.example("morphine-bupivacaine-day-and-night.toml").partition(
    "[[signed]]"
)[0]
SLIPS = ("0,5", "0.5.1", "1.0", ".5", "O.5", "1 000", "-1", "500 ug/day", "0.02 mg/h", "1,000")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Process]:
    process = start(tmp_path / "pump", "--model", programming.MODEL)
    yield process
    process.kill()


def treated(name: str, process: Process | None = None, text: str = programming.FIRST) -> Patient:
    """A patient of the test's own, with a prescription and a pump."""
    patient = staff.patient(family_name=name)
    if process is None:
        programming.pump(patient, serial=f"SERIAL-{name}")
    else:
        programming.pump(patient, str(process.address), process.serial)
    programming.written(patient, text)
    return patient


def pair_in_the_browser(visit: Visit, patient: Patient, process: Process) -> None:
    page = visit(Role.NURSE, reverse("pumps.pair", args=[patient.pk]))
    card = (process.folder / "cards" / "clinician.txt").read_text()
    page.locator("main [name=card]").fill(card)
    page.locator("main [name=card]").locator("xpath=ancestor::form//button").first.click()
    expect(page.locator(".notice--success, .notice--ok").first).to_be_visible()


def at(patient: Patient, page: str) -> str:
    return f"/patients/{patient.pk}/programmer/{page}"


def settled(page: Page) -> None:
    """The preview has answered the last key."""
    page.wait_for_timeout(200)
    expect(page.locator(".htmx-request")).to_have_count(0)


def unfold(page: Page) -> None:
    """Open what is folded: axe takes hidden text for text that lies on what follows it."""
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")


def prescribe(page: Page) -> None:
    """Answer what the review asks, and go on."""
    for one in page.locator("[id^=reason-]:not([id$='-e'])").all():
        one.fill("seen and meant")
    if page.locator("#password").count():
        page.fill("#password", staff.PASSWORD)
    page.locator("button[value=prescribe]").click()
    page.wait_for_url("**/programmer/send")


def test_the_whole_way_to_a_verified_program_and_its_paper(
    visit: Visit, bench: Process, pictures: Path, axe: Callable[[Page], None]
) -> None:
    patient = treated("Wholeway", bench)
    pair_in_the_browser(visit, patient, bench)
    page = visit(Role.PHYSICIAN, at(patient, "edit"))
    page.check("#mode-flex")
    page.locator("#do-add-step-0").click()
    page.fill("#f-s-0-1-at", "20:00")
    page.fill("#f-s-0-0-rate", "0.48")  # what runs now is exact by the day alone
    page.fill("#f-s-0-1-rate", "0.72")
    expect(page.locator("#e-s-0-1-rate")).to_contain_text("0.03 mg/h")
    page.locator("#do-weekend-0").click()
    expect(page.locator("#f-s-1-1-rate")).to_have_value("0.72")
    expect(page.locator("#preview .day")).to_have_count(2)
    expect(page.locator("#preview .totals")).to_contain_text("mg/day")
    expect(page.locator("#next-days")).to_be_visible(timeout=30_000)
    page.screenshot(path=pictures / "edit.png", full_page=True)
    unfold(page)
    axe(page)
    page.get_by_role("button", name="Review").click()
    page.wait_for_url("**/programmer/review")
    page.screenshot(path=pictures / "review.png", full_page=True)
    unfold(page)
    axe(page)
    prescribe(page)
    if page.get_by_text("A second person is missing").count():
        page.fill("#second-username", "pharmacist-one")
        page.fill("#second-password", staff.PASSWORD)
        page.get_by_role("button", name="Confirm as the second person").click()
    page.screenshot(path=pictures / "send.png", full_page=True)
    unfold(page)
    axe(page)
    page.get_by_role("button", name="Send to the pump").click()
    expect(page.locator("#progress .big")).to_be_visible(timeout=20_000)
    for _ in range(3):  # what only the pump at hand shows is signed, and confirmed again
        if page.locator("#progress .big").inner_text() == "Verified":
            break
        entry = current(patient)
        assert entry is not None
        codes = page.locator("#progress .finding--confirm code").all_inner_texts()
        for code in codes:
            programming.signed(patient, entry, code)
        programming.confirmed(patient, entry)
        page.goto(at(patient, "send"))
        if page.locator("#ten-fold").count():
            page.check("#ten-fold")
        page.get_by_role("button", name="Send to the pump").click()
        expect(page.locator("#progress .big")).to_be_visible(timeout=20_000)
    expect(page.locator("#progress .big")).to_have_text("Verified")
    page.screenshot(path=pictures / "verified.png", full_page=True)
    unfold(page)
    axe(page)
    with page.expect_download() as loaded:
        page.get_by_role("link", name="The report as a PDF").click()
    assert "VERIFIED" in PdfReader(loaded.value.path()).pages[0].extract_text()


def test_every_slip_is_refused_or_questioned_beside_the_field(visit: Visit) -> None:
    patient = treated("Slips")
    page = visit(Role.PHYSICIAN, at(patient, "edit"))
    for typed in SLIPS:
        page.fill("#f-daily", typed)
        expect(page.locator("#e-daily .field__error")).to_be_visible()
        expect(page.locator("#preview .totals")).to_have_count(0)
        expect(page.locator("#f-daily")).to_have_attribute("aria-invalid", "true")
        page.fill("#f-daily", "0.6")
        expect(page.locator("#preview .totals")).to_be_visible()
    page.fill("#f-daily", "5")
    expect(page.locator("#e-daily .question")).to_contain_text("10 times as much as now")
    page.locator("#q-daily").check()
    expect(page.locator("#preview .verdict")).not_to_contain_text("doubted")
    page.fill("#f-daily", "6")  # the answer was for that number alone
    expect(page.locator("#q-daily")).not_to_be_checked()


def test_by_keyboard_alone(visit: Visit) -> None:
    patient = treated("Keyboard", text=DAY_AND_NIGHT)
    page = visit(Role.PHYSICIAN, at(patient, "edit"))
    page.locator("#f-s-0-1-rate").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("0.3")
    expect(page.locator("#e-s-0-1-rate")).to_contain_text("7.2 mg/day")
    settled(page)
    handle = page.locator(".handle").nth(1)
    handle.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#f-s-0-1-at")).to_have_value("07:15")
    settled(page)
    expect(page.locator(".handle").nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#f-s-0-1-rate")).not_to_have_value("0.3")
    page.locator("#f-volume").focus()
    page.keyboard.press("Enter")  # only draws the form anew
    expect(page).to_have_url(re.compile("/edit$"))
    page.get_by_role("button", name="Review").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/programmer/review")


def test_steps_are_dragged_in_the_picture(visit: Visit) -> None:
    patient = treated("Dragged", text=DAY_AND_NIGHT)
    page = visit(Role.PHYSICIAN, at(patient, "edit"))
    box = page.locator(".handle").nth(1).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] - 10, steps=5)
    page.mouse.up()
    rate = page.input_value("#f-s-0-1-rate")
    assert float(rate) > 0.25
    assert not rate.endswith("0")
    assert page.input_value("#f-s-0-1-at") > "07:00"


def test_leaving_half_way_is_safe_and_says_so(visit: Visit) -> None:
    patient = treated("Halfway")
    page = visit(Role.PHYSICIAN, at(patient, "edit"))
    page.fill("#f-daily", "0.7")
    expect(page.locator("#kept")).to_contain_text("You can leave", timeout=10_000)
    page.goto(f"/patients/{patient.pk}")
    page.goto(at(patient, "edit"))
    expect(page.locator("#f-daily")).to_have_value("0.7")
    expect(page.locator("#editor")).to_contain_text("This is your draft")


def test_on_a_phone_and_without_a_script(visit: Visit, pictures: Path) -> None:
    patient = treated("Phone", text=DAY_AND_NIGHT)
    page = visit(Role.PHYSICIAN, at(patient, "edit"), phone=True)
    expect(page.locator("#preview .totals")).to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
    box = page.locator("#f-s-0-0-rate").bounding_box()
    assert box is not None
    assert box["width"] > 60  # the number can be read
    page.screenshot(path=pictures / "phone.png", full_page=True)
    plain = visit(Role.PHYSICIAN, at(patient, "edit"), java_script_enabled=False)
    plain.locator("#do-add-step-1").click()
    expect(plain.locator("#f-s-1-1-at")).to_have_value("01:00")
    plain.fill("#f-s-1-1-rate", "0.25")
    plain.locator("#do-show").click()
    expect(plain.locator("#e-s-1-1-rate")).to_contain_text("6 mg/day")


def test_the_browser_is_closed_while_it_is_sent(visit: Visit, bench: Process) -> None:
    patient = treated("Closed", bench)
    pair_in_the_browser(visit, patient, bench)
    page = visit(Role.PHYSICIAN, at(patient, "send"))
    page.get_by_role("button", name="Send to the pump").click()
    page.wait_for_url("**/sessions/*")
    address = page.url
    page.close()
    back = visit(Role.PHYSICIAN, address)
    expect(back.locator("#progress .big")).to_have_text("Verified", timeout=20_000)
    assert Session.objects.filter(patient=patient).count() == 1


def test_the_link_is_cut_while_it_is_sent_and_then_it_is_found_out(
    visit: Visit, tmp_path: Path, pictures: Path, axe: Callable[[Page], None]
) -> None:
    number = _number_of_the_update(tmp_path, visit)
    deaths = {"at": [number, 0], "record": None}
    pump = start(tmp_path / "dies", "--model", programming.MODEL, deaths=deaths)
    patient = treated("Cut", pump)
    pair_in_the_browser(visit, patient, pump)
    page = visit(Role.PHYSICIAN, at(patient, "send"))
    page.get_by_role("button", name="Send to the pump").click()
    expect(page.locator("#progress .big")).to_have_text("NOT KNOWN", timeout=30_000)
    expect(page.locator("#progress")).to_contain_text("Take neither for granted")
    page.screenshot(path=pictures / "unknown.png", full_page=True)
    unfold(page)
    axe(page)
    pump.wait()
    again = start(tmp_path / "dies", "--model", programming.MODEL)
    try:
        _moved(patient, again)
        session = page.url
        page.get_by_role("button", name="Find out now").click()
        expect(page.locator("#progress")).to_contain_text("It found out of an earlier session")
        page.goto(session)
        expect(page.locator("#progress .big")).to_have_text("Verified")
    finally:
        again.kill()


def _moved(patient: Patient, pump: Process) -> None:
    device = Device.objects.current().get(patient=patient)
    order: dict[str, Any] = {
        "device": device.pk,
        "model": device.model,
        "serial": device.serial,
        "address": str(pump.address),
        "why": "it listens elsewhere now",
    }
    services()["pumps.amend"].ask(staff.member(Role.NURSE), patient, order)


def _number_of_the_update(folder: Path, visit: Visit) -> int:
    """Which write of the pump's journal is the update's: the largest of a session."""
    record = folder / "writes.txt"
    deaths = {"at": None, "record": str(record)}
    pump = start(folder / "lives", "--model", programming.MODEL, deaths=deaths)
    try:
        patient = treated("Counted", pump)
        pair_in_the_browser(visit, patient, pump)
        before = len(record.read_text().split())
        page = visit(Role.PHYSICIAN, at(patient, "send"))
        page.get_by_role("button", name="Send to the pump").click()
        expect(page.locator("#progress .big")).to_have_text("Verified", timeout=20_000)
        lengths = [int(one) for one in record.read_text().split()][before:]
        return before + lengths.index(max(lengths))
    finally:
        pump.kill()


def test_a_vendor_s_screen_is_typed_field_by_field(
    visit: Visit, pictures: Path, axe: Callable[[Page], None]
) -> None:
    patient = treated("Vendor")
    page = visit(Role.NURSE, at(patient, "transcribe"))
    for which, volume in (("before", "0.0"), ("after", "20.0")):
        page.fill(f"#f-{which}-serial", "SERIAL-Vendor")
        page.fill(f"#f-{which}-volume", volume)
        page.fill(f"#f-{which}-alarm", "2.0")
    page.select_option("#f-before-mode", "none")
    settled(page)
    page.focus("#f-after-has_priming")
    page.select_option("#f-after-has_priming", "yes")
    settled(page)
    expect(page.locator("#f-after-has_priming")).to_be_focused()
    page.fill("#f-after-priming_volume", "0.336")
    page.fill("#f-after-priming_duration", "20.15")
    for asked in ("has_dose", "has_bridge"):
        page.select_option(f"#f-after-{asked}", "no")
        settled(page)
    page.fill("#f-after-strength-0", "10.0")
    page.fill("#f-after-daily", "0,500")
    watch_of(page).expected.add(422)
    page.get_by_role("button", name="Compare and keep").click()
    expect(page.locator("#e-after-daily")).to_contain_text("a comma can mean thousands")
    expect(page.locator("#f-after-priming_volume")).to_have_value("0.336")
    axe(page)
    page.screenshot(path=pictures / "transcribe.png", full_page=True)
    page.fill("#f-after-daily", "0.600")
    page.get_by_role("button", name="Compare and keep").click()
    expect(page.locator("#progress .big")).to_have_text("MISMATCH")
