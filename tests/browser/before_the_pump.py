"""From the first person who is enrolled to the decision after the trial, by the pages alone."""

from __future__ import annotations

from datetime import datetime, timedelta

import staff
from playwright.sync_api import expect

from tests.browser.chromium import watch_of
from tests.browser.colleagues import Colleague
from tests.browser.staffed import PATIENT, RISKS, Clinic, at, morning
from thecal.clinic.people.roles import Role

MORPHINE_OBSERVED = timedelta(hours=24)
"""After its first dose: later than the 23 h after admission, and so what decides."""


def the_people_are_enrolled(administrator: Colleague) -> None:
    administrator.comes()
    for role in (Role.PHYSICIAN, Role.NURSE, Role.PHARMACIST, Role.NEUROPSYCHOLOGIST):
        administrator.does(
            "Enrol",
            username=role.value,
            name=f"{role.label} one",
            role=str(role.label),
            password=staff.PASSWORD,
        )


def the_patient_is_registered(nurse: Colleague) -> None:
    nurse.comes()
    menu = nurse.page.get_by_role("navigation", name="Main")
    menu.get_by_role("link", name="Patients").click()
    nurse.page.get_by_role("link", name="Register a patient").click()
    who = {"record_number": "100", "family_name": PATIENT, "given_name": "Given"}
    nurse.tries("Register", **who, birth_date="1970-01-02", sex="Female")
    expect(nurse.identity).to_contain_text(PATIENT)


def the_patient_is_selected(clinic: Clinic) -> None:
    visit = "Assessment and candidacy"
    nurse, physician, assessor = clinic.nurse, clinic.physician, clinic.neuropsychologist
    nurse.takes_up(PATIENT, visit)
    why = {"referred_by": "the family doctor", "question": "Pain after two operations."}
    nurse.does("Record the referral", indication="Pain", **why)
    expect(nurse.here).to_contain_text("This step is done by: Physician")
    physician.takes_up(PATIENT, visit)
    indications = {
        "More conservative therapies have failed": "Yes",
        "Further surgery is not indicated or not possible": "Yes",
        "No serious untreated drug habituation": "Yes",
        "No contraindication to implantation": "Yes",
    }
    physician.does("Answer the indications", **indications)
    physician.goes_to("Put the trial into the calendar")
    expect(physician.here).to_contain_text("Not yet: first")
    for reason in (
        "Closed: psychology.evaluated",
        "no psychological assessment is recorded",
        "What opens it: an assessment by a neuropsychologist that clears the patient",
        "leaflet.6",
    ):
        expect(physician.here).to_contain_text(reason)
    expect(physician.here.locator("form")).to_have_count(0)
    assessor.takes_up(PATIENT, visit)
    found = {"clearance": "Cleared", "untreated_habituation": "No", "summary": "Fit."}
    assessor.does("Record a psychological assessment", **found)
    expect(assessor.identity).to_contain_text("Ready for a trial")


def the_trial_is_scheduled(clinic: Clinic) -> datetime:
    nurse = clinic.nurse
    nurse.takes_up(PATIENT, "Assessment and candidacy")
    day = morning(clinic.clock, days=2, hour=9)
    how = {"method": "Tunnelled catheter and external pump"}
    nurse.does("Schedule: trial", planned=at(day), **how)
    expect(nurse.main).to_contain_text("All steps are done")
    expect(nurse.identity).to_contain_text("Trial scheduled")
    return day


