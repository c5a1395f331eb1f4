"""The record holds people to what answers H03, H04, H05, H12, H16 and H18, by whatever way in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import staff
from django.test import Client
from django.utils import timezone
from programming import BACLOFEN, confirmed, pump, signed, written
from refilling import filled_patient

from thecal.clinic.fills.models import Fill, RefillVisit
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import User
from thecal.clinic.people.roles import Role
from thecal.clinic.prescriptions.models import Prescription
from thecal.clinic.prescriptions.services import open_findings
from thecal.clinic.pumps.models import Device, Session
from thecal.clinic.record.histories import complaints
from thecal.clinic.record.refusals import GateClosedError
from thecal.clinic.record.services import services
from thecal.clinic.reminders.models import Reminder
from thecal.clinic.reminders.raising import raise_all

pytestmark = pytest.mark.usefixtures("record")
TEN_FOLD = BACLOFEN.replace(
    "[therapy]",
    '[before]\ndaily_dose = "10 ug/day"\n\n[[before.drugs]]\ndrug = "baclofen"\n'
    'concentration = "500 ug/mL"\n\n[therapy]',
)


def do(patient: Patient, action: str, **order: Any) -> Any:
    return services()[action].ask(staff.member(Role.NURSE), patient, order)


def by_page(patient: Patient, action: str, **fields: Any) -> tuple[int, str]:
    client = Client()
    client.force_login(staff.member(Role.NURSE), staff.BACKEND)
    answer = client.post(f"/patients/{patient.pk}/do/{action}", fields)
    return answer.status_code, answer.content.decode()


def forged(kind: Any, patient: Patient, who: User, **columns: Any) -> Any:
    """An entry that no service wrote, as an import could bring it."""
    now = timezone.now()
    row = kind(
        id=uuid4(), patient=patient, happened_at=now, recorded_at=now, recorded_by=who, **columns
    )
    row.save()
    return row


def refill(patient: Patient, text: str = BACLOFEN) -> RefillVisit:
    written(patient, text)
    visit: RefillVisit = do(patient, "fills.begin", device=pump(patient).pk)
    return visit


def labelled(patient: Patient, text: str = "baclofen 500 ug/mL") -> None:
    day = timezone.localdate() + timedelta(days=9)
    do(patient, "fills.read-label", drugs=text, expires=day)


def aspirated(patient: Patient, volume: str = "4 mL") -> None:
    do(patient, "fills.aspirate", volume=volume, expected="4 mL", delivered="16 mL")


def ready_but_for_a_second_person(patient: Patient) -> tuple[Device, Prescription]:
    entry, device = written(patient, TEN_FOLD), pump(patient, "127.0.0.1:9")
    for rule, _ in open_findings(entry, entry.visit_on):
        signed(patient, entry, rule)
    return device, entry


def test_nothing_is_sent_without_the_second_person_that_a_finding_asks_for() -> None:
    patient = staff.patient()
    device, entry = ready_but_for_a_second_person(patient)
    with pytest.raises(GateClosedError, match="second person"):
        do(patient, "pumps.send", device=device.pk, prescription=entry.pk)
    fields = {"device": str(device.pk), "prescription": str(entry.pk), "ten_fold_is_right": "yes"}
    status, text = by_page(patient, "pumps.send", **fields)
    assert (status, "Closed: program.second-person" in text) == (409, True)
    assert "overriding.reason" not in text
    confirmed(patient, entry)
    session = do(patient, "pumps.send", device=device.pk, prescription=entry.pk)
    assert session.second.person == staff.member(Role.PHARMACIST)


def test_a_history_that_was_sent_without_its_second_person_is_not_taken_in() -> None:
    patient = staff.patient()
    device, entry = ready_but_for_a_second_person(patient)
    forged(
        Session,
        patient,
        staff.member(Role.NURSE),
        device=device,
        prescription=entry,
        digest=entry.digest,
        way="link",
        purpose="send",
    )
    assert any("had no second person" in one for one in complaints())


def test_forty_ml_into_a_pump_of_twenty_are_refused_by_service_and_page() -> None:
    patient = staff.patient()
    refill(patient)
    aspirated(patient)
    labelled(patient)
    with pytest.raises(GateClosedError, match="more than the reservoir holds"):
        do(patient, "fills.fill", volume="40 mL")
    assert by_page(patient, "fills.fill", volume="40 mL")[0] == 409
    assert not Fill.objects.exists()


def test_an_empty_reservoir_keeps_the_fill_closed_and_names_lost_tolerance() -> None:
    patient = staff.patient()
    refill(patient)
    aspirated(patient, "0 mL")
    labelled(patient)
    with pytest.raises(GateClosedError, match="tolerance may be lost"):
        do(patient, "fills.fill", volume="20 mL")


def test_no_way_in_fills_without_an_aspirate() -> None:
    patient = staff.patient()
    visit = refill(patient)
    labelled(patient)
    with pytest.raises(GateClosedError) as caught:
        do(patient, "fills.fill", volume="20 mL")
    assert "refill.aspirated" in {gate.code for gate in caught.value.closed}
    status, text = by_page(patient, "fills.fill", volume="20 mL")
    assert (status, "Closed: refill.aspirated" in text) == (409, True)
    assert "overriding.reason" not in text
    forged(
        Fill,
        patient,
        staff.member(Role.NURSE),
        visit=visit,
        volume="20 mL",
        drugs=[{"drug": "baclofen", "concentration": "500 ug/mL"}],
        version="0",
    )
    assert any("refill.aspirated was closed" in one for one in complaints())


def test_a_refill_is_not_closed_before_a_watch_has_found_no_sign() -> None:
    fill = filled_patient(30)
    with pytest.raises(GateClosedError, match="watch"):
        do(fill.patient, "fills.close")
    do(fill.patient, "fills.watch", overdose_signs="no")
    do(fill.patient, "fills.close")


def test_two_refills_running_outside_the_accuracy_keep_the_fill_closed() -> None:
    fill = filled_patient(30)
    patient = fill.patient
    do(patient, "fills.watch", overdose_signs="no")
    do(patient, "fills.close")
    for volume in ("0.5 mL", "0.5 mL"):
        do(patient, "fills.begin", device=fill.visit.device_id)
        aspirated(patient, volume)
    labelled(patient)
    with pytest.raises(GateClosedError, match="2 refills running"):
        do(patient, "fills.fill", volume="20 mL")


def test_a_label_of_2000_against_500_prescribed_keeps_the_fill_closed() -> None:
    patient = staff.patient()
    refill(patient)
    aspirated(patient)
    labelled(patient, "baclofen 2000 ug/mL")
    with pytest.raises(GateClosedError) as caught:
        do(patient, "fills.fill", volume="20 mL")
    assert "refill.label" in {gate.code for gate in caught.value.closed}


def test_a_refill_that_nobody_gives_is_told_of_more_and_more_loudly() -> None:
    fill = filled_patient(15)
    now = timezone.now()
    for day in range(18):
        raise_all(now + timedelta(days=day))
    told = Reminder.objects.filter(fill=fill).order_by("raised_at")
    assert [one.step for one in told] == ["first", "second", "third", "latest", "missed"]
