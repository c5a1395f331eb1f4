"""Tokens: made by their owner who proves anew who they are, shown once, bounded by both."""

from __future__ import annotations

import json
import re
import time
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
import staff
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client, override_settings
from django.utils import timezone
from programs import Program, token

from thecal.clinic.audit.models import Event
from thecal.clinic.audit.verifying import verify
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.record.means import every_scope
from thecal.clinic.record.refusals import ConflictError
from thecal.clinic.storage.rows import models
from thecal.clinic.tokens.models import Token
from thecal.clinic.tokens.services import PREFIX, revoke

pytestmark = pytest.mark.usefixtures("record")
PAGE = "/tokens"


def signed_in(role: Role = Role.NURSE) -> Client:
    client = Client()
    who = {"login": f"{role.value}-one", "password": staff.PASSWORD}
    assert client.post("/accounts/login/", who).status_code == 302
    proof = client.post("/accounts/reauthenticate/", {"password": staff.PASSWORD})
    assert proof.status_code == 302
    return client


def order(**changed: Any) -> dict[str, Any]:
    ends_on = timezone.localdate() + timedelta(days=10)
    return {"name": "lab", "scopes": ["read"], "ends_on": ends_on.isoformat(), **changed}


def shown(text: str) -> str:
    found = re.search(rf'id="secret">({PREFIX}[\w-]+)<', text)
    assert found is not None, text
    return found[1]


def status_of(secret: str) -> int:
    return Client().get("/api/me", headers={"Authorization": f"Bearer {secret}"}).status_code


def last_event() -> Event:
    return Event.objects.order_by("-seq")[0]


def test_a_token_is_made_on_the_page_shown_once_and_lets_in() -> None:
    client = signed_in()
    made = client.post(PAGE, order())
    assert made.status_code == 201
    secret = shown(made.content.decode())
    assert secret not in client.get(PAGE).content.decode()
    assert status_of(secret) == 200
    row = Token.objects.get()
    assert secret not in json.dumps([row.digest, row.name, row.scopes])
    event = last_event()
    assert (event.action, event.who) == ("tokens.make", row.person_id)
    assert secret not in event.detail
    assert verify().holds


def test_whoever_signed_in_long_ago_proves_again_that_it_is_they() -> None:
    client = signed_in()
    session = client.session
    for one in session["account_authentication_methods"]:
        one["at"] = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT - 1
    session.save()
    for answer in (client.get(PAGE), client.post(PAGE, order())):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert not Token.objects.exists()


@override_settings(THECAL_SECOND_FACTOR=True)
def test_without_the_second_factor_that_is_demanded_no_token_is_made_and_none_lets_in() -> None:
    assert signed_in().get(PAGE)["Location"] == "/accounts/2fa/"
    nurse = staff.member(Role.NURSE)
    _, secret = token(nurse)
    assert status_of(secret) == 401
    totp.TOTP.activate(nurse, totp.generate_totp_secret())
    assert status_of(secret) == 200


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("name", ""),
        ("scopes", []),
        ("scopes", ["everything"]),
        ("scopes", ["read:nothing"]),
        ("ends_on", "2020-01-01"),
        ("ends_on", "2999-01-01"),
    ],
)
def test_a_token_without_a_name_a_scope_or_an_end_is_not_made(part: str, value: Any) -> None:
    answer = signed_in().post(PAGE, order(**{part: value}))
    assert answer.status_code == 422
    assert not Token.objects.exists()


def test_two_tokens_of_one_name_are_not_made_until_the_first_is_revoked() -> None:
    client = signed_in()
    assert client.post(PAGE, order()).status_code == 201
    again = client.post(PAGE, order())
    assert again.status_code == 422
    assert "revoke it first" in again.content.decode()
    client.post(f"/tokens/{Token.objects.get().pk}/revoke")
    assert client.post(PAGE, order()).status_code == 201


def test_a_revoked_token_lets_nobody_in_and_only_its_owner_revokes_it() -> None:
    held, secret = token(staff.member(Role.NURSE))
    signed_in(Role.PHYSICIAN).post(f"/tokens/{held.pk}/revoke")
    assert status_of(secret) == 200
    signed_in().post(f"/tokens/{held.pk}/revoke")
    assert status_of(secret) == 401
    assert Event.objects.filter(action="tokens.revoke").count() == 1
    with pytest.raises(ConflictError):
        revoke(staff.member(Role.NURSE), held.pk)


def test_an_ended_token_and_one_of_a_closed_account_let_nobody_in() -> None:
    nurse = staff.member(Role.NURSE)
    held, secret = token(nurse)
    with patch.object(timezone, "now", lambda: held.ends_at):
        assert status_of(secret) == 401
    assert status_of(secret) == 200
    nurse.is_active = False
    nurse.save()
    assert status_of(secret) == 401


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer thecal_wrong", "Basic bnVyc2U6", "Bearer \xff"]
)
def test_without_a_good_token_nothing_is_told(header: str) -> None:
    _, secret = token(staff.member(Role.NURSE))
    answer = Client().get("/api/me", headers={"Authorization": header})
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="clinic"')
    assert answer.json()["code"] == "no-token"
    assert secret not in answer.content.decode()


