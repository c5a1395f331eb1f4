"""Every role against every action, in its own clinic and in another: by service and by API."""

from __future__ import annotations

from typing import Any

import pytest
import staff
from django.test import override_settings
from patient_account import with_account
from programs import Program

from thecal.clinic.audit.models import Event
from thecal.clinic.patients.models import Patient
from thecal.clinic.patients.services import open_patient
from thecal.clinic.people.models import User
from thecal.clinic.people.roles import GRANTED, Role
from thecal.clinic.record.actions import About, Action, table
from thecal.clinic.record.refusals import NotAllowedError, RefusalError
from thecal.clinic.record.services import services

pytestmark = pytest.mark.usefixtures("record")
UNREADABLE = {"no order": "has this part"}


def subject(action: str, patient: Patient) -> object:
    return patient if table()[action].about is About.PATIENT else patient.clinic


def is_let_in(who: User, action: str, patient: Patient) -> bool:
    """Whether the service goes on to read the order, which it then finds wrong."""
    with pytest.raises(RefusalError) as caught:
        services()[action].ask(who, subject(action, patient), UNREADABLE)  # type: ignore[arg-type]
    return not isinstance(caught.value, NotAllowedError)


def test_every_action_has_its_service() -> None:
    assert set(services()) == set(table())


def people_of(patient: Patient) -> dict[Role, User]:
    """Somebody in every role, and the patient."""
    return {role: staff.member(role) for role in GRANTED} | {Role.PATIENT: with_account(patient)}


def is_expected(role: Role, action: Action) -> bool:
    """What the table says; a patient has no part in a clinic."""
    return role in action.roles and (role is not Role.PATIENT or action.about is About.PATIENT)


def test_every_role_may_do_what_the_table_says_in_its_own_clinic_and_nothing_elsewhere() -> None:
    here, elsewhere = staff.patient(), staff.patient(staff.ELSEWHERE)
    people = people_of(here)
    wrong = []
    for name, action in table().items():
        for role, who in people.items():
            if is_let_in(who, name, here) is not is_expected(role, action):
                wrong.append(f"{role} {name} here")
            if is_let_in(who, name, elsewhere):
                wrong.append(f"{role} {name} elsewhere")
    assert wrong == []


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@override_settings(THECAL_REQUESTS_A_MINUTE={"person": 10**6, "address": 10**6})
def test_the_api_lets_in_whom_the_table_says_and_tells_strangers_of_nothing() -> None:
    here, elsewhere = staff.patient(), staff.patient(staff.ELSEWHERE)
    programs = {role: Program(who) for role, who in people_of(here).items()}
    wrong = []
    for name, action in table().items():
        for role, program in programs.items():
            code = asked(program, name, here)
            refused = "not-allowed" if has_part(role, action) else "not-found"
            if code != ("invalid" if is_expected(role, action) else refused):
                wrong.append(f"{role} {name} here: {code}")
            if (code := asked(program, name, elsewhere)) != "not-found":
                wrong.append(f"{role} {name} elsewhere: {code}")
    assert wrong == []


def has_part(role: Role, action: Action) -> bool:
    """Whether somebody of this role knows of what the action is about."""
    return role is not Role.PATIENT or action.about is About.PATIENT


def asked(program: Program, name: str, patient: Patient) -> str:
    """Why the API does not do what cannot be read."""
    about = patient if table()[name].about is About.PATIENT else patient.clinic_id
    seen: dict[str, Any] = {"seen": 0} if services()[name].needs_sight else {}
    return program.do(about, name, UNREADABLE, **seen).code


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
