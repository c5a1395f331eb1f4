"""A patient's whole way by the pages alone, from referral to refill, while months pass by a clock.

The clinic and the pump are real, and theirs is the clock that moves. Each form is filled in by
what stands beside its fields, by whoever does that part of the work.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import databases
import pytest
from playwright.sync_api import Browser, expect
from running_pumps import Process

from tests.browser import before_the_pump, colleagues, founded, with_the_pump
from tests.browser.colleagues import Colleague
from tests.browser.founded import Founded
from tests.browser.moved_clock import MovedClock
from tests.browser.staffed import PATIENT, Clinic
from thecal.clinic.people.roles import Role
from thecal.clinic.pumps.models import Came, Purpose, Session
from thecal.clinic.record.models import Override

SERIAL = "BENCH-WHOLE-WAY"


@pytest.fixture
def clock(tmp_path: Path) -> MovedClock:
    return MovedClock(tmp_path)


@pytest.fixture
def own_clinic(record_url: str, clock: MovedClock, tmp_path: Path) -> Iterator[Founded]:
    """Its tables are a copy of the empty ones, so that they need not be made again."""
    house = Path(record_url.removeprefix("sqlite://")).parent
    with founded.clinic(tmp_path, databases.SQLite(house), clock) as clinic:
        yield clinic


@pytest.fixture
def clinic(own_clinic: Founded, browser: Browser) -> Iterator[Clinic]:
    with ExitStack() as stack:

        def one(role: Role, *, phone: bool = False) -> Colleague:
            return stack.enter_context(colleagues.at_work(browser, own_clinic, role, phone=phone))

        yield Clinic(
            own_clinic.clock,
            one(Role.ADMINISTRATOR),
            one(Role.PHYSICIAN),
            one(Role.NURSE),
            one(Role.NURSE, phone=True),
            one(Role.PHARMACIST),
            one(Role.NEUROPSYCHOLOGIST),
        )


@pytest.fixture
def pump(clock: MovedClock, tmp_path: Path) -> Iterator[Process]:
    """As it comes from its maker: what no needle reaches is full."""
    with founded.pump(tmp_path / "pump", clock, "synchromed-ii-20", SERIAL) as process:
        process.do("fill", "1.4 mL")
        yield process


def test_a_patient_is_led_from_referral_to_refill_by_the_pages_alone(
    clinic: Clinic, own_clinic: Founded, pump: Process, pictures: Path
) -> None:
    before_the_pump.the_people_are_enrolled(clinic.administrator)
    before_the_pump.the_patient_is_registered(clinic.nurse)
    before_the_pump.the_patient_is_selected(clinic)
    day = before_the_pump.the_trial_is_scheduled(clinic)
    before_the_pump.the_trial_is_prepared_and_started(clinic, day)
    before_the_pump.the_trial_is_observed_to_its_end(clinic)
    clinic.nurse.page.screenshot(path=pictures / "flow-sheet.png", full_page=True)
    before_the_pump.the_trial_is_decided(clinic)
    with_the_pump.the_pump_is_placed(clinic, pump)
    with_the_pump.it_is_prescribed(clinic.physician)
    with_the_pump.a_second_person_confirms_it(clinic.pharmacist)
    with_the_pump.the_pump_is_filled_first(clinic, pump)
    due = clinic.clock.now + with_the_pump.BUPIVACAINE_KEEPS
    with_the_pump.the_night_is_watched(clinic)
    clinic.nurse_on_a_phone.page.screenshot(path=pictures / "night-on-a-phone.png", full_page=True)
    with_the_pump.the_wound_heals(clinic)
    clinic.clock.wait_until(due - timedelta(days=1))
    with_the_pump.the_pump_is_refilled(clinic, pump)
    it_stands_as_it_should(clinic, own_clinic, pump)
    clinic.nurse.page.screenshot(path=pictures / "followed-up.png", full_page=True)


def it_stands_as_it_should(clinic: Clinic, own_clinic: Founded, pump: Process) -> None:
    """On the page, in the pump, in the record, and in its trail."""
    clinic.nurse.finds(PATIENT)
    expect(clinic.nurse.identity).to_contain_text("Followed up")
    expect(clinic.nurse.region("What to do now")).to_contain_text("calls for no visit now")
    expect(clinic.nurse.region("The reservoir")).to_contain_text(
        with_the_pump.refill_day(clinic.clock)
    )
    databases.use(databases.described(own_clinic.database_url))
    sessions = Session.objects.filter(purpose=Purpose.SEND).order_by("recorded_at")
    assert [one.certainty for one in sessions] == [Came.VERIFIED, Came.VERIFIED]
    assert pump.view()["believed"]["program_digest"] == sessions[1].digest
    assert not Override.objects.exists()
    proof = own_clinic.verified()
    assert proof.returncode == 0, proof.stdout
