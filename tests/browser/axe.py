"""axe, from its wheel, run in a page whose policy allows no script but the clinic's own."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

_RUN = """(rules) => axe.run(document, {
    resultTypes: ["violations"], preload: false, iframes: false, ...(rules && {runOnly: rules}),
})"""


@cache
def source() -> str:
    """The script as it was published."""
    return files("axe_core_python").joinpath("axe.min.js").read_text("utf-8")


def violations(page: Page, *rules: str) -> list[str]:
    """What axe finds on the page now, a line for each place; by all rules if none is named."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(source())
    found: dict[str, Any] = page.evaluate(_RUN, list(rules) or None)
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: {node['html'][:200]} {_why(node)}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def _why(node: dict[str, Any]) -> str:
    return "; ".join(one["message"] for one in [*node["any"], *node["all"]])[:300]


def in_light_and_dark(page: Page) -> list[str]:
    """All rules in light, and the contrast again in dark; the page is light afterwards.

    What is folded is unfolded first: it is looked at too, and axe takes what a closed ``details``
    holds for visible, at a place where something else is drawn.
    """
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found = [f"light: {one}" for one in violations(page)]
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {one}" for one in violations(page, "color-contrast")]
    page.emulate_media(color_scheme="light")
    return found
