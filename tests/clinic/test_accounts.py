"""Signing in: passwords, lock-out, second factors, sessions that end, what browsers are told."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import passkeys
import pytest
import staff
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, override_settings

import thecal.clinic
from thecal.clinic.people.roles import Role

pytestmark = pytest.mark.usefixtures("record")
LOGIN = "/accounts/login/"


def sign_in(client: Client, password: str = staff.PASSWORD, who: str = "nurse-one") -> HttpResponse:
    return client.post(LOGIN, {"login": who, "password": password})  # type: ignore[return-value]


def is_in(client: Client) -> bool:
    return client.get("/accounts/password/change/").status_code == 200


def signed_in(who: Role = Role.NURSE) -> Client:
    client = Client()
    client.force_login(staff.member(who), staff.BACKEND)
    return client


def test_a_right_password_lets_in_and_a_wrong_one_does_not() -> None:
    wrong, right = Client(), Client()
    assert sign_in(wrong, "wrong").status_code == 200
    assert not is_in(wrong)
    assert sign_in(right)["Location"] == "/"
    assert is_in(right)


def test_passwords_are_kept_as_argon2() -> None:
    assert staff.member(Role.NURSE).password.startswith("argon2$argon2id$")


def test_after_five_wrong_passwords_the_right_one_does_not_let_in_either() -> None:
    for _ in range(settings.AXES_FAILURE_LIMIT):
        sign_in(Client(), "wrong", who="Nurse-One")
    client = Client()
    response = sign_in(client)
    assert response.status_code == 429
    assert not is_in(client)
    assert sign_in(Client(), who="physician-one")["Location"] == "/"


def test_a_closed_account_cannot_sign_in() -> None:
    user = staff.member(Role.NURSE)
    user.is_active = False
    user.save()
    client = Client()
    sign_in(client)
    assert not is_in(client)


def test_nobody_signs_up() -> None:
    data = {"username": "new", "password1": staff.PASSWORD, "password2": staff.PASSWORD}
    Client().post("/accounts/signup/", data)
    assert not type(staff.member(Role.NURSE)).objects.filter(username="new").exists()


def test_a_second_factor_is_asked_for_once_it_is_set_up() -> None:
    user = staff.member(Role.NURSE)
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    client = Client()
    assert sign_in(client)["Location"].startswith("/accounts/2fa/authenticate/")
    assert not is_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert not is_in(client)
    now = next(iter(totp.yield_hotp_counters_from_time()))
    code = totp.format_hotp_value(totp.hotp_value(secret, now))
    client.post("/accounts/2fa/authenticate/", {"code": code})
    assert is_in(client)


def passkey_options(client: Client) -> dict[str, Any]:
    """What a browser is asked for."""
    as_script = {"X-Requested-With": "XMLHttpRequest"}
    page = client.get("/accounts/2fa/webauthn/login/", headers=as_script)
    options: dict[str, Any] = page.json()["request_options"]["publicKey"]
    return options


def test_a_passkey_is_added_and_then_lets_in_alone() -> None:
    key, client = passkeys.Passkey("http://testserver"), Client()
    sign_in(client)
    address = "/accounts/2fa/webauthn/add/"
    assert client.get(address)["Location"].startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": staff.PASSWORD})
    page = client.get(address)
    options = page.context["js_data"]["creation_options"]["publicKey"]
    credential = key.create(options)
    client.post(
        "/accounts/2fa/webauthn/add/",
        {"name": "key", "passwordless": "on", "credential": credential},
    )
    assert Authenticator.objects.filter(type="webauthn").count() == 1
    other = Client()
    asked = passkey_options(other)
    other.post("/accounts/2fa/webauthn/login/", {"credential": key.get(asked)})
    assert is_in(other)
    third = Client()
    asked = passkey_options(third)
    stranger = passkeys.Passkey("http://testserver", like=key)
    third.post("/accounts/2fa/webauthn/login/", {"credential": stranger.get(asked)})
    assert not is_in(third)


@override_settings(THECAL_SECOND_FACTOR=True)
def test_without_a_second_factor_there_is_nothing_to_see_where_one_is_demanded() -> None:
    client, patient = signed_in(), staff.patient()
    for address in ("/", f"/patients/{patient.pk}", f"/clinics/{patient.clinic_id}/patients"):
        response = client.get(address)
        assert (response.status_code, response["Location"]) == (302, "/accounts/2fa/")
    totp.TOTP.activate(staff.member(Role.NURSE), totp.generate_totp_secret())
    assert client.get(f"/patients/{patient.pk}").status_code == 200


def test_a_session_ends_when_nobody_does_anything() -> None:
    client = signed_in()
    client.get("/")
    assert client.session.get_expiry_age() <= 30 * 60
    assert settings.SESSION_EXPIRE_AT_BROWSER_CLOSE


def test_a_session_ends_after_a_working_day_however_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    client, now = signed_in(), time.time()
    assert is_in(client)
    monkeypatch.setattr(time, "time", lambda: now + 11 * 3600)
    assert is_in(client)
    monkeypatch.setattr(time, "time", lambda: now + 13 * 3600)
    assert not is_in(client)


def test_a_form_from_elsewhere_is_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff.member(Role.NURSE), staff.BACKEND)
    address = f"/clinics/{staff.clinic().pk}/patients/new"
    response = client.post(address, staff.particulars().model_dump(mode="json"))
    assert response.status_code == 403
    assert "Nothing was changed" in response.content.decode()


def test_signing_out_is_not_done_by_a_link() -> None:
    client = signed_in()
    client.get("/accounts/logout/")
    assert is_in(client)
    client.post("/accounts/logout/")
    assert not is_in(client)


@override_settings(THECAL_REQUESTS_A_MINUTE={"person": 5, "address": 3})
def test_so_many_requests_in_a_minute_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_800_000_000.0)
    assert [Client().get(LOGIN).status_code for _ in range(4)] == [200, 200, 200, 429]
    client = signed_in()
    answers = [client.get("/accounts/password/change/").status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]


def pages(client: Client) -> Iterator[tuple[str, HttpResponse]]:
    patient = staff.patient()
    for address in (
        "/",
        LOGIN,
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate",
        "/accounts/2fa/webauthn/add/",
        "/accounts/password/change/",
        f"/clinics/{patient.clinic_id}/patients",
        f"/patients/{patient.pk}",
        f"/patients/{patient.pk}/do/patients.amend",
        "/no/such/page",
    ):
        yield address, client.get(address, follow=True)  # type: ignore[misc]


def test_every_page_has_the_headers_that_keep_it_safe() -> None:
    for address, page in pages(signed_in()):
        policy = page["Content-Security-Policy"]
        assert "default-src 'none'" in policy, address
        assert "unsafe" not in policy, address
        assert page["X-Frame-Options"] == "DENY", address
        assert page["X-Content-Type-Options"] == "nosniff", address
        assert page["Referrer-Policy"] == "same-origin", address
        assert "no-store" in page["Cache-Control"], address


RUNS = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|\son\w+\s*=|\sstyle\s*=")
TEMPLATE_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
"""What Django reads itself, such as ``{% with one=… %}``; a browser never gets it."""
FROM_ELSEWHERE = re.compile(r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//""")


def test_no_page_runs_or_styles_anything_inline_or_from_elsewhere() -> None:
    for address, page in pages(signed_in()):
        text = page.content.decode()
        assert RUNS.findall(text) == [], address
        assert FROM_ELSEWHERE.findall(text) == [], address


def test_no_template_of_ours_does_either() -> None:
    for file in Path(thecal.clinic.__file__).parent.rglob("*.html"):
        text = TEMPLATE_TAG.sub("", file.read_text(encoding="utf-8"))
        assert RUNS.findall(text) == [], file
        assert FROM_ELSEWHERE.findall(text) == [], file
