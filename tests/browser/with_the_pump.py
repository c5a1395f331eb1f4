"""From the operation to the first refill, by the pages alone, with a bench pump on its link."""

from __future__ import annotations

from datetime import timedelta

import staff
from playwright.sync_api import Page, expect
from running_pumps import Process

from tests.browser.before_the_pump import a_row_is_written
from tests.browser.colleagues import Colleague
from tests.browser.moved_clock import MovedClock
from tests.browser.staffed import PATIENT, RISKS, Clinic, at, morning

BUPIVACAINE_KEEPS = timedelta(days=84)
"""In a pump; morphine keeps longer, and the reservoir lasts longer."""


def the_pump_is_placed(clinic: Clinic, pump: Process) -> None:
    visit = "Permanent pump: the operation"
    nurse, physician = clinic.nurse, clinic.physician
    physician.is_called_to(PATIENT, visit)
    day = morning(clinic.clock, days=7, hour=10)
    physician.does("Schedule: permanent pump", planned=at(day))
    physician.does("Record a consent", **RISKS, discussed_by="the physician")
    clinic.clock.wait_until(day - timedelta(minutes=50))
    nurse.is_called_to(PATIENT, visit)
    nurse.does("Review what thins the blood")
    nurse.does("Record the preparation of the skin", measure="Decolonised")
    expect(nurse.here).to_contain_text("missing: chlorhexidine")
    nurse.does("Record the preparation of the skin", measure="Chlorhexidine")
    nurse.does("Record a dose of the antibiotic", agent="by the clinic's protocol", dose="once")
    clinic.clock.wait_until(day)
    physician.looks_again()
    placed = {
        "pump": "SynchroMed II 8637-20",
        "pump_serial": pump.serial,
        "catheter": "Ascenda 8780",
        "Catheter as implanted, after trimming": "89 cm",
        "tip_level": "T10",
        "anaesthesia": "General",
        "pocket": "Abdominal, under the skin",
        "closure": "Staples",
    }
    physician.does("Record the operation: a permanent pump", **placed)
    expect(physician.page.get_by_label("Serial")).to_have_value(pump.serial)
    physician.does("Enter a patient's pump", address=str(pump.address))
    expect(physician.identity).to_contain_text("In hospital")


def settled(editor: Page) -> None:
    """The editor has answered the last key."""
    editor.wait_for_timeout(200)
    expect(editor.locator(".htmx-request")).to_have_count(0, timeout=60_000)


def it_is_reviewed_and_signed(physician: Colleague, *rules: str) -> None:
    """Each check that asks for it is signed with its reason, and then the prescription stands."""
    page = physician.page
    page.get_by_role("button", name="Review", exact=True).click()
    page.wait_for_url("**/review")
    for rule in rules:
        page.get_by_label(f"Reason for {rule}").fill("seen and meant")
    page.get_by_label("your password").fill(staff.PASSWORD)
    page.get_by_role("button", name="Prescribe and sign").click()
    expect(physician.main).to_contain_text("Prescribed. Nothing is sent yet.")
    expect(physician.main).to_contain_text("A second person is missing")
    expect(page.get_by_role("button", name="Send to the pump")).to_be_disabled()


def it_is_prescribed(physician: Colleague) -> None:
    """Two drugs, which is off label: so a second person is asked for."""
    physician.is_called_to(PATIENT, "First fill and programming")
    page = physician.page
    page.get_by_role("link", name="Open the programmer").click()
    page.get_by_label("First drug: doses are stated in it").select_option(label="morphine")
    settled(page)
    page.get_by_role("button", name="Add a drug").click()
    settled(page)
    page.get_by_label("Drug", exact=True).select_option(label="bupivacaine")
    settled(page)
    page.get_by_label("Concentration").nth(0).fill("10")
    page.get_by_label("Concentration").nth(1).fill("5")
    page.get_by_label("Dose of morphine", exact=True).fill("1")
    page.get_by_label("Volume in the reservoir after this visit").fill("18")
    page.get_by_label("Before this visit").select_option(
        label="First fill: the path is empty, nothing ran"
    )
    page.get_by_label("Opioid tolerant").select_option(label="Yes")
    page.get_by_label("History of psychosis").select_option(label="No")
    settled(page)
    expect(page.get_by_role("region", name="What this comes to")).to_contain_text("Priming bolus")
    it_is_reviewed_and_signed(physician, "consensus.start-dose", "label.off-label")


