"""Somebody who works in the clinic at a browser of their own, and uses only what a page offers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import staff
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import chromium
from tests.browser.founded import Founded
from tests.browser.moved_clock import MovedClock
from thecal.clinic.people.roles import Role

WRITES_FOR_MINUTES = 3
"""From a form's opening to its sending: what two of them tell of is never of one minute."""
_SIGN_IN = "/accounts/login/"
_MOST_TABS = 80


@dataclass(frozen=True)
class Colleague:
    """A person in a role, whose name is their user name."""

    username: str
    page: Page
    clock: MovedClock

    # Finding the way

    def comes(self, path: str = "/") -> None:
        """Open the clinic; whoever was away for long signs in anew."""
        self.page.goto(path)
        self._sign_in_if_asked()

    def _sign_in_if_asked(self) -> None:
        """What was open is shown again once they have."""
        self.page.wait_for_load_state()
        if _SIGN_IN not in self.page.url:
            return
        self.page.get_by_label("Username").fill(self.username)
        self.page.get_by_label("Password").fill(staff.PASSWORD)
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("navigation", name="Main")).to_be_visible()

    def looks_again(self) -> None:
        """At the page that is open, which is as old as the last look."""
        self.page.reload()
        self._sign_in_if_asked()

    def finds(self, family_name: str) -> None:
        """Look a patient up, from the page where the day begins."""
        self.comes()
        self.page.get_by_role("searchbox").fill(family_name)
        self.page.keyboard.press("Enter")
        self.page.get_by_role("link", name=family_name).click()
        expect(self.identity).to_contain_text(family_name)

    def takes_up(self, family_name: str, visit: str) -> None:
        """Begin a visit that the patient's page offers, or go on with it."""
        self.finds(family_name)
        self.region("What to do now").get_by_role("link", name=visit, exact=True).click()
        expect(self.page.get_by_role("heading", level=1, name=visit)).to_be_visible()

    def is_called_to(self, family_name: str, visit: str) -> None:
        """Take up a visit that the clinic's list of visits has, because a record calls for it."""
        if self.page.url == "about:blank":
            self.comes()
        self.page.get_by_role("navigation", name="Main").get_by_role("link", name="Visits").click()
        self._sign_in_if_asked()
        row = self.page.get_by_role("row").filter(has_text=family_name)
        row.get_by_role("link", name=visit, exact=True).click()
        expect(self.page.get_by_role("heading", level=1, name=visit)).to_be_visible()

    # What a page shows

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    def region(self, name: str) -> Locator:
        return self.page.get_by_role("region", name=name, exact=True)

    @property
    def identity(self) -> Locator:
        """Whose page it is, and at which stage they are."""
        return self.region("Patient")

    @property
    def step(self) -> Locator:
        """The title of a visit's step that is large."""
        return self.page.locator("#step")

    @property
    def here(self) -> Locator:
        """That step, with its help, its panel, what keeps it closed, and its forms."""
        return self.page.locator(".visit__step")

    def goes_to(self, step: str) -> None:
        """Choose a step of the visit."""
        steps = self.page.get_by_role("navigation", name="Steps of this visit")
        steps.get_by_role("link", name=step, exact=True).click()
        expect(self.step).to_contain_text(step)

    # Forms

    def does(self, button: str, **typed: str) -> None:
        """Fill in the form that a button sends, and send it; it is done then.

        Args:
            button: what stands on it.
            typed: by what stands beside each field; ``_`` for a space.
        """
        self.tries(button, **typed)
        done = self.page.get_by_role("status").filter(has_text=f"Done: {button}")
        expect(done).to_be_visible()

    def tries(self, button: str, **typed: str) -> None:
        """The same, whatever comes of it."""
        self.clock.wait(minutes=WRITES_FOR_MINUTES)
        form = self._form(button)
        _fill_in(form, typed)
        form.get_by_role("button", name=button).click()
        self.page.wait_for_load_state()

    def _form(self, button: str) -> Locator:
        form = self.page.locator("form", has=self.page.get_by_role("button", name=button))
        folded = self.page.locator("details:not([open]) > summary", has_text=button)
        if not form.count() and folded.count():
            folded.first.click()
        return form.first

    def tabs_to(self, wanted: Locator) -> None:
        """Go on by the Tab key until it has the focus."""
        for _ in range(_MOST_TABS):
            self.page.keyboard.press("Tab")
            if wanted.evaluate("one => one === document.activeElement"):
                return
        raise AssertionError(f"{wanted} is not reached by keyboard")


def _fill_in(form: Locator, typed: Mapping[str, str]) -> None:
    """Type, choose or tick."""
    for beside, text in typed.items():
        field = _field(form, beside)
        kind = field.evaluate("one => one.type || one.tagName")
        if kind == "select-one":
            field.select_option(label=text)
        elif kind == "checkbox":
            field.set_checked(text == "Yes")
        else:
            field.fill(text)


def _field(form: Locator, beside: str) -> Locator:
    label = beside[:1].upper() + beside[1:].replace("_", " ")
    return form.get_by_label(re.compile(rf"^\s*{re.escape(label)}(\s*\(optional\))?\s*$"))


@contextmanager
def at_work(browser: Browser, clinic: Founded, role: Role, *, phone: bool) -> Iterator[Colleague]:
    """Whoever has a role, at a browser that must make no fault."""
    shape = chromium.PHONE if phone else chromium.DESKTOP
    with chromium.opened(browser, clinic.address, [], **shape) as page:
        yield Colleague(role.value, page, clinic.clock)
