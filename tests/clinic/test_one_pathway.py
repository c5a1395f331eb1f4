"""Pumps, prescriptions, sessions and fills are part of the one history of care."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import staff
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from journey import (
    HOME,
    IMPLANTED,
    NOTHING_THINS,
    PHYSICIAN,
    PREPARED,
    PUMP,
    SELECTED,
    Clock,
    consent,
    running,
    step,
    walk,
)
from programming import FIRST, MODEL, confirmed, pump, signed, written

from thecal import care
from thecal.care import facts
from thecal.clinic.fills.models import Fill, RefillVisit
from thecal.clinic.pathway import figures
from thecal.clinic.pathway.history import history_of
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.prescriptions.services import open_findings
from thecal.clinic.pumps.models import Came, Outcome, Purpose, Session, Way
from thecal.clinic.record.histories import complaints
from thecal.clinic.record.refusals import ConflictError, GateClosedError
from thecal.clinic.record.services import services

pytestmark = pytest.mark.usefixtures("record")


@pytest.fixture
def clock() -> Iterator[Clock]:
    with running() as clock:
        yield clock


def do(patient: Patient, action: str, role: Role = Role.NURSE, **order: Any) -> Any:
    return services()[action].ask(staff.member(role), patient, order)


def history(patient: Patient) -> care.History:
    found = history_of(patient)
    assert found is not None
    return found


def followed(patient: Patient) -> care.Pathway:
    return care.follow(history(patient), timezone.now(), figures.in_force())


def implanted(clock: Clock) -> Patient:
    patient = staff.patient()
    walk(patient, IMPLANTED, clock)
    return patient


def entered(patient: Patient, serial: str = "SN-1", model: str = MODEL) -> Any:
    now = timezone.now()
    return do(patient, "pumps.enter", happened_at=now, model=model, serial=serial)


def first_fill(patient: Patient, clock: Clock) -> Fill:
    """The first fill, in the hospital, of the pump that was just placed."""
    device = entered(patient)
    written(patient, FIRST)
    day = timezone.localdate() + timedelta(days=30)
    for action, order in (
        ("fills.begin", {"device": device.pk}),
        ("fills.read-label", {"drugs": "morphine 10 mg/mL", "expires": day}),
        ("fills.fill", {"volume": "20 mL"}),
        ("fills.watch", {"overdose_signs": "no"}),
        ("fills.close", {}),
    ):
        clock.wait(minutes=10)
        do(patient, action, **order)
    return Fill.objects.get(patient=patient)


def test_a_first_fill_needs_no_aspirate_and_sets_the_next_refill(clock: Clock) -> None:
    patient = implanted(clock)
    fill = first_fill(patient, clock)
    assert RefillVisit.objects.get(patient=patient).is_first
    (task,) = followed(patient).task("refill")
    assert task.latest is not None
    assert fill.latest_safe == timezone.localdate(task.latest)
    assert Patient.objects.get(pk=patient.pk).next_due is not None
    assert list(complaints()) == []


def test_a_second_fill_needs_its_aspirate(clock: Clock) -> None:
    patient = implanted(clock)
    fill = first_fill(patient, clock)
    clock.wait(hours=40)
    walk(patient, HOME[1:2], clock)
    visit = do(patient, "fills.begin", device=fill.visit.device_id)
    assert not visit.is_first
    day = timezone.localdate() + timedelta(days=30)
    do(patient, "fills.read-label", drugs="morphine 10 mg/mL", expires=day)
    with pytest.raises(GateClosedError) as caught:
        do(patient, "fills.fill", volume="20 mL")
    assert "refill.aspirated" in {gate.code for gate in caught.value.closed}


def test_the_page_of_the_patient_says_when_the_refill_is_due(clock: Clock) -> None:
    patient = implanted(clock)
    fill = first_fill(patient, clock)
    client = Client()
    client.force_login(staff.member(Role.READER), staff.BACKEND)
    page = client.get(reverse("patient", kwargs={"patient": patient.pk})).content.decode()
    assert "Refill the pump" in page
    assert f"{fill.latest_safe:%Y-%m-%d}" in page


def test_nothing_is_counted_twice(clock: Clock) -> None:
    patient = implanted(clock)
    first_fill(patient, clock)
    told = history(patient)
    assert len(told.all(facts.Implanted)) == 1
    assert told.all(facts.TakenOver) == ()
    assert len(told.all(facts.Filled)) == 1
    assert told.all(facts.RefillBegun) == ()
    assert len(told.all(facts.PlanChecked)) == 1


def test_a_pump_that_is_not_in_place_is_not_entered(clock: Clock) -> None:
    patient = staff.patient()
    walk(patient, SELECTED, clock)
    with pytest.raises(ConflictError, match="nobody has recorded that a pump is in place"):
        entered(patient)
    other = implanted(clock)
    for serial, model, said in (
        ("SN-2", MODEL, "serial number SN-1"),
        ("SN-1", "prometra-ii-20", "is a synchromed-ii-20"),
    ):
        with pytest.raises(ConflictError, match=said):
            entered(other, serial, model)


def test_a_pump_that_came_out_is_not_spoken_to_any_more(clock: Clock) -> None:
    patient = implanted(clock)
    device = entered(patient)
    written(patient, FIRST)
    walk(patient, HOME, clock)
    again = [
        step("appointments.schedule-replacement", PHYSICIAN, planned=timedelta(days=2)),
        consent("replacement"),
        *NOTHING_THINS,
        *PREPARED,
        step("implants.record-replacement", PHYSICIAN, hours=0.5, **{**PUMP, "pump_serial": "X"}),
    ]
    walk(patient, again, clock)
    for action in ("pumps.interrogate", "fills.begin"):
        with pytest.raises(ConflictError, match="serial number X, not SN-1"):
            do(patient, action, device=device.pk)
    assert entered(patient, "X").serial == "X"


def test_after_the_pump_is_out_nothing_is_filled_or_sent(clock: Clock) -> None:
    patient = implanted(clock)
    device = entered(patient)
    entry = written(patient, FIRST)
    walk(patient, [*HOME, step("implants.record-explant", PHYSICIAN, reason="Infection.")], clock)
    asked: dict[str, dict[str, Any]] = {"fills.begin": {}, "pumps.send": {"prescription": entry.pk}}
    for action, order in asked.items():
        with pytest.raises(ConflictError, match="nobody has recorded that a pump is in place"):
            do(patient, action, device=device.pk, **order)


TEN_FOLD = FIRST.replace("0.5 mg/day", "5 mg/day").replace(
    "[therapy]",
    '[before]\ndaily_dose = "0.5 mg/day"\n\n[[before.drugs]]\ndrug = "morphine"\n'
    'concentration = "10 mg/mL"\n\n[therapy]',
)


def missing(patient: Patient) -> set[str]:
    return {one.code for one in followed(patient).gate("program.send").missing}


def test_the_gate_of_sending_follows_prescription_signatures_and_second_person(
    clock: Clock,
) -> None:
    patient = implanted(clock)
    entered(patient)
    assert missing(patient) == {"program.accepted", "program.second-person"}
    entry = written(patient, TEN_FOLD)
    assert missing(patient) == {"program.accepted", "program.second-person"}
    for rule, _ in open_findings(entry, entry.visit_on):
        clock.wait(minutes=1)
        signed(patient, entry, rule)
    assert missing(patient) == {"program.second-person"}
    clock.wait(minutes=1)
    confirmed(patient, entry)
    assert missing(patient) == set()
    clock.wait(minutes=1)
    do(patient, "prescriptions.withdraw", PHYSICIAN, prescription=entry.pk, why="Too much.")
    assert missing(patient) == {"program.accepted", "program.second-person"}


def test_a_prescription_while_a_refill_is_open_stops_its_fill(clock: Clock) -> None:
    patient = implanted(clock)
    device = entered(patient)
    written(patient, FIRST)
    do(patient, "fills.begin", device=device.pk)
    day = timezone.localdate() + timedelta(days=30)
    do(patient, "fills.read-label", drugs="morphine 10 mg/mL", expires=day)
    clock.wait(minutes=1)
    written(patient, FIRST.replace("0.5 mg/day", "0.6 mg/day"))
    with pytest.raises(GateClosedError, match="does not stand any more"):
        do(patient, "fills.fill", volume="20 mL")


def session_of(patient: Patient, *, came: Came | None, purpose: Purpose = Purpose.SEND) -> Session:
    """A session as its service leaves it when the process died, or ended so."""
    device = entered(patient) if not Session.objects.exists() else Session.objects.all()[0].device
    entry = written(patient, FIRST)
    now = timezone.now()
    common: dict[str, Any] = {
        "patient": patient,
        "happened_at": now,
        "recorded_at": now,
        "recorded_by": staff.member(Role.NURSE),
        "recorded_role": "nurse",
    }
    session = Session(
        device=device,
        way=Way.LINK,
        purpose=purpose,
        prescription=entry,
        digest=entry.digest,
        **common,
    )
    session.save()
    if came is not None:
        Outcome(session=session, outcome=came.value, **common).save()
    return session


@pytest.mark.parametrize(
    ("came", "task"),
    [
        (None, "program.unknown"),
        (Came.UNKNOWN, "program.unknown"),
        (Came.MISMATCH, "program.mismatch"),
        (Came.VERIFIED, ""),
        (Came.REFUSED, ""),
    ],
)
def test_a_session_of_which_not_enough_is_known_is_a_task(
    clock: Clock, came: Came | None, task: str
) -> None:
    patient = implanted(clock)
    session_of(patient, came=came)
    raised = {one.code for one in followed(patient).tasks} & {"program.unknown", "program.mismatch"}
    assert raised == ({task} if task else set())


def test_a_session_that_only_reads_sends_nothing(clock: Clock) -> None:
    patient = implanted(clock)
    session_of(patient, came=None, purpose=Purpose.READ)
    assert history(patient).all(facts.ProgramSent) == ()


def test_a_take_over_names_the_pump_before_it_is_entered(clock: Clock) -> None:
    patient = staff.patient()
    unnamed = step("implants.take-over", PHYSICIAN, indication="pain", from_whom="elsewhere")
    walk(patient, [unnamed], clock)
    with pytest.raises(ConflictError, match="does not say which pump"):
        entered(patient)
    named = replace(unnamed, data={**unnamed.data, "pump": MODEL})
    walk(patient, [named], clock)
    assert entered(patient, "ANY").serial == "ANY"


def test_what_nobody_recorded_as_treated_is_neither_filled_nor_programmed() -> None:
    patient = staff.patient()
    written(patient, FIRST)
    with pytest.raises(ConflictError, match="nobody has recorded"):
        entered(patient)
    pump(patient)  # with which they were taken over
    assert followed(patient).gate("program.send").is_open


def test_what_an_entry_tells_is_read_once(clock: Clock) -> None:
    patient = staff.patient()
    walk(patient, SELECTED, clock)
    as_read = history(patient)
    with CaptureQueriesContext(connection) as asked:
        assert history(patient) == as_read
    assert len(asked) == 3, "which entries there are; what is treated; the prescription"
    walk(patient, [consent("trial")], clock)
    assert len(history(patient).events) == len(as_read.events) + 1