def a_second_person_confirms_it(pharmacist: Colleague) -> None:
    pharmacist.finds(PATIENT)
    pharmacist.page.get_by_role("link", name="Programmer", exact=True).click()
    pharmacist.page.get_by_label("Their password").fill(staff.PASSWORD)
    pharmacist.page.get_by_role("button", name="Confirm as the second person").click()
    expect(pharmacist.main).to_contain_text("You have confirmed it as the second person")
    expect(pharmacist.main).not_to_contain_text("A second person is missing")


def the_label_is_read(pharmacist: Colleague, visit: str) -> None:
    """Apart, and without a sight of what is prescribed."""
    pharmacist.is_called_to(PATIENT, visit)
    expect(pharmacist.step).to_contain_text("Type the label")
    expect(pharmacist.page.locator(".visit__now")).not_to_contain_text("10 mg/mL")
    expires = (pharmacist.clock.now + timedelta(days=200)).strftime("%Y-%m-%d")
    drugs = "morphine 10 mg/mL\nbupivacaine 5 mg/mL"
    pharmacist.does("Type the label off the syringe", drugs=drugs, expires=expires)
    expect(pharmacist.here).to_contain_text("the same")


def it_is_filled(nurse: Colleague, pump: Process) -> None:
    pump.do("fill", "18 mL")
    nurse.looks_again()
    nurse.does("Fill the reservoir", volume="18 mL")


def it_is_watched_and_closed(nurse: Colleague) -> None:
    nurse.does("Write down the watch after the fill", overdose_signs="No")
    for shown in ("Refill due", "Latest safe day", refill_day(nurse.clock)):
        expect(nurse.here).to_contain_text(shown)
    nurse.does("Close the refill")


def refill_day(clock: MovedClock) -> str:
    """What is filled today lasts so long: bupivacaine keeps for the shorter time."""
    return (clock.now + BUPIVACAINE_KEEPS).strftime("%Y-%m-%d")


def the_pump_is_filled_first(clinic: Clinic, pump: Process) -> None:
    visit = "First fill and programming"
    nurse = clinic.nurse
    nurse.is_called_to(PATIENT, visit)
    card = (pump.folder / "cards" / "clinician.txt").read_text()
    nurse.does("Pair with a pump", card=card)
    nurse.does("Begin a refill visit")
    nurse.does("Interrogate the pump")
    the_label_is_read(clinic.pharmacist, visit)
    it_is_filled(nurse, pump)
    nurse.does("Send the prescription to the pump")
    expect(nurse.main).to_contain_text("Verified: read back, and exactly what was sent")
    it_is_watched_and_closed(nurse)
    expect(nurse.main).to_contain_text("All steps are done")


def the_night_is_watched(clinic: Clinic) -> None:
    """On a phone at the bedside, every four hours; the page says what was not looked at."""
    nurse, physician = clinic.nurse_on_a_phone, clinic.physician
    nurse.is_called_to(PATIENT, "The night after the operation")
    nurse.goes_to("Stop the antibiotic")
    nurse.does("Record a dose of the antibiotic", agent="by the clinic's protocol", dose="once")
    for _ in range(5):
        a_row_is_written(nurse, "2", minutes=235)
        assert nurse.page.evaluate("document.documentElement.scrollWidth") <= 360
    expect(nurse.here).to_contain_text("no observation between")
    clinic.clock.wait(hours=4, minutes=30)
    physician.is_called_to(PATIENT, "The night after the operation")
    expect(physician.step).to_contain_text("Send home")
    physician.does("Send home after the operation")
    expect(physician.identity).to_contain_text("Wound healing")


