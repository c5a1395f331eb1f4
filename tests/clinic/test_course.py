"""The course through time: its figures as plain data, and what its page alone is allowed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import glances
import pytest
import staff
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from journey import NURSE, Clock, running

from thecal.clinic.course.figures import TOKENS, drawn
from thecal.clinic.overview.services import overview_of
from thecal.clinic.patients.models import Patient
from thecal.clinic.prescriptions.services import current
from thecal.clinic.pumps.models import Came

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  (as the axis has none)

pytestmark = pytest.mark.usefixtures("record")


@pytest.fixture
def clock() -> Iterator[Clock]:
    with running() as one:
        yield one


def figures(patient: Patient) -> dict[str, Any]:
    """Every figure by its title."""
    plain = drawn(overview_of(patient, timezone.now()))
    assert plain is not None
    found = parts(plain, "Figure")
    return {title["text"]: one for one in found for title in parts(one, "Title") if "text" in title}


def parts(plain: Any, kind: str) -> list[dict[str, Any]]:
    """The attributes of everything of a kind in Bokeh's plain form."""
    inside = plain.values() if isinstance(plain, dict) else plain
    own = isinstance(plain, dict) and plain.get("name") == kind
    below = [one for part in inside if isinstance(part, (dict, list)) for one in parts(part, kind)]
    return ([plain["attributes"]] if own else []) + below


def answered(patient: Patient) -> Any:
    client = Client()
    client.force_login(staff.member(NURSE), staff.BACKEND)
    return client.get(reverse("course", kwargs={"patient": patient.pk}))


def test_doses_and_outcomes_share_one_time(clock: Clock) -> None:
    patient, _ = glances.everything(clock)
    clock.wait(days=1)
    found = figures(patient)
    assert next(iter(found)) == "morphine (µg/day)"
    assert {"Pain, 0 to 10 numeric rating", "Nausea", "Sedation"} <= set(found)
    ranges = {one["x_range"]["id"] for one in found.values()}
    assert len(ranges) == 1
    seen = overview_of(patient, timezone.now())
    text = json.dumps(found["morphine (µg/day)"], ensure_ascii=False)
    assert all(span.shown in text for course in seen.courses for span in course.spans)
    (beginning,) = (
        one for one in parts(found["Nausea"], "Span") if one.get("dimension") == "height"
    )
    assert seen.since is not None
    shown = timezone.make_naive(seen.since)
    assert beginning["location"] == (shown - EPOCH) / timedelta(milliseconds=1)


def test_what_nobody_knows_is_a_band_and_no_line(clock: Clock) -> None:
    patient, device = glances.everything(clock)
    entry = current(patient)
    assert entry is not None
    clock.wait(days=1)
    glances.sent(device, entry, clock, Came.UNKNOWN.value)
    clock.wait(days=1)
    doses = figures(patient)["morphine (µg/day)"]
    (band,) = parts(doses, "BoxAnnotation")
    assert band["left"] < band["right"]
    ends = [at for one in parts(doses, "ColumnDataSource") for at in until(one)]
    assert max(ends) <= band["left"]


def until(source: dict[str, Any]) -> list[float]:
    columns = dict(source["data"]["entries"])
    return list(columns.get("until", []))


def test_every_colour_stands_for_one_of_the_design_s(clock: Clock) -> None:
    patient, _ = glances.everything(clock)
    text = json.dumps(drawn(overview_of(patient, timezone.now())))
    used = set(re.findall(r'_color": (?:\{[^{}]*"value": )?"(#[0-9a-f]{6})"', text))
    assert used
    assert used <= set(TOKENS)


def test_styles_are_let_be_by_a_nonce_on_this_page_alone(clock: Clock) -> None:
    patient, _ = glances.everything(clock)
    first, second = answered(patient), answered(patient)
    nonces = [nonce_of(one) for one in (first, second)]
    assert nonces[0] != nonces[1]
    assert f'nonce="{nonces[0]}" src="/static/course/styles-of-bokeh.js"' in first.content.decode()
    assert first.content.decode().count(nonces[0]) == 1
    for policy in (first["Content-Security-Policy"], second["Content-Security-Policy"]):
        assert "unsafe" not in policy
        assert "nonce" not in policy.partition("script-src")[2].partition(";")[0]
    client = Client()
    client.force_login(staff.member(NURSE), staff.BACKEND)
    page = client.get(reverse("patient", kwargs={"patient": patient.pk}))
    assert "nonce" not in page["Content-Security-Policy"]


def nonce_of(answer: Any) -> str:
    found = re.search(r"style-src 'self' 'nonce-([^']+)'", answer["Content-Security-Policy"])
    assert found is not None
    return found[1]


def test_nothing_recorded_loads_no_script_that_draws() -> None:
    patient = staff.patient()
    assert drawn(overview_of(patient, timezone.now())) is None
    text = answered(patient).content.decode()
    assert "No program was ever sent" in text
    assert "bokeh" not in text
