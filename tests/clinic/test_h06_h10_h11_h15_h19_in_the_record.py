"""The record holds people to what answers H06, H10, H11, H15 and H19, by whatever way in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
import staff
from django.test import Client
from django.urls import reverse
from journey import NURSE, PHYSICIAN, ROUTES, Clock, Route, Step, by_service, running, step, walk

from thecal.clinic.followup.models import PortInjection, Scan, ScanClosed
from thecal.clinic.pathway.models import OpenTask
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.pumps.models import Reading
from thecal.clinic.record.histories import complaints
from thecal.clinic.record.refusals import ConflictError
from thecal.clinic.record.services import Service, services

pytestmark = pytest.mark.usefixtures("record")
ROUTE = pytest.mark.parametrize("route", ROUTES)


@pytest.fixture
def clock() -> Iterator[Clock]:
    with running() as clock:
        yield clock


def taken_over(clock: Clock, pump: str = "synchromed-ii-20", **more: Any) -> Patient:
    patient = staff.patient()
    data = {"pump": pump, "pump_serial": "SN-1", "from_whom": "elsewhere", **more}
    walk(patient, [step("implants.take-over", PHYSICIAN, indication="pain", **data)], clock)
    return patient


def shown(dose: str = "1.0 mg/day", volume: str = "12.0 mL", pump: str = "synchromed-ii-20") -> str:
    """What a vendor's programmer shows, transcribed."""
    program = (
        f'mode = "simple"\ndaily_dose = "{dose}"\npatient_dose = "none"\npriming = "none"\n'
        'bridge = "none"'
        if dose
        else 'mode = "stopped"'
    )
    return (
        'transcription = 1\nread_at = 2026-03-02T10:20:00\nread_by = "n"\n'
        f'[pump]\nmodel = "{pump}"\nserial = "SN-1"\n'
        f'[reservoir]\nvolume = "{volume}"\nalarm_volume = "1.0 mL"\n'
        '[[reservoir.drugs]]\ndrug = "morphine"\nconcentration = "10.0 mg/mL"\n'
        f"[program]\n{program}\n"
    )


def reading(text: str = "", **more: Any) -> Step:
    known = {"stall_logged": False, "silent": True}
    return step("pumps.record-reading", NURSE, shown=text or shown(), **{**known, **more})


def without_gates(patient: Patient, one: Step, clock: Clock) -> None:
    """What a forged file has: an entry with its event, which no gate has seen."""
    true = services()[one.action]
    forged = Service(true.action, true._act, (), sight=False)
    forged.order = true.order
    forged.ask(staff.member(one.role), patient, {**one.data, "happened_at": clock.now.isoformat()})


def page_of(patient: Patient) -> str:
    client = Client()
    client.force_login(staff.member(Role.READER), staff.BACKEND)
    return unescape(client.get(reverse("patient", kwargs={"patient": patient.pk})).content.decode())


# H06


def plan(drugs: str = "") -> Step:
    return step("followup.record-port-plan", PHYSICIAN, drugs=drugs, purpose="To see the tip.")


def aspirated(result: str = "normal") -> Step:
    return step("followup.record-effect-step", NURSE, step="side-port-aspiration", result=result)


INJECT = step("followup.record-port-injection", PHYSICIAN, volume="2 mL")


@ROUTE
@pytest.mark.parametrize(
    ("drugs", "closed"),
    [
        ("morphine: 10 mg/mL", {"port.not-reservoir"}),
        ("morphine: 25 mg/mL", {"port.not-reservoir"}),
        ("bupivacaine: 1 mg/mL\nmorphine: 10 mg/mL", {"port.not-reservoir"}),
    ],
)
def test_h06_no_way_in_injects_reservoir_strength_into_the_port(
    clock: Clock, route: Route, drugs: str, closed: set[str]
) -> None:
    patient = taken_over(clock)
    walk(patient, [plan(drugs), aspirated()], clock)
    assert route(patient, INJECT, clock) == closed
    assert route(patient, INJECT, clock, "It has to be.") == closed
    assert not PortInjection.objects.exists()
    without_gates(patient, INJECT, clock)
    assert any("port.not-reservoir was closed" in said for said in complaints())


