"""A browser at a served clinic: its pages must make no error and ask nothing of the outside."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

os.environ["DJANGO_SETTINGS_MODULE"] = "thecal.clinic.project.development"

import django
import fasteners
import pytest
from django.test import Client
from django.test.utils import override_settings
from playwright.sync_api import Browser, Page, sync_playwright

django.setup()

import databases  # noqa: E402
import staff  # noqa: E402
import template  # noqa: E402
from browsing import Served  # noqa: E402

from tests.browser import axe as axes  # noqa: E402
from tests.browser import chromium, stages  # noqa: E402
from tests.browser.every_page import sign_in  # noqa: E402
from thecal.clinic.people.models import User  # noqa: E402
from thecal.clinic.people.roles import Role  # noqa: E402

Cookies = Callable[[Role | User | None], list[Any]]


class Visit(Protocol):
    """Opens the clinic in a browser."""

    def __call__(
        self,
        who: Role | User | None = Role.NURSE,
        path: str = "",
        *,
        phone: bool = False,
        **how: Any,
    ) -> Page:
        """A page of somebody who is signed in (None: of nobody), at a path."""


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all of these tests; it ends before other tests want a loop of their own."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "yes"  # Playwright's loop runs beneath the test
    with sync_playwright() as playwright:
        started = chromium.launched(playwright)
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="package")
def record_url(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str, testrun_uid: str
) -> Iterator[str]:
    """A record with people in every role, and patients at several stages of the pathway."""
    own = tmp_path_factory.getbasetemp()
    house = own if worker_id == "master" else own.parent
    with override_settings(PASSWORD_HASHERS=["quick_hasher.QuickArgon2"]):
        engine = template.prepared(databases.SQLite(house), house)
        with fasteners.InterProcessLock(house / "stages.lock"):
            if not engine.exists("stages"):
                template.filled(engine, template.TEMPLATE, "stages", stages.populate)
            url = engine.copy("stages", f"browser_{worker_id}_{testrun_uid[:6]}")
    yield url
    databases.leave()


@pytest.fixture(scope="package")
def clinic_at(record_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the clinic that serves this record."""
    clinic = Served(record_url, THECAL_CLINIC_HOME=str(tmp_path_factory.mktemp("home")))
    yield clinic.address
    clinic.stop()


@pytest.fixture(autouse=True)
def _record(record_url: str) -> Iterator[None]:
    """The test itself reads and writes the record that is served."""
    databases.use(databases.described(record_url))
    with override_settings(PASSWORD_HASHERS=["quick_hasher.QuickArgon2"]):
        yield
    databases.leave()


@pytest.fixture(scope="package")
def signed_in(clinic_at: str) -> Cookies:
    """The cookie of somebody who has signed in; a role means its person of the first clinic."""
    sessions: dict[str, str] = {}

    def cookies(who: Role | User | None) -> list[Any]:
        if who is None:
            return []
        person = who if isinstance(who, User) else staff.member(who)
        person.refresh_from_db()
        if person.password not in sessions:  # a new hash of it ends the sessions before
            key = sign_in(Client(), person)
            person.refresh_from_db()
            sessions[person.password] = key
        return [{"name": "sessionid", "value": sessions[person.password], "url": clinic_at}]

    return cookies


@pytest.fixture
def visit(browser: Browser, clinic_at: str, signed_in: Cookies) -> Iterator[Visit]:
    """``visit(Role.NURSE, "/design", phone=True)``: a page; at the end each must be without fault.

    Further arguments are Playwright's for a context: ``color_scheme="dark"``, ``locale``,
    ``java_script_enabled=False``.
    """
    with ExitStack() as stack:

        def open_one(
            who: Role | User | None = Role.NURSE,
            path: str = "",
            *,
            phone: bool = False,
            **how: Any,
        ) -> Page:
            shape = {**(chromium.PHONE if phone else chromium.DESKTOP), **how}
            opening = chromium.opened(browser, clinic_at, signed_in(who), **shape)
            page = stack.enter_context(opening)
            if path:
                page.goto(path)
            return page

        yield open_one


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """``axe(page)`` fails on any violation, in light and in dark."""

    def check(page: Page) -> None:
        found = axes.in_light_and_dark(page)
        assert not found, urlsplit(page.url).path + "\n" + "\n".join(found)

    return check


@pytest.fixture
def pictures(request: pytest.FixtureRequest) -> Path:
    """A folder for screenshots of this test, ``out/browser/TEST``."""
    folder: Path = request.config.rootpath / "out" / "browser" / request.node.name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
