"""The shipped examples: each plans as its page says, and its page explains every signature."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from thecal.cli import app
from thecal.therapy.file.reading import read, read_text
from thecal.therapy.file.writing import write
from thecal.therapy.findings import Severity
from thecal.therapy.plan import Plan, make_plan
from thecal.therapy.rules import CARDS

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "docs" / "examples"
FILES = sorted((ROOT / "examples").glob("*.toml"))
EACH = pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
RUN = "morphine-bupivacaine-day-and-night"


def refused(path: Path) -> bool:
    return path.stem.startswith("refused-")


def plan_of(path: Path) -> Plan:
    return make_plan(read(path))


def page_of(path: Path) -> str:
    return (PAGES / f"{path.stem}.md").read_text(encoding="utf-8")


def test_there_are_at_least_twelve_and_each_has_a_page_in_the_index() -> None:
    assert len([path for path in FILES if not refused(path)]) >= 12
    pages = {page.stem for page in PAGES.glob("*.md")} - {"index"}
    assert pages == {path.stem for path in FILES}
    toctree = (PAGES / "index.md").read_text(encoding="utf-8").split("```")[1]
    assert {line for line in toctree.splitlines() if line in pages} == pages


@EACH
def test_example_is_accepted_unless_it_is_there_to_be_refused(path: Path) -> None:
    result = CliRunner().invoke(app, ["plan", str(path), "--json"])
    assert result.exit_code == (1 if refused(path) else 0), result.output
    made: dict[str, Any] = json.loads(result.stdout)
    assert made["accepted"] is not refused(path)


@EACH
def test_every_signature_is_needed_and_nobody_is_invented(path: Path) -> None:
    plan = plan_of(path)
    asking = {one.code for one in plan.findings if one.severity is Severity.CONFIRM}
    signed = {one.rule: one for one in plan.case.prescription.signed}
    assert set(signed) <= asking
    assert "signature.unused" not in {one.code for one in plan.findings}
    assert {one.by for one in signed.values()} <= {"name of the physician"}
    assert len({one.reason for one in signed.values()}) == len(signed)


@EACH
def test_page_explains_each_finding_that_asked_for_a_person_and_each_stop(path: Path) -> None:
    page = page_of(path)
    grave = {one.code for one in plan_of(path).findings if one.severity is not Severity.NOTE}
    assert not [code for code in grave if f"`{code}`" not in page]
    assert f"examples/{path.name}" in page


@EACH
def test_page_names_only_rules_that_exist(path: Path) -> None:
    families = {code.partition(".")[0] for code in CARDS}
    named = set(re.findall(r"`([a-z]+\.[a-z-]+)`", page_of(path)))
    rules = {code for code in named if code.partition(".")[0] in families}
    fields = {"pump.internal_tubing", "bridge.drugs", "fill.volume"}
    assert rules - fields <= set(CARDS)


@EACH
def test_example_begins_with_a_comment_that_says_what_it_is(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# ")
    assert first.startswith("# REFUSED") is refused(path)


@EACH
def test_example_survives_being_written(path: Path) -> None:
    prescription = read(path)
    assert read_text(write(prescription)) == prescription


def test_example_that_make_run_uses_is_limited_by_its_reservoir() -> None:
    plan = plan_of(ROOT / "examples" / f"{RUN}.toml")
    assert plan.accepted
    assert plan.case.refill is not None
    assert plan.case.refill.limited_by == "reservoir"
    assert RUN in (ROOT / "Makefile").read_text(encoding="utf-8")


def bridge_hours(plan: Plan) -> float:
    program = plan.case.program
    assert program is not None
    assert program.bridge is not None
    return program.bridge.duration_s / 3600


# Each figure stands on the page, and is computed here again.
SAID = [
    ("morphine-first-fill", "93 µg", lambda p: p.case.priming.early_ug["morphine"], 93),
    ("morphine-first-fill", "360 days", lambda p: p.case.refill.reservoir_days, 360),
    ("hydromorphone-bupivacaine", "9.6 mg", lambda p: p.case.mean_ug_per_day["bupivacaine"], 9600),
    ("hydromorphone-bupivacaine", "75 days", lambda p: p.case.refill.days, 75),
    ("baclofen-spinal-first-fill", "69th", lambda p: int(p.case.refill.latest_safe_days), 69),
    ("baclofen-500-to-2000", "118.3 days", lambda p: p.case.refill.days, 118.3),
    ("baclofen-2000-to-500", "31.7 days", lambda p: p.case.refill.days, 31.7),
    ("baclofen-2000-to-500", "27.9", lambda p: p.case.refill.latest_safe_days, 27.9),
    (RUN, "5.01 mg", lambda p: p.case.mean_ug_per_day["morphine"] / 1000, 5.01),
    (RUN, "16.1 h", bridge_hours, 16.1),
    (RUN, "59.4 days", lambda p: p.case.refill.days, 59.4),
    (RUN, "51.8", lambda p: p.case.refill.latest_safe_days, 51.8),
    ("morphine-bupivacaine-clonidine", "84 days", lambda p: p.case.refill.days, 84),
    ("hydromorphone-clonidine", "46.7 days", lambda p: p.case.refill.reservoir_days, 46.7),
    ("two-drug-change-over", "20.1 h", bridge_hours, 20.1),
    ("morphine-to-hydromorphone", "33.6 h", bridge_hours, 33.6),
    ("baclofen-clonidine", "98 days", lambda p: p.case.refill.days, 98),
    ("baclofen-clonidine", "89.8 days", lambda p: p.case.refill.latest_safe_days, 89.8),
    ("ziconotide-first-fill", "14 days", lambda p: p.case.refill.days, 14),
    ("prometra-baclofen", "50 days", lambda p: p.case.refill.days, 50),
    ("codman-fixed-rate", "27 days", lambda p: p.case.refill.days, 27),
    ("trial-external-pump", "0.12 mg/day", lambda p: p.case.mean_ug_per_day["hydromorphone"], 120),
    ("refused-hourly-for-daily", "1440 µg/day", lambda p: p.case.mean_ug_per_day["baclofen"], 1440),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "figure", "value"), SAID)
def test_figures_on_the_pages_are_the_plans_own(
    name: str, text: str, figure: Any, value: float
) -> None:
    path = ROOT / "examples" / f"{name}.toml"
    assert text in " ".join(page_of(path).split())
    digits = len(str(value).partition(".")[2])
    assert round(float(figure(plan_of(path))), digits) == value