def test_h06_the_port_is_a_procedure_of_its_own(clock: Clock) -> None:
    patient = taken_over(clock)
    assert by_service(patient, INJECT, clock) == {
        "port.planned",
        "port.aspirated",
        "port.not-reservoir",
    }
    walk(patient, [plan(), aspirated("failed")], clock)
    assert by_service(patient, INJECT, clock) == {"port.aspirated"}
    walk(patient, [aspirated(), INJECT], clock)
    assert PortInjection.objects.count() == 1
    assert list(complaints()) == []


# H10


def replace_by(patient: Patient) -> date:
    task = OpenTask.objects.get(patient=patient, code="pump.replace")
    assert task.due is not None
    return task.due.date()


def test_h10_the_date_to_replace_is_recomputed_on_its_own_and_never_moves_away(
    clock: Clock,
) -> None:
    placed = clock.now - timedelta(days=365)
    patient = taken_over(clock, implanted=placed.isoformat())
    by_age = replace_by(patient)
    assert by_age - placed.date() <= timedelta(days=7 * 366)  # 84 months
    walk(patient, [reading(replace_by=(by_age + timedelta(days=900)).isoformat())], clock)
    assert replace_by(patient) == by_age
    walk(patient, [reading(replace_by=(by_age - timedelta(days=400)).isoformat())], clock)
    assert replace_by(patient) == by_age - timedelta(days=400)
    walk(patient, [reading(replace_by=by_age.isoformat())], clock)
    assert replace_by(patient) == by_age - timedelta(days=400)


def test_h10_an_indicator_that_is_up_brings_the_date_nearer(clock: Clock) -> None:
    patient = taken_over(clock, implanted=(clock.now - timedelta(days=365)).isoformat())
    walk(patient, [reading(replacement_indicated=True)], clock)
    assert replace_by(patient) - clock.now.date() <= timedelta(days=91)
    assert Patient.objects.get(pk=patient.pk).stage == "end-of-service"


# H11

SCAN_PLAN = step("followup.record-scan-plan", NURSE, planned=timedelta(hours=3), tesla="1.5")
SCAN = step("followup.record-scan", NURSE)
CLOSE = step("followup.record-scan-closed", NURSE)


@ROUTE
def test_h11_a_scan_is_not_closed_before_two_readings_with_the_same_program(
    clock: Clock, route: Route
) -> None:
    patient = taken_over(clock)
    walk(patient, [SCAN_PLAN, reading(), SCAN], clock)
    assert "mri.readings" in route(patient, CLOSE, clock)
    walk(patient, [reading()], clock)
    assert route(patient, CLOSE, clock) == {"mri.readings"}
    walk(patient, [reading()], clock)
    assert route(patient, CLOSE, clock) == frozenset()
    assert ScanClosed.objects.count() == 1
    assert list(complaints()) == []


@ROUTE
def test_h11_a_program_that_the_scan_altered_keeps_it_open_and_is_an_emergency(
    clock: Clock, route: Route
) -> None:
    patient = taken_over(clock)
    altered = reading(shown("2.0 mg/day"))
    walk(patient, [SCAN_PLAN, reading(), SCAN, altered, altered], clock)
    assert route(patient, CLOSE, clock) == {"mri.program-same"}
    assert route(patient, CLOSE, clock, "It will do.") == {"mri.program-same"}
    task = OpenTask.objects.get(patient=patient, code="mri.program-altered")
    assert task.urgency == "emergency"
    without_gates(patient, CLOSE, clock)
    assert any("mri.program-same was closed" in said for said in complaints())


