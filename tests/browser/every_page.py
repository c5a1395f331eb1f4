"""Every page that the addresses have, and who sees it: what the walk over all of them needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import staff
from django.contrib.auth import HASH_SESSION_KEY
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.browser.stages import WAYS
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import User
from thecal.clinic.people.roles import Role
from thecal.clinic.record.services import services

Argument = Callable[[Patient], object]
ARGUMENTS: dict[str, Argument] = {
    "clinic": lambda patient: patient.clinic_id,
    "patient": lambda patient: patient.pk,
    "shelf": lambda _: "drugs",
    "key": lambda _: "morphine",
}
"""What an address's parts are filled with; a page with a part of its own adds it here."""

NO_PAGE = {
    "home": "leads to the page that suits the role",
    "people.change": "is only posted to",
    "set_language": "is only posted to",
    "design.theme": "is only posted to",
    "account_email": "e-mail is changed by the administrator",
    "account_inactive": "leads to signing in",
    "account_email_verification_sent": "no address is verified by mail",
    "account_confirm_email": "no address is verified by mail",
    "account_set_password": "everybody has a password",
    "account_reset_password": "an administrator does it",
    "account_reset_password_done": "an administrator does it",
    "account_reset_password_from_key": "an administrator does it",
    "account_reset_password_from_key_done": "an administrator does it",
    "account_confirm_login_code": "nobody signs in by a mailed code",
    "mfa_activate_totp": "is a step of setting up, which the tests of accounts walk",
    "mfa_add_webauthn": "is a step of setting up, which the tests of accounts walk",
    "mfa_authenticate": "is a step of signing in, which the tests of accounts walk",
    "mfa_reauthenticate": "only for who has a second factor",
    "mfa_reauthenticate_webauthn": "only for who has a passkey",
    "mfa_deactivate_totp": "only for who has a second factor",
    "mfa_view_recovery_codes": "only for who has a second factor",
    "mfa_generate_recovery_codes": "only for who has a second factor",
    "mfa_download_recovery_codes": "is a file",
    "mfa_remove_webauthn": "only for who has a passkey",
    "mfa_edit_webauthn": "only for who has a passkey",
    "mfa_login_webauthn": "is data for the script that signs in",
    "attachments.fetch": "is a file",
    "for_patient.mine": "leads to the patient's own page",
    "for_patient.leaflet": "is a file",
    "for_patient.accept": "only by an invitation's link, which a test of its own walks",
    "programmer.preview": "is a part of the editor",
    "programmer.next-days": "is a part of the editor",
    "programmer.keep": "is a part of the editor",
    "programmer.drop": "is only posted to",
    "programmer.export": "is a file",
    "programmer.load": "is only posted to",
    "programmer.to-review": "is only posted to",
    "programmer.review": "needs a draft; the tests of programming walk it",
    "programmer.sign": "is only posted to",
    "programmer.second": "is only posted to",
    "programmer.interrogate": "is only posted to",
    "programmer.reconcile": "is only posted to",
    "programmer.session": "needs a session; the tests of programming walk it",
    "programmer.progress": "is a part of the session's page",
    "programmer.report": "is a file",
    "today.now": "is a part of today, renewed each minute",
    "overview.happenings": "is a part of the patient's page",
    "tables.trail": "is a file",
    "tables.table": "is a file",
    "tables.entries": "is a file",
    "calendars.close": "is only posted to",
    "calendars.read": "is a file",
    "exchange.ask": "is only posted to",
    "exchange.export-card": "is a part of the page of exports",
    "exchange.remove": "is only posted to",
    "exchange.metadata": "is data",
    "exchange.export": "is data",
    "exchange.status": "is data",
    "exchange.file": "is data",
    "exchange.everything": "is data",
    "tokens.revoke": "is only posted to",
}
"""Addresses that are no page of their own, and why."""

HEAVY = {
    "patient": "the body, the reservoir, doses and outcomes through time",
    "course": "doses and outcomes on one axis of time",
}
"""Pages with pictures, which may weigh more, and what they show."""


@dataclass(frozen=True)
class Place:
    """A page to walk: the name of its address, and the patient whose stage it is seen at."""

    name: str
    stage: str

    def __str__(self) -> str:
        return f"{self.name}-{self.stage}"


def _patterns(
    inside: list[URLPattern | URLResolver], parts: frozenset[str]
) -> Iterator[tuple[str, frozenset[str]]]:
    for one in inside:
        found = parts | frozenset(one.pattern.regex.groupindex)
        if isinstance(one, URLPattern):
            if one.name:
                yield one.name, found
        elif one.namespace is None:  # the API's has its own tests
            yield from _patterns(one.url_patterns, found)


def places() -> list[Place]:
    """Each page once, and the patient's own at every stage."""
    found: list[Place] = []
    for name in dict(_patterns(get_resolver().url_patterns, frozenset())):
        if name in NO_PAGE:
            continue
        found += [Place(name, stage) for stage in (WAYS if name in HEAVY else ["Athome"])]
    return found


def address(place: Place) -> str:
    """The page's address, for the patient of that stage.

    Raises:
        AssertionError: nobody said what a part of it is filled with.
    """
    parts = dict(_patterns(get_resolver().url_patterns, frozenset()))[place.name]
    missing = parts - set(ARGUMENTS)
    assert not missing, f"{place.name}: ARGUMENTS has no {', '.join(sorted(missing))}"
    patient = Patient.objects.get(family_name=place.stage, clinic=staff.clinic())
    return reverse(place.name, kwargs={one: ARGUMENTS[one](patient) for one in parts})


def sign_in(client: Client, who: User) -> str:
    """Sign somebody in who has just typed their password; the session's key."""
    client.force_login(who, staff.BACKEND)
    client.post("/accounts/reauthenticate/", {"password": staff.PASSWORD})
    who.refresh_from_db()  # whoever checks a password may hash it anew, and that ends sessions
    session = client.session
    session[HASH_SESSION_KEY] = who.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def seen_by(name: str, path: str) -> Role | None:
    """Somebody who sees it; None: whoever has not signed in.

    Raises:
        AssertionError: nobody does.
    """
    likely = [*_likely(name), None]
    if name in services():  # the table of permissions says it
        return likely[0]
    told = []
    for role in likely:
        client = Client()
        if role is not None:
            sign_in(client, staff.member(role))
        answer = client.get(path)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            return role
        told.append(f"{role}: {answer.status_code} {answer.get('Location', '')}")
    raise AssertionError(f"nobody sees {name}: " + "; ".join(told))


def _likely(name: str) -> list[Role]:
    action = services().get(name)
    able = action.action.roles if action else frozenset(Role)
    return [one for one in Role if one in able]
