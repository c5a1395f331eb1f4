"""Every page, walked: axe in light and dark, no error, nothing from outside, and not too heavy."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import axe, chromium
from tests.browser.chromium import watch_of
from tests.browser.conftest import Cookies
from tests.browser.every_page import HEAVY, NO_PAGE, Place, address, places, seen_by
from thecal.clinic.people.roles import Role

LIGHT, HEAVIEST = 150_000, 1_500_000
"""Bytes of a page with all that it loads: without pictures, and with them."""
Walker = Callable[[Role | None], Page]


@pytest.fixture(scope="module")
def walker(browser: Browser, clinic_at: str, signed_in: Cookies) -> Iterator[Walker]:
    """A page for each role, kept for the whole walk: opening one takes longer than looking."""
    with chromium.many(browser, clinic_at, signed_in) as page_of:
        yield page_of


@pytest.mark.parametrize("place", places(), ids=str)
def test_every_page_is_without_fault(place: Place, walker: Walker) -> None:
    path = address(place)
    page = walker(seen_by(place.name, path))
    watch = watch_of(page)
    watch.forget()
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200
    assert axe.in_light_and_dark(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert watch.weight() <= (HEAVIEST if place.name in HEAVY else LIGHT)
    assert not watch.faults, "\n".join(watch.faults)


@pytest.mark.parametrize("name", ["patient", "patients", "design", "fills.fill", "account_login"])
def test_pages_fit_a_phone(name: str, walker: Walker) -> None:
    place = next(one for one in reversed(places()) if one.name == name)
    path = address(place)
    page = walker(seen_by(place.name, path))
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert axe.violations(page) == []
    page.set_viewport_size(chromium.DESKTOP["viewport"])


def test_what_is_no_page_has_an_address() -> None:
    """So that a name that is gone, or misspelt, hides no page."""
    from django.urls import get_resolver  # noqa: PLC0415

    names = {str(one) for one in get_resolver().reverse_dict if isinstance(one, str)}
    assert set(NO_PAGE) <= names