def test_h11_a_stall_without_its_recovery_keeps_the_scan_open(clock: Clock) -> None:
    patient = taken_over(clock)
    stalled = reading(stall_logged=True, recovery_logged=False)
    walk(patient, [SCAN_PLAN, reading(), SCAN, reading(), stalled], clock)
    assert by_service(patient, CLOSE, clock) == {"mri.recovered"}
    assert OpenTask.objects.filter(patient=patient, code="mri.not-recovered").exists()


def test_h11_no_scan_without_a_reading_before_it(clock: Clock) -> None:
    patient = taken_over(clock)
    walk(patient, [SCAN_PLAN], clock)
    assert "mri.read-before" in by_service(patient, SCAN, clock)


def test_h11_a_reading_of_another_pump_is_refused(clock: Clock) -> None:
    patient = taken_over(clock)
    text = shown().replace('serial = "SN-1"', 'serial = "SN-2"')
    with pytest.raises(ConflictError, match="serial number SN-1"):
        by_service(patient, reading(text), clock)
    assert not Reading.objects.exists()


# H15

PROMETRA = "prometra-ii-20"


@ROUTE
@pytest.mark.parametrize(
    ("dose", "volume"),
    [("1.0 mg/day", "0.0 mL"), ("", "3.0 mL"), ("1.0 mg/day", "3.0 mL")],
)
def test_h15_a_prometra_is_not_ready_unless_it_is_empty_and_set_to_zero(
    clock: Clock, route: Route, dose: str, volume: str
) -> None:
    patient = taken_over(clock, PROMETRA)
    walk(patient, [SCAN_PLAN, reading(shown(dose, volume, PROMETRA))], clock)
    assert route(patient, SCAN, clock) == {"mri.emptied"}
    assert route(patient, SCAN, clock, "It has to be.") == {"mri.emptied"}
    assert not Scan.objects.exists()
    without_gates(patient, SCAN, clock)
    assert any("mri.emptied was closed" in said for said in complaints())


def test_h15_empty_and_set_to_zero_it_is_ready_and_is_refilled_afterwards(clock: Clock) -> None:
    patient = taken_over(clock, PROMETRA)
    walk(patient, [SCAN_PLAN, reading(shown("", "0.0 mL", PROMETRA)), SCAN], clock)
    assert OpenTask.objects.filter(patient=patient, code="mri.refill").exists()
    assert list(complaints()) == []


def test_h15_what_was_not_read_is_not_taken_for_empty(clock: Clock) -> None:
    patient = taken_over(clock, PROMETRA)
    slow = shown("1.0 mg/day", "0.0 mL", PROMETRA).replace(
        'mode = "simple"\ndaily_dose = "1.0 mg/day"', 'mode = "minimum-rate"'
    )
    walk(patient, [SCAN_PLAN, reading(slow)], clock)
    assert by_service(patient, SCAN, clock) == {"mri.emptied"}


# H19


def test_h19_loss_of_effect_starts_the_path_and_the_page_says_what_volumes_cannot_show(
    clock: Clock,
) -> None:
    patient = taken_over(clock)
    lost = step("followup.record-effect-lost", NURSE, notes="Spasm is back.")
    walk(patient, [lost], clock)
    row = Patient.objects.get(pk=patient.pk)
    assert row.stage == "lost-effect"
    (task,) = OpenTask.objects.filter(patient=patient, code="effect.step")
    assert "interrogate" in task.key
    page = page_of(patient)
    assert "a leak or a dislodged catheter leaves the residual normal" in page
    assert task.title in page


def test_h19_the_path_goes_in_order_whatever_the_volumes_say(clock: Clock) -> None:
    patient = taken_over(clock)
    walk(patient, [step("followup.record-effect-lost", NURSE, notes="Pain is back.")], clock)
    done = step("followup.record-effect-step", NURSE, step="interrogate", result="normal")
    walk(patient, [done], clock)
    (task,) = OpenTask.objects.filter(patient=patient, code="effect.step")
    assert "residual" in task.key
