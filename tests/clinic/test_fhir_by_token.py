"""FHIR by a token: within its scopes, told of in the trail, and by nothing else once it is sent."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import staff
from django.test import Client, override_settings
from django.utils import timezone
from exchanging import got, path_of, reader, why

from thecal.clinic.audit.models import Event
from thecal.clinic.people.roles import Role
from thecal.clinic.tokens.orders import Making
from thecal.clinic.tokens.services import make, revoke

pytestmark = [
    pytest.mark.usefixtures("record"),
    pytest.mark.parametrize("engine", ["sqlite"], indirect=True),
]


def bearer(role: Role, *scopes: str) -> dict[str, str]:
    order = Making(
        name="other system", scopes=list(scopes), ends_on=timezone.localdate() + timedelta(days=9)
    )
    _, secret = make(staff.member(role), order)
    return {"Authorization": f"Bearer {secret}"}


def test_a_token_reads_what_its_scope_has_and_the_trail_names_it() -> None:
    patient, headers = staff.patient(), bearer(Role.READER, "read:exchange")
    found = got(Client(), f"/fhir/Patient/{patient.pk}", 200, **headers)
    assert found["id"] == str(patient.pk)
    event = Event.objects.latest("seq")
    assert event.action == "exchange.read-record"
    assert "other system" in event.detail


def test_a_token_of_another_scope_reads_nothing() -> None:
    patient, headers = staff.patient(), bearer(Role.READER, "read:patients")
    assert why(Client(), f"/fhir/Patient/{patient.pk}", 403, **headers)[0] == "forbidden"


def test_a_wrong_token_counts_more_than_a_right_session() -> None:
    patient = staff.patient()
    wrong = {"Authorization": "Bearer thecal_wrong"}
    assert why(reader(), f"/fhir/Patient/{patient.pk}", 401, **wrong)[0] == "login"
    headers = bearer(Role.READER, "read:exchange")
    person = staff.member(Role.READER)
    revoke(person, person.tokens.get().pk)
    assert why(Client(), f"/fhir/Patient/{patient.pk}", 401, **headers)[0] == "login"


def test_a_token_takes_the_whole_clinic_out_and_removes_it(tmp_path: Path) -> None:
    staff.patient()
    headers = bearer(Role.PHYSICIAN, "read:exchange", "write:exchange")
    client = Client(enforce_csrf_checks=True)
    with override_settings(THECAL_EXPORTS=tmp_path):
        asking = {**headers, "Prefer": "respond-async"}
        there = path_of(client.get("/fhir/$export", headers=asking)["Content-Location"])
        manifest = client.get(there, headers=headers)
        assert [one["type"] for one in manifest.json()["output"]] == ["Patient"]
        assert client.delete(there, headers=headers).status_code == 202
    assert list(tmp_path.iterdir()) == []
