"""The clinic as patients' records need it: TLS by a proxy, and nobody else believed about it."""

from __future__ import annotations

from collections.abc import Iterator

import databases
import pytest
from browsing import Browser, Served

SECRETS = {
    "THECAL_CLINIC_SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-0123456789-ABC",
    "THECAL_CLINIC_HOSTS": "clinic.example",
}
LOGIN = "/accounts/login/"


@pytest.fixture
def production(own_record: str, request: pytest.FixtureRequest) -> Iterator[Served]:
    """Served behind a proxy at the address that the test names."""
    databases.leave()
    clinic = Served(own_record, "production", THECAL_CLINIC_PROXY=request.param, **SECRETS)
    yield clinic
    clinic.stop()


@pytest.mark.parametrize("production", ["127.0.0.1"], indirect=True)
def test_what_the_proxy_says_is_believed_and_everything_is_secure(production: Served) -> None:
    tls = {"Host": "clinic.example", "X_Forwarded_Proto": "https"}
    status, _, headers = Browser(production.address, **tls).get(LOGIN)
    assert status == 200
    assert "max-age=31536000" in headers["Strict-Transport-Security"]
    assert headers["Set-Cookie"].startswith("__Host-")
    assert "Secure" in headers["Set-Cookie"]
    assert "HttpOnly" in headers["Set-Cookie"]
    plain = Browser(production.address, Host="clinic.example").get(LOGIN)
    assert (plain[0], plain[2]["Location"]) == (301, f"https://clinic.example{LOGIN}")
    other = Browser(production.address, Host="elsewhere.example", X_Forwarded_Proto="https")
    assert other.get(LOGIN)[0] == 400


@pytest.mark.parametrize("production", ["192.0.2.1"], indirect=True)
def test_what_anybody_else_says_is_not_believed(production: Served) -> None:
    said = {"Host": "clinic.example", "X_Forwarded_Proto": "https", "X_Forwarded_For": "1.2.3.4"}
    status, _, headers = Browser(production.address, **said).get(LOGIN)
    assert (status, headers["Location"]) == (301, f"https://clinic.example{LOGIN}")
