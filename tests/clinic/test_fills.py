"""A refill: nothing is filled without its aspirate, label and rinse; nothing closed unwatched."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import staff
from django.utils import timezone
from programming import BACLOFEN, example, pump, signature, written

from thecal.clinic.fills.models import Fill
from thecal.clinic.fills.sections import residual
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.record.models import Override
from thecal.clinic.record.orders import Overriding
from thecal.clinic.record.refusals import ConflictError, GateClosedError
from thecal.clinic.record.services import services

pytestmark = pytest.mark.usefixtures("record")
SOON = (timezone.localdate() + timedelta(days=30)).isoformat()


def do(patient: Patient, action: str, role: Role = Role.NURSE, **order: Any) -> Any:
    return services()[action].ask(staff.member(role), patient, order)


@pytest.fixture
def patient(record: None) -> Patient:  # noqa: ARG001
    """One whose refill visit has begun."""
    patient = staff.patient()
    written(patient, BACLOFEN)
    do(patient, "fills.begin", device=pump(patient).pk)
    return patient


def aspirated(patient: Patient, volume: str = "3.8 mL", expected: str = "4 mL") -> None:
    do(patient, "fills.aspirate", volume=volume, expected=expected, delivered="16 mL")


def labelled(patient: Patient, text: str = "baclofen 500 ug/mL") -> None:
    do(patient, "fills.read-label", Role.PHARMACIST, drugs=text, expires=SOON)


def filled(patient: Patient, volume: str = "20 mL") -> Fill:
    fill: Fill = do(patient, "fills.fill", volume=volume)
    return fill


def closed_by(patient: Patient, **order: Any) -> set[str]:
    with pytest.raises(GateClosedError) as caught:
        do(patient, "fills.fill", **{"volume": "20 mL", **order})
    assert not Fill.objects.exists()
    return {gate.code for gate in caught.value.closed}


def test_a_whole_refill_ends_with_its_dates(patient: Patient) -> None:
    aspirated(patient)
    labelled(patient)
    fill = filled(patient)
    assert fill.latest_safe is not None
    assert fill.refill_due is not None
    assert timezone.localdate() < fill.latest_safe <= fill.refill_due
    do(patient, "fills.watch", overdose_signs="no")
    do(patient, "fills.close")
    with pytest.raises(ConflictError, match="no refill visit"):
        do(patient, "fills.watch", overdose_signs="no")


def test_nothing_is_filled_without_its_aspirate_and_no_signature_helps(patient: Patient) -> None:
    labelled(patient)
    assert "refill.aspirated" in closed_by(patient)
    overriding = Overriding.model_validate(
        {"reason": "in a hurry", "signature": signature(Role.PHYSICIAN)}
    )
    with pytest.raises(GateClosedError):
        services()["fills.fill"].ask(
            staff.member(Role.PHYSICIAN), patient, {"volume": "20 mL"}, overriding=overriding
        )
    assert not Fill.objects.exists()
    assert not Override.objects.exists()


def test_an_aspirate_that_was_withdrawn_does_not_count(patient: Patient) -> None:
    step = do(patient, "fills.aspirate", volume="3.8 mL", expected="4 mL", delivered="16 mL")
    labelled(patient)
    do(patient, "fills.correct", step=step.pk, why="another patient's")
    assert "refill.aspirated" in closed_by(patient)


def test_the_label_is_compared_with_the_prescription(patient: Patient) -> None:
    aspirated(patient)
    assert "refill.label" in closed_by(patient)
    labelled(patient, "baclofen 2000 ug/mL")
    assert "refill.label" in closed_by(patient)
    labelled(patient, "baclofen 500 ug/mL\nclonidine 100 ug/mL")
    assert "refill.label" in closed_by(patient)
    labelled(patient, "baclofen 0.5 mg/mL")
    filled(patient)


def test_the_form_of_the_label_does_not_show_what_is_prescribed(patient: Patient) -> None:
    from django.test import Client  # noqa: PLC0415

    client = Client()
    client.force_login(staff.member(Role.PHARMACIST), staff.BACKEND)
    text = client.get(f"/patients/{patient.pk}/do/fills.read-label").content.decode()
    form = text[text.index("<form") :]
    assert 'name="drugs"' in form
    assert 'rows="4" required' in form or "<textarea" in form
    assert "0.5 mg" not in form
    assert "</textarea>" in form


def test_an_expired_syringe_is_refused(patient: Patient) -> None:
    with pytest.raises(ConflictError, match="expired"):
        do(patient, "fills.read-label", drugs="baclofen 500 ug/mL", expires="2020-01-01")


def test_an_empty_reservoir_where_drug_was_expected_keeps_the_fill_closed(
    patient: Patient,
) -> None:
    aspirated(patient, "0 mL", "12 mL")
    labelled(patient)
    assert "refill.explained" in closed_by(patient)
    assert any("tolerance may be lost" in said for said in residual(patient))
    do(
        patient,
        "fills.investigate",
        Role.PHYSICIAN,
        finding="the fill before was half of what was entered; started low again",
        may_fill=True,
    )
    filled(patient)


@pytest.mark.parametrize("volume", ["40 mL", "18 mL"])
def test_another_volume_than_the_reservoir_s_and_the_prescribed_is_refused(
    patient: Patient, volume: str
) -> None:
    aspirated(patient)
    labelled(patient)
    codes = closed_by(patient, volume=volume)
    assert "fill.volume" in codes
    assert ("fill.capacity" in codes) is (volume == "40 mL")


def test_a_difference_whose_expected_volume_is_unknown_keeps_the_fill_closed(
    patient: Patient,
) -> None:
    do(patient, "fills.aspirate", volume="3.8 mL")
    labelled(patient)
    assert {"refill.expected", "refill.explained"} <= closed_by(patient)


def test_ziconotide_is_rinsed_in(record: None) -> None:  # noqa: ARG001
    patient = staff.patient()
    text = example("ziconotide-first-fill.toml")
    written(patient, text)
    do(patient, "fills.begin", device=pump(patient).pk)
    do(patient, "fills.aspirate", volume="0 mL", expected="0 mL", delivered="0 mL")
    labelled(patient, "ziconotide 25 ug/mL")
    assert "refill.rinsed" in closed_by(patient)


def test_a_refill_is_not_closed_before_a_watch_found_no_sign(patient: Patient) -> None:
    aspirated(patient)
    labelled(patient)
    filled(patient)
    for signs in (None, "unknown", "yes"):
        if signs:
            do(patient, "fills.watch", overdose_signs=signs)
        with pytest.raises(GateClosedError):
            do(patient, "fills.close")
    do(patient, "fills.watch", overdose_signs="no")
    do(patient, "fills.close")


def test_one_visit_has_one_fill(patient: Patient) -> None:
    aspirated(patient)
    labelled(patient)
    filled(patient)
    with pytest.raises((ConflictError, GateClosedError)):
        filled(patient)
    assert Fill.objects.count() == 1


def test_two_refills_outside_the_accuracy_are_an_alert_on_the_page(patient: Patient) -> None:
    aspirated(patient, "0.5 mL")
    labelled(patient)
    do(patient, "fills.investigate", Role.PHYSICIAN, finding="seen", may_fill=True)
    filled(patient)
    do(patient, "fills.watch", overdose_signs="no")
    do(patient, "fills.close")
    do(patient, "fills.begin", device=pump(patient).pk)
    aspirated(patient, "0.5 mL")
    assert any("2 refills running" in said for said in residual(patient))
    assert any("leaves the residual normal" in said for said in residual(patient))
