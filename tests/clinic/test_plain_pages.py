"""The first pages: the list, the patient, an action; for whom they are, and for nobody else."""

from __future__ import annotations

import pytest
import staff
from django.test import Client
from django.urls import reverse

from thecal.clinic.assessments.models import PsychologicalAssessment
from thecal.clinic.audit.models import Event
from thecal.clinic.people.roles import Role

pytestmark = pytest.mark.usefixtures("record")


def browser(role: Role, where: str = staff.HERE) -> Client:
    client = Client()
    client.force_login(staff.member(role, where), staff.BACKEND)
    return client


FINDING = {
    "happened_at": "2026-03-02T10:00",
    "clearance": "cleared",
    "untreated_habituation": "no",
    "summary": "Fit for a trial.",
}


def test_home_leads_to_the_clinic_s_day() -> None:
    response = browser(Role.NURSE).get("/", follow=True)
    assert response.redirect_chain == [(f"/clinics/{staff.clinic().pk}/today", 302)]
    assert "Refills" in response.content.decode()


def test_the_list_shows_this_clinic_s_patients_only() -> None:
    staff.patient(family_name="Here")
    staff.patient(staff.ELSEWHERE, family_name="Elsewhere")
    text = browser(Role.READER).get(f"/clinics/{staff.clinic().pk}/patients").content.decode()
    assert "Here, Given" in text
    assert "Elsewhere, Given" not in text


def test_a_patient_is_registered_by_the_page() -> None:
    data = staff.particulars(family_name="Byform").model_dump(mode="json")
    client = browser(Role.NURSE)
    response = client.post(f"/clinics/{staff.clinic().pk}/patients/new", data, follow=True)
    assert response.status_code == 200
    assert "Byform, Given" in response.content.decode()


def test_opening_a_patient_is_in_the_trail() -> None:
    patient = staff.patient()
    assert browser(Role.READER).get(f"/patients/{patient.pk}").status_code == 200
    event = Event.objects.order_by("-seq")[0]
    assert (event.action, event.patient, event.role) == ("patients.open", patient.pk, "reader")


def test_an_action_s_page_does_it_once() -> None:
    patient, client = staff.patient(), browser(Role.NEUROPSYCHOLOGIST)
    address = reverse("assessments.record-psychological", args=[patient.pk])
    text = client.get(address).content.decode()
    once = text.partition('name="once" value="')[2][:36]
    for _ in range(2):
        response = client.post(address, {**FINDING, "once": once}, follow=True)
        assert "Fit for a trial." in response.content.decode()
    assert PsychologicalAssessment.objects.filter(patient=patient).count() == 1


def test_an_action_s_page_says_what_is_wrong_and_keeps_what_was_typed() -> None:
    patient, client = staff.patient(), browser(Role.NEUROPSYCHOLOGIST)
    address = reverse("assessments.record-psychological", args=[patient.pk])
    response = client.post(address, {**FINDING, "clearance": "conditional"})
    assert response.status_code == 422
    text = response.content.decode()
    assert "conditions are named" in text
    assert "Fit for a trial." in text
    assert not PsychologicalAssessment.objects.exists()


def test_another_clinic_s_patient_is_not_found() -> None:
    patient = staff.patient()
    client = browser(Role.PHYSICIAN, staff.ELSEWHERE)
    for address in (
        f"/patients/{patient.pk}",
        f"/patients/{patient.pk}/do/patients.amend",
        f"/patients/{patient.pk}/trail",
        f"/clinics/{patient.clinic_id}/patients",
    ):
        assert client.get(address).status_code == 404


def test_who_has_the_wrong_role_is_told_so() -> None:
    patient = staff.patient()
    address = reverse("assessments.record-psychological", args=[patient.pk])
    response = browser(Role.READER).post(address, FINDING)
    assert response.status_code == 403
    assert not PsychologicalAssessment.objects.exists()


def test_nobody_comes_in_without_signing_in() -> None:
    patient = staff.patient()
    for address in ("/", f"/patients/{patient.pk}", f"/clinics/{patient.clinic_id}/patients"):
        response = Client().get(address)
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/")