def test_a_session_counts_for_nothing_at_the_api_nor_a_token_on_a_page() -> None:
    assert signed_in().get("/api/me").status_code == 401
    _, secret = token(staff.member(Role.NURSE))
    page = Client().get("/", headers={"Authorization": f"Bearer {secret}"})
    assert page["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    ("scopes", "reads", "writes"),
    [
        (["read"], 200, 403),
        (["write"], 403, 200),
        (["read:patients"], 200, 403),
        (["write:patients"], 403, 200),
        (["read:pathway", "write:tasks"], 403, 403),
        (["read", "write"], 200, 200),
    ],
)
def test_a_token_reaches_as_far_as_its_scopes(scopes: list[str], reads: int, writes: int) -> None:
    patient, program = staff.patient(), Program(staff.member(Role.NURSE), scopes)
    seen = {"If-Match": f'"{patient.version}"'}
    amended = {**staff.particulars().model_dump(mode="json"), "why": "Typing slip"}
    answers = [
        (program.do(patient, "patients.open"), reads),
        (program.get(f"/patients/{patient.pk}"), reads),
        (program.do(patient, "patients.amend", amended, seen), writes),
    ]
    for answer, expected in answers:
        assert answer.status == expected
        if expected == 403:
            assert answer.code == "out-of-scope"
            assert answer.said["needs_one_of"]
            assert last_event().outcome == "refused" or reads == 200 or writes == 200
    assert Patient.objects.get(pk=patient.pk).version == patient.version + (writes == 200)


def test_a_token_never_does_more_than_its_owner() -> None:
    patient = staff.patient()
    answer = Program(staff.member(Role.READER)).do(
        patient, "patients.give-account", {"username": "nurse-one"}
    )
    assert (answer.status, answer.code) == (403, "not-allowed")
    stranger = Program(staff.member(Role.PHYSICIAN, staff.ELSEWHERE))
    assert stranger.do(patient, "patients.open").code == "not-found"
    assert stranger.do(uuid4(), "patients.open").said == stranger.do(patient, "patients.open").said


def test_the_trail_says_by_which_token_also_of_what_was_refused() -> None:
    patient, program = staff.patient(), Program(staff.member(Role.NURSE), ["read"])
    by = {"id": str(program.token.pk), "name": program.token.name}
    program.do(patient, "patients.open")
    assert json.loads(last_event().detail)["by_token"] == by
    program.do(patient, "pumps.enter")
    event = last_event()
    assert (event.action, event.outcome) == ("pumps.enter", "refused")
    assert json.loads(event.detail)["by_token"] == by
    signed_in().get(f"/patients/{patient.pk}")
    assert "by_token" not in json.loads(last_event().detail)
    assert verify().holds


def test_other_systems_read_fhir_by_a_token_within_its_scopes() -> None:
    patient, nurse = staff.patient(), staff.member(Role.NURSE)

    def read(scope: str) -> int:
        headers = {"Authorization": f"Bearer {token(nurse, [scope])[1]}"}
        return Client().get(f"/fhir/Patient/{patient.pk}", headers=headers).status_code

    assert (read("read"), read("read:exchange")) == (200, 200)
    assert "by_token" in json.loads(last_event().detail)
    assert (read("write"), read("read:patients")) == (403, 403)
    wrong = {"Authorization": "Bearer wrong"}
    assert signed_in().get(f"/fhir/Patient/{patient.pk}", headers=wrong).status_code == 401
    assert signed_in().get(f"/fhir/Patient/{patient.pk}").status_code == 200


@override_settings(THECAL_REQUESTS_A_MINUTE={"person": 4, "address": 2})
def test_requests_are_counted_for_the_person_whatever_token_and_for_who_has_none() -> None:
    nurse = staff.member(Role.NURSE)
    first, second = token(nurse)[1], token(nurse)[1]
    with patch.object(time, "time", lambda: 1_800_000_000.0):
        assert [status_of(one) for one in (first, second) * 3] == [200] * 4 + [429] * 2
        assert [status_of("wrong") for _ in range(3)] == [401, 401, 429]
        answer = Client().get("/api/me")
    assert answer.json()["code"] == "too-many"
    assert int(answer["Retry-After"]) > 0


def test_a_backup_has_tokens_and_an_export_has_not() -> None:
    assert Token in models(with_secrets=True)
    assert Token not in models(with_secrets=False)


def test_scopes_are_of_subjects_that_there_are() -> None:
    scopes = every_scope()
    assert scopes[:2] == ["read", "write"]
    assert "write:pumps" in scopes
    assert "read:pumps" not in scopes  # nothing of pumps is only read
    assert len(scopes) == len(set(scopes))


def test_the_digest_of_a_secret_is_one_token_s_alone() -> None:
    held, _ = token(staff.member(Role.NURSE))
    with pytest.raises(IntegrityError), transaction.atomic():
        Token.objects.create(
            person=held.person,
            name="other",
            scopes=[],
            digest=held.digest,
            made_at=held.made_at,
            ends_at=held.ends_at,
        )
    call_command("check")
