"""Takes the pictures of the clinic's pages that README and the docs show, of a demo clinic.

The demo is founded in a folder of its own, served, looked at by the system's Chromium, and ended.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

INTO = Path(__file__).parent / "_static" / "clinic"
PASSWORD = "invented patients only"  # noqa: S105  (the demo says it itself)
COLOURS, MOST_BYTES = 96, 150_000
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 860}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True}
DARK: dict[str, Any] = {"color_scheme": "dark"}


@dataclass(frozen=True)
class Shot:
    """A picture: its file's name, who looks, and the way there from the first page.

    Attributes:
        way: what is followed in turn: an item of the menu, a patient's name, a link's words; or
            an address that begins with a stroke, ``{patient}`` the last patient's own.
    """

    name: str
    who: str
    way: tuple[str, ...]
    how: dict[str, Any]


SHOTS = (
    Shot("today", "nurse", (), DESKTOP),
    Shot("today-dark", "nurse", (), {**DESKTOP, **DARK}),
    Shot("today-phone", "nurse", (), PHONE),
    Shot("patients", "nurse", ("Patients",), DESKTOP),
    Shot("patient", "physician", ("Patients", "Obsidian"), DESKTOP),
    Shot("patient-dark", "physician", ("Patients", "Obsidian"), {**DESKTOP, **DARK}),
    Shot("patient-phone", "physician", ("Patients", "Obsidian"), PHONE),
    Shot("course", "physician", ("Patients", "Quartz", "{patient}/course"), DESKTOP),
    Shot("programmer", "physician", ("Patients", "Obsidian", "{patient}/programmer/edit"), DESKTOP),
    Shot("trial", "nurse", ("Patients", "Hematite", "{patient}/visits/trial"), DESKTOP),
    Shot("refill", "nurse", ("Patients", "Pyrite", "{patient}/visits/refill"), DESKTOP),
    Shot("refill-phone", "nurse", ("Patients", "Pyrite", "{patient}/visits/refill"), PHONE),
    Shot("for-patient", "patient", (), PHONE),
    Shot("refills", "nurse", ("Refills",), DESKTOP),
    Shot("bench", "physician", ("Bench",), DESKTOP),
    Shot("formulary", "pharmacist", ("Formulary",), DESKTOP),
    Shot("design", "nurse", ("/design",), DESKTOP),
)


@contextmanager
def demo(folder: Path) -> Iterator[str]:
    """A demo clinic that is served; its address."""
    command = [sys.executable, "-m", "thecal", "clinic", "demo", "--data", str(folder)]
    served = subprocess.Popen(
        [*command, "--port", "0"], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    assert served.stdout is not None
    try:
        for line in served.stdout:
            if found := re.search(r"listens at (http://\S+?)/?$", line.strip()):
                yield found[1]
                return
        raise SystemExit("the demo clinic did not start")
    finally:
        served.send_signal(signal.SIGTERM)
        served.wait(timeout=60)


def signed_in(browser: Browser, address: str, who: str) -> Any:
    """Sign in by the form; what a later context needs to stay so."""
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(who)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    state = context.storage_state()
    context.close()
    return state


def follow(page: Page, way: tuple[str, ...]) -> None:
    """Go the way of a picture."""
    page.goto("/")
    for step in way:
        if "/" in step:
            page.goto(step.format(patient=re.sub(r"[?#].*", "", page.url)))
        else:
            page.get_by_role("link", name=step).first.click()
            page.wait_for_load_state()


def taken(browser: Browser, address: str, state: Any, shot: Shot) -> bytes:
    """The picture of a page, as PNG with few colours."""
    how: dict[str, Any] = {**shot.how, "reduced_motion": "reduce"}
    context = browser.new_context(base_url=address, storage_state=state, **how)
    page = context.new_page()
    follow(page, shot.way)
    page.wait_for_timeout(2000)  # what the page fetches and draws by itself
    whole = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    context.close()
    few = whole.quantize(COLOURS, dither=Image.Dither.NONE)
    into = io.BytesIO()
    few.save(into, "PNG", optimize=True)
    return into.getvalue()


def main(names: list[str]) -> None:
    """Take all pictures, or those that are named."""
    wanted = [one for one in SHOTS if not names or one.name in names]
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("screenshots need Chromium: apt-get install chromium")
    INTO.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        demo(Path(folder) / "demo") as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=chromium, chromium_sandbox=os.geteuid() != 0
        )
        people = {who: signed_in(browser, address, who) for who in {one.who for one in wanted}}
        for shot in wanted:
            picture = taken(browser, address, people[shot.who], shot)
            if len(picture) > MOST_BYTES:
                raise SystemExit(f"{shot.name}: {len(picture)} bytes are too many")
            (INTO / f"{shot.name}.png").write_bytes(picture)
            sys.stdout.write(f"{shot.name}.png {len(picture)} bytes\n")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
