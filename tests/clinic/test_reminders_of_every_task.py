"""Every open task is told of: once for each step, to more people as it gets graver."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import staff
from django.test import Client
from journey import (
    BEFORE_TRIAL,
    HOME,
    IMPLANTED,
    INFUSION,
    NURSE,
    SELECTED,
    START,
    Clock,
    flow,
    running,
    step,
    walk,
)
from refilling import with_addresses

from thecal import care
from thecal.clinic.audit.verifying import verify
from thecal.clinic.pathway.models import OpenTask
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.reminders.models import Letter, Reminder, Step
from thecal.clinic.reminders.raising import raise_all
from thecal.clinic.reminders.steps import escalation

pytestmark = pytest.mark.usefixtures("record")


@pytest.fixture
def clock() -> Iterator[Clock]:
    with running() as clock:
        yield clock


def told(patient: Patient, code: str) -> list[str]:
    rows = Reminder.objects.filter(patient=patient, code=code).order_by("raised_at", "pk")
    return [one.step for one in rows]


def over(clock: Clock, hours: float, every: float = 1) -> None:
    for _ in range(int(hours / every)):
        clock.wait(hours=every)
        raise_all(clock.now)


def test_a_wound_that_nobody_checks_is_told_of_more_and_more_loudly(clock: Clock) -> None:
    with_addresses()
    patient = staff.patient()
    walk(patient, [*IMPLANTED, *HOME[:2]], clock)
    over(clock, 24 * 8, every=6)
    assert told(patient, "wound.check") == ["opens", "due", "overdue", "still"]
    people = [
        Letter.objects.filter(reminder__patient=patient, reminder__code="wound.check",
                              reminder__step=one).count()
        for one in ("opens", "due", "overdue", "still")
    ]  # fmt: skip
    assert people == [1, 1, 2, 4]


def test_what_was_done_in_time_is_not_told_of_again(clock: Clock) -> None:
    patient = staff.patient()
    walk(patient, [*IMPLANTED, *HOME], clock)
    over(clock, 24 * 30, every=12)
    assert told(patient, "wound.check") == []
    assert told(patient, "closures.remove") == []


def test_closures_and_an_antibiotic_are_told_of(clock: Clock) -> None:
    patient = staff.patient()
    walk(patient, IMPLANTED, clock)
    over(clock, 24 * 20, every=6)
    assert told(patient, "closures.remove") == ["opens", "due", "overdue", "still"]
    assert told(patient, "antibiotic.stop")[-1] == "still"


def test_an_observation_is_told_of_only_when_it_is_late(clock: Clock) -> None:
    with_addresses()
    patient = staff.patient()
    walk(patient, [*SELECTED, *BEFORE_TRIAL, START, INFUSION, flow("3", hours=1)], clock)
    clock.wait(minutes=70)
    assert raise_all(clock.now) == 0
    clock.wait(minutes=10)
    raise_all(clock.now)
    assert told(patient, "observation.next") == ["overdue"]
    clock.wait(minutes=50)
    raise_all(clock.now)
    assert told(patient, "observation.next") == ["overdue", "still"]
    last = Reminder.objects.get(code="observation.next", step="still")
    assert last.letters.count() == 4


def test_an_emergency_is_told_to_a_physician_at_once(clock: Clock) -> None:
    with_addresses()
    patient = staff.patient()
    walk(patient, [*IMPLANTED, *HOME], clock)
    alarming = next(
        name for name, one in care.surveillance_questions().items()
        if care.task_cards()[one.raises].urgency is care.Urgency.EMERGENCY
    )  # fmt: skip
    walk(patient, [step("followup.record-surveillance", NURSE, answers={alarming: "yes"})], clock)
    raise_all(clock.now)
    (task,) = OpenTask.objects.filter(patient=patient, pressing=0)
    letters = Letter.objects.filter(reminder__code=task.code)
    assert {one.to.username for one in letters} == {"nurse-one", "physician-one"}


def test_the_end_of_service_is_told_of_when_its_notice_begins(clock: Clock) -> None:
    patient = staff.patient()
    walk(patient, [*IMPLANTED, *HOME], clock)
    ends = OpenTask.objects.get(patient=patient, code="pump.replace")
    assert ends.earliest is not None
    raise_all(ends.earliest - timedelta(hours=1))
    assert told(patient, "pump.replace") == []
    raise_all(ends.earliest)
    assert told(patient, "pump.replace") == ["opens"]
    assert Patient.objects.get(pk=patient.pk).stage == "end-of-service"


def test_each_step_is_raised_once_whatever_the_clock_does(clock: Clock) -> None:
    patient = staff.patient()
    walk(patient, [*IMPLANTED, *HOME[:2]], clock)
    begun = clock.now
    for day in (9, 2, 20, 3, 20, 1, 9):
        clock.now = begun + timedelta(days=day)
        raise_all(clock.now)
    every = Reminder.objects.filter(patient=patient).values_list("key", flat=True)
    assert len(every) == len(set(every))
    assert sorted(told(patient, "wound.check")) == sorted(["opens", "due", "overdue", "still"])


def test_a_clock_that_was_set_back_makes_the_lists_as_they_were(clock: Clock) -> None:
    patient = staff.patient()
    walk(patient, [*IMPLANTED, *HOME], clock)
    now = clock.now
    raise_all(now + timedelta(days=365 * 6 + 300))
    assert Patient.objects.get(pk=patient.pk).stage == "end-of-service"
    raise_all(now)
    assert Patient.objects.get(pk=patient.pk).stage == "follow-up"


def test_the_page_of_the_patient_shows_what_was_told(clock: Clock) -> None:
    patient = staff.patient()
    walk(patient, [*IMPLANTED, *HOME[:2]], clock)
    over(clock, 24 * 7, every=12)
    client = Client()
    client.force_login(staff.member(Role.READER), staff.BACKEND)
    page = client.get(f"/patients/{patient.pk}").content.decode()
    assert "Check the wound. OVERDUE." in page
    assert verify().holds


def test_every_step_tells_somebody_and_graver_ones_tell_no_fewer() -> None:
    tells = escalation().tells
    assert set(tells) == set(Step)
    for mild, grave in (("due", "overdue"), ("overdue", "still"), ("latest", "missed")):
        assert tells[Step(mild)] <= tells[Step(grave)]
