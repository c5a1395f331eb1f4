"""Every role against every action, in its own clinic and in another, through the services."""

from __future__ import annotations

import pytest
import staff

from thecal.clinic.audit.models import Event
from thecal.clinic.patients.models import Patient
from thecal.clinic.patients.orders import Account
from thecal.clinic.patients.services import give_account, open_patient
from thecal.clinic.people.models import User
from thecal.clinic.people.orders import Enrolling
from thecal.clinic.people.roles import GRANTED, Role
from thecal.clinic.people.services import enrol
from thecal.clinic.record.actions import About, table
from thecal.clinic.record.refusals import NotAllowedError, RefusalError
from thecal.clinic.record.services import services

pytestmark = pytest.mark.usefixtures("record")
UNREADABLE = {"no order": "has this part"}


def subject(action: str, patient: Patient) -> object:
    return patient if table()[action].about is About.PATIENT else patient.clinic


def with_account(patient: Patient) -> User:
    """The patient's own account."""
    user = enrol(
        staff.member(Role.ADMINISTRATOR),
        staff.clinic(),
        Enrolling.model_validate(
            {
                "username": "the-patient",
                "name": "The Patient",
                "role": Role.PATIENT,
                "password": staff.PASSWORD,
            }
        ),
    )
    give_account(staff.member(Role.NURSE), patient, Account(username=user.username))
    return user


def is_let_in(who: User, action: str, patient: Patient) -> bool:
    """Whether the service goes on to read the order, which it then finds wrong."""
    with pytest.raises(RefusalError) as caught:
        services()[action].ask(who, subject(action, patient), UNREADABLE)  # type: ignore[arg-type]
    return not isinstance(caught.value, NotAllowedError)


def test_every_action_has_its_service() -> None:
    assert set(services()) == set(table())


def test_every_role_may_do_what_the_table_says_in_its_own_clinic_and_nothing_elsewhere() -> None:
    here, elsewhere = staff.patient(), staff.patient(staff.ELSEWHERE)
    people: dict[Role, User] = {role: staff.member(role) for role in GRANTED}
    people[Role.PATIENT] = with_account(here)
    wrong = []
    for name, action in table().items():
        for role, who in people.items():
            is_expected = role in action.roles and (
                role is not Role.PATIENT or action.about is About.PATIENT
            )
            if is_let_in(who, name, here) is not is_expected:
                wrong.append(f"{role} {name} here")
            if is_let_in(who, name, elsewhere):
                wrong.append(f"{role} {name} elsewhere")
    assert wrong == []


def test_who_may_act_on_a_patient_may_open_the_record() -> None:
    too_many = {
        name: sorted(action.roles - open_patient.action.roles)
        for name, action in table().items()
        if action.about is About.PATIENT and not action.roles <= open_patient.action.roles
    }
    assert too_many == {}


def test_a_closed_account_may_do_nothing() -> None:
    who, patient = staff.member(Role.PHYSICIAN), staff.patient()
    who.is_active = False
    who.save()
    assert not any(is_let_in(who, name, patient) for name in table())


def test_a_refusal_is_in_the_trail_without_what_was_asked() -> None:
    who, patient = staff.member(Role.READER), staff.patient()
    assert not is_let_in(who, "patients.amend", patient)
    event = Event.objects.order_by("-seq")[0]
    assert (event.action, event.outcome, event.who) == ("patients.amend", "refused", who.pk)
    assert event.patient == patient.pk
    assert "no order" not in event.detail
