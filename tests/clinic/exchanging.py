"""A patient with a whole history, and a client that reads FHIR."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import journey
import programming
import staff
from django.test import Client
from django.utils import timezone
from validator import complaints

from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.record.services import services
from thecal.fhir import Json, loads

HARM = journey.step(
    "followup.record-adverse-event", Role.NURSE, harm="infection", what="Redness.", serious=False
)
_answers: list[str] = []


@contextmanager
def judged() -> Iterator[None]:
    """Every answer that is got meanwhile passes the independent validator, all of them at once."""
    _answers.clear()
    yield
    assert complaints(_answers) == []
    assert _answers


def reader(role: Role = Role.READER, where: str = staff.HERE) -> Client:
    """Somebody who is signed in."""
    client = Client()
    client.force_login(staff.member(role, where), staff.BACKEND)
    return client


def treated() -> Patient:
    """From referral over trial and operation to a refill, with two prescriptions, one replaced."""
    with journey.running() as clock:
        patient = staff.patient(number="R-1", family_name="Alpha", given_name="Ada")
        journey.walk(patient, [*journey.IMPLANTED, *journey.HOME], clock)
        programming.written(patient, programming.FIRST)
        clock.wait(hours=1)
        programming.written(patient, programming.BACLOFEN)
        clock.wait(hours=1)
        _refilled(patient)
        journey.walk(patient, [HARM], clock)
    return patient


def _refilled(patient: Patient) -> None:
    device = programming.pump(patient, serial=journey.PUMP["pump_serial"])
    soon = timezone.localdate() + timedelta(days=30)
    _do(patient, "fills.begin", device=device.pk)
    _do(patient, "fills.aspirate", volume="4 mL", expected="4 mL", delivered="16 mL")
    _do(patient, "fills.read-label", drugs="baclofen 500 ug/mL", expires=soon)
    _do(patient, "fills.rinse", times=2, volume="5 mL")
    _do(patient, "fills.fill", volume="20 mL")


def _do(patient: Patient, action: str, role: Role = Role.NURSE, **order: Any) -> None:
    services()[action].ask(staff.member(role), patient, order)


def got(client: Client, address: str, status: int = 200, **headers: str) -> Json:
    """A resource that the models read; the validator gets it too, see :func:`judged`."""
    answer = client.get(address, headers=headers)
    text = answer.content.decode()
    assert answer.status_code == status, (address, text)
    assert answer["Content-Type"] == "application/fhir+json; charset=utf-8"
    _answers.append(text)
    return loads(text)


def why(client: Client, address: str, status: int, **headers: str) -> tuple[str, str]:
    """Code and words of the OperationOutcome of a request that came to nothing."""
    read = got(client, address, status, **headers)
    assert read["resourceType"] == "OperationOutcome"
    (issue,) = read["issue"]
    return issue["code"], issue["diagnostics"]


def path_of(url: str) -> str:
    """The path of an address that an answer names."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
