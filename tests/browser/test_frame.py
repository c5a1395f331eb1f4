"""The frame of every page: signing in, the menu, language, colours; by keyboard, on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import staff
from playwright.sync_api import Page, expect

from tests.browser.chromium import watch_of
from tests.browser.conftest import Visit
from thecal.clinic.people.roles import Role


def test_somebody_signs_in_by_the_form_and_out_again(
    visit: Visit, axe: Callable[[Page], None]
) -> None:
    page = visit(None, "/")
    expect(page).to_have_url(re.compile("/accounts/login/"))
    axe(page)
    page.get_by_label("Username").fill("nurse-one")
    page.get_by_label("Password").fill(staff.PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    page.locator("summary", has_text="Nurse one").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/accounts/login/"))


def test_a_wrong_password_is_told(visit: Visit, axe: Callable[[Page], None]) -> None:
    page = visit(None, "/accounts/login/")
    page.get_by_label("Username").fill("reader-one")
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Sign In", exact=True).click()
    expect(page.get_by_text("not correct")).to_be_visible()
    axe(page)


def test_the_first_tab_skips_to_the_content(visit: Visit) -> None:
    page = visit(Role.NURSE, "/design")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_menu_says_where_one_is_and_offers_what_the_role_may(visit: Visit) -> None:
    page = visit(Role.NURSE, f"/clinics/{staff.clinic().pk}/patients")
    menu = page.get_by_role("navigation", name="Main")
    expect(menu.locator("[aria-current=page]")).to_have_text("Patients")
    expect(menu.get_by_role("link", name="Audit trail")).to_have_count(0)
    administrator = visit(Role.ADMINISTRATOR, "/design")
    menu = administrator.get_by_role("navigation", name="Main")
    expect(menu.get_by_role("link", name="Audit trail")).to_be_visible()
    expect(menu.get_by_role("link", name="Patients")).to_have_count(0)


def paper(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_the_colours_follow_the_system_until_somebody_chooses(visit: Visit) -> None:
    dark = visit(Role.NURSE, "/design", color_scheme="dark")
    page = visit(Role.NURSE, "/design", color_scheme="light")
    light = paper(page)
    assert paper(dark) != light
    page.locator("summary", has_text="Nurse one").click()
    page.get_by_role("button", name="Dark").click()
    expect(page).to_have_url(re.compile("/design$"))
    assert paper(page) == paper(dark)
    page.locator("summary", has_text="Nurse one").click()
    page.get_by_role("button", name="As the system").click()
    assert paper(page) == light


def test_the_language_is_chosen_and_kept(visit: Visit) -> None:
    page = visit(Role.NURSE, "/design")
    page.locator("summary", has_text="Nurse one").click()
    page.get_by_role("button", name="Español").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page).to_have_url(re.compile("/design$"))
    page.goto("/design")
    expect(page.locator("html")).to_have_attribute("lang", "es")


def test_a_dialog_opens_and_closes_by_the_keyboard(visit: Visit) -> None:
    page = visit(Role.NURSE, "/design")
    page.get_by_role("button", name="Open a dialog").press("Enter")
    dialog = page.get_by_role("dialog", name="A dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_the_account_s_panel_closes_by_escape_and_gives_the_focus_back(visit: Visit) -> None:
    page = visit(Role.NURSE, "/design")
    summary = page.locator("summary", has_text="Nurse one")
    summary.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(summary).to_be_focused()


def test_nothing_is_wider_than_a_phone_and_fingers_find_their_targets(visit: Visit) -> None:
    page = visit(Role.NURSE, "/design", phone=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    small = page.eval_on_selector_all(
        "main .button, main button, main input:not([type=hidden]), main select, .menu a, summary",
        """all => all.filter(one => one.checkVisibility() && one.offsetHeight < 44)
                      .map(one => one.outerHTML.slice(0, 120))""",
    )
    assert small == []


def test_the_policy_stays_strict_and_htmx_keeps_to_it(visit: Visit) -> None:
    page = visit(Role.NURSE)
    answer = page.goto("/design")
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert page.evaluate("htmx.config.allowEval") is False
    assert page.locator("style, [style]").count() == 0


def test_a_page_that_is_not_there_says_so_in_the_frame(
    visit: Visit, axe: Callable[[Page], None]
) -> None:
    page = visit(Role.NURSE)
    watch_of(page).expected.add(404)
    page.goto("/nothing-here")
    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    axe(page)