def the_wound_heals(clinic: Clinic) -> None:
    clinic.clock.wait(days=3)
    clinic.physician.is_called_to(PATIENT, "Wound check")
    expect(clinic.physician.here).to_contain_text("within 5 day of the procedure")
    clinic.physician.does("Record the wound check", healthy="Yes")
    clinic.clock.wait(days=10)
    clinic.nurse.is_called_to(PATIENT, "Staples or stitches out")
    expect(clinic.nurse.here).to_contain_text("about 14 day after the procedure")
    clinic.nurse.does("Record that staples or stitches are out")
    expect(clinic.nurse.identity).to_contain_text("Followed up")


def the_refill_is_prescribed(physician: Colleague) -> None:
    """The first prescription primed an empty path; what fills a pump that runs is another."""
    physician.takes_up(PATIENT, "Refill")
    expect(physician.step).to_contain_text("A prescription stands")
    expect(physician.here).to_contain_text("its priming or its bridge would run once more")
    page = physician.page
    page.get_by_role("link", name="Open the programmer").click()
    expect(page.get_by_label("Dose of morphine", exact=True)).to_have_value("1")
    expect(page.get_by_label("Before this visit")).to_have_value("runs")
    page.get_by_label("Volume in the reservoir after this visit").fill("18")
    settled(page)
    preview = physician.region("What this comes to")
    expect(preview).not_to_contain_text("Priming bolus")
    it_is_reviewed_and_signed(physician, "label.off-label")


def the_pump_is_refilled(clinic: Clinic, pump: Process) -> None:
    nurse = clinic.nurse
    nurse.comes()
    due = nurse.region("Refills, to their latest safe day").get_by_role("row")
    expect(due.filter(has_text=PATIENT)).to_contain_text("in 1 day")
    the_refill_is_prescribed(clinic.physician)
    a_second_person_confirms_it(clinic.pharmacist)
    nurse.takes_up(PATIENT, "Refill")
    nurse.does("Begin a refill visit")
    nurse.does("Interrogate the pump")
    expect(nurse.here).to_contain_text("Believed to be left")
    drawn = pump.do("aspirate").removeprefix("aspirated ")
    nurse.does("Write down what was drawn out", volume=drawn)
    nurse.goes_to("Draw the reservoir empty")
    expect(nurse.here).to_contain_text(drawn)
    expect(nurse.here).to_contain_text("They may differ by")
    the_label_is_read(clinic.pharmacist, "Refill")
    nurse.is_called_to(PATIENT, "Refill")
    it_is_filled(nurse, pump)
    it_is_sent_from_the_programmer(nurse)
    nurse.is_called_to(PATIENT, "Refill")
    signs_of_harm_are_asked_for(nurse)
    it_is_watched_and_closed(nurse)
    lasts = f"The fill lasts until {refill_day(nurse.clock)} at the latest."
    expect(nurse.main).to_contain_text(lasts)


def it_is_sent_from_the_programmer(nurse: Colleague) -> None:
    nurse.finds(PATIENT)
    nurse.page.get_by_role("link", name="Programmer", exact=True).click()
    expect(nurse.main).to_contain_text("Second person: Pharmacist one")
    nurse.page.get_by_role("button", name="Send to the pump").click()
    came = nurse.page.locator("#progress .big")
    expect(came).to_have_text("Verified", timeout=60_000)


def signs_of_harm_are_asked_for(nurse: Colleague) -> None:
    nurse.goes_to("Ask about infection, granuloma and paralysis")
    form = nurse.here.locator("form").first
    for answer in form.get_by_role("combobox").all():
        answer.select_option(label="No")
    nurse.does("Ask about infection, granuloma and paralysis")
