"""The system's Chromium, and contexts that nothing leaves and no error passes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Playwright, Response

_STILL = {"reduced_motion": "reduce"}  # no colour is measured on its way to another
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}, **_STILL}
PHONE: dict[str, Any] = {
    **_STILL,
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
WAIT_MS = 15_000


def launched(playwright: Playwright) -> Browser:
    """Chromium as the system has it.

    Raises:
        AssertionError: there is none; the tests fail then, since nobody would see them skipped.
    """
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    assert found, "these tests need Chromium: apt-get install chromium"
    return playwright.chromium.launch(
        executable_path=found,
        chromium_sandbox=os.geteuid() != 0,
        args=["--no-proxy-server", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
    )


@dataclass
class Watch:
    """What a page did that no page may do, and what it weighed.

    Attributes:
        expected: statuses of 400 and above that the test itself provokes.
    """

    host: str
    faults: list[str] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)

    def over(self, page: Page) -> None:
        """Watch a page from now on."""
        page.on("console", lambda said: self._said(said.type, said.text))
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("request", lambda asked: self._asked(asked.url))
        page.on("response", lambda answer: self.responses.append(answer))  # noqa: PLW0108

    def _said(self, kind: str, text: str) -> None:
        told = any(f"status of {status} " in text for status in self.expected)
        if kind in {"error", "warning"} and not told:
            self.faults.append(f"console {kind}: {text}")

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob", "about"} and parts.netloc != self.host:
            self.faults.append(f"left the machine: {url}")

    def forget(self) -> None:
        """Begin anew."""
        self.faults.clear()
        self.responses.clear()

    def weight(self) -> int:
        """Bytes of everything since it was last asked, as sent, uncompressed."""
        heard, self.responses = self.responses, []
        return sum(len(one.body()) for one in heard if one.status == 200)


@contextmanager
def opened(browser: Browser, address: str, cookies: list[Any], **how: Any) -> Iterator[Page]:
    """A page in a context of its own, watched to its end by what ``watch_of`` gives."""
    context = browser.new_context(base_url=address, **how)
    context.set_default_timeout(WAIT_MS)
    if cookies:
        context.add_cookies(cookies)
    page = context.new_page()
    watch = _watches[page] = Watch(urlsplit(address).netloc)
    watch.over(page)
    try:
        yield page
        assert not watch.faults, "\n".join(watch.faults)
    finally:
        del _watches[page]
        context.close()


_watches: dict[Page, Watch] = {}


def watch_of(page: Page) -> Watch:
    """What is watched on a page."""
    return _watches[page]


@contextmanager
def many(
    browser: Browser, address: str, cookies: Callable[[Any], list[Any]]
) -> Iterator[Callable[[Any], Page]]:
    """A function that gives a page for each person, the same one for the same person."""
    pages: dict[Any, Page] = {}
    with ExitStack() as stack:

        def page_of(who: Any) -> Page:
            if who not in pages:
                opening = opened(browser, address, cookies(who), **DESKTOP)
                pages[who] = stack.enter_context(opening)
            return pages[who]

        yield page_of