def the_trial_is_prepared_and_started(clinic: Clinic, day: datetime) -> None:
    nurse, physician = clinic.nurse, clinic.physician
    physician.is_called_to(PATIENT, "Trial day")
    by = {"discussed_by": "the physician"}
    physician.does("Record a consent", **{**RISKS, "Paralysis": "No"}, **by)
    expect(physician.step).to_contain_text("consent")
    expect(physician.here).to_contain_text("not discussed: paralysis")
    physician.does("Record a consent", **RISKS, **by)
    clinic.clock.wait_until(day - timedelta(hours=1))
    nurse.is_called_to(PATIENT, "Trial day")
    nurse.does("Review what thins the blood")
    scale = "Pain, 0 to 10 numeric rating (0 to 10, whole)"
    nurse.does("Record a score", instrument=scale, score="8")
    nurse.does("Record a dose of the antibiotic", agent="by the clinic's protocol", dose="once")
    clinic.clock.wait(minutes=20)
    physician.looks_again()
    physician.does("Start the trial", tip_level="T10")
    expect(physician.here).to_contain_text("23 h after admission")
    nurse.looks_again()
    infusion = {
        "Drugs, one a line": "morphine",
        "External pump": "external pump",
        "Rate, as set on the pump": "0.1 mL/h",
        "Concentrations": "morphine 1 mg/mL",
    }
    nurse.does("Record the external pump's infusion", **infusion)
    expect(nurse.here).to_contain_text("The stricter applies: 24 h after first dose of morphine")


def a_row_is_written(by: Colleague, pain: str, **later: float) -> None:
    by.clock.wait(**later)
    by.looks_again()
    signs = {
        "Sedation (POSS)": "1",
        "Breaths a minute": "14",
        "SpO2 in percent": "97",
        "Pain, 0 to 10": pain,
    }
    by.does("Add a row to the flow sheet", **signs)


def the_trial_is_observed_to_its_end(clinic: Clinic) -> None:
    """A row each hour for twelve hours, then every two, as the sheet asks for them."""
    nurse, physician = clinic.nurse, clinic.physician
    began = clinic.clock.now
    for _ in range(13):
        a_row_is_written(nurse, "3", minutes=56)
    for _ in range(5):
        a_row_is_written(nurse, "3", minutes=116)
    assert timedelta(hours=22) < clinic.clock.now - began < timedelta(hours=23)
    expect(nurse.here).not_to_contain_text("no observation between")
    the_trial_refuses_to_end(physician)
    clinic.clock.wait_until(began + timedelta(hours=23, minutes=10))
    nurse.looks_again()
    expect(nurse.step).to_contain_text("Observe")  # the label's hour is still to come
    clinic.clock.wait_until(began + MORPHINE_OBSERVED)
    nurse.looks_again()
    nurse.does("Record function in the trial", answer="Yes")
    expect(nurse.here).to_contain_text("The trial has succeeded")


def the_trial_refuses_to_end(physician: Colleague) -> None:
    physician.finds(PATIENT)
    end = "End the trial: the catheter is out"
    physician.region("What can be done").get_by_role("link", name=end).click()
    watch_of(physician.page).expected.add(409)
    physician.tries(end, **{"The catheter came out whole": "Yes"})
    expect(physician.main).to_contain_text("Closed: trial.observed")
    expect(physician.main).to_contain_text("beside 23 h after admission")
    physician.page.get_by_role("link", name="Leave without doing it").click()
    expect(physician.identity).to_contain_text("In the trial")


def the_trial_is_decided(clinic: Clinic) -> None:
    """The decision by keyboard alone."""
    physician = clinic.physician
    physician.is_called_to(PATIENT, "Trial day")
    end = {"The catheter came out whole": "Yes"}
    physician.does("End the trial: the catheter is out", **end)
    physician.tabs_to(physician.page.get_by_label("A permanent pump is wanted"))
    physician.page.keyboard.type("Yes")
    physician.tabs_to(physician.page.get_by_label("Reason"))
    physician.page.keyboard.type("Half the pain, and more steps in a day.")
    button = "Record the decision after the trial"
    physician.tabs_to(physician.page.get_by_role("button", name=button))
    physician.page.keyboard.press("Enter")
    expect(physician.main).to_contain_text(f"Done: {button}")
    expect(physician.main).to_contain_text("All steps are done")
