"""The report: every figure that it must hold, with its unit and how it is known."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from thecal import formulary
from thecal.programmer.report import report_bytes, tables, write_report
from thecal.programmer.report.doses import dose_table, percent_change, program_table
from thecal.programmer.report.page import Table
from thecal.therapy.findings import By, Severity
from thecal.therapy.plan import Plan, make_plan
from thecal.units import CONCENTRATION, DOSE_RATE, FLOW, MASS, show

Planned = Callable[[str], Plan]
UNIT = re.compile(r"\d (?:µg|mg|mL)(?:/h|/day)?$|\d %$")
WORDS = {"first fill", "new", "none", "ends", ""}


@cache
def _text(content: bytes) -> str:
    pages = PdfReader(BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def text_of(plan: Plan) -> str:
    """The report's text, each run of white space as one space."""
    return _text(report_of(plan))


_MADE: dict[int, bytes] = {}


def report_of(plan: Plan) -> bytes:
    """The report, made once for each plan."""
    if id(plan) not in _MADE:
        _MADE[id(plan)] = report_bytes(plan)
    return _MADE[id(plan)]


def squeezed(text: str) -> str:
    """Without white space: a cell may break a long text anywhere."""
    return "".join(text.split())


def test_it_states_that_it_is_no_medical_device_and_the_verdict(any_plan: Plan) -> None:
    text = text_of(any_plan)
    assert "NOT A MEDICAL DEVICE" in text
    assert ("ACCEPTED" if any_plan.accepted else "REFUSED") in text


def test_it_holds_the_digest_on_every_page(any_plan: Plan) -> None:
    program = any_plan.case.program
    wanted = program.digest if program else "no program, so no digest"
    for page in PdfReader(BytesIO(report_of(any_plan))).pages:
        assert wanted in page.extract_text()


def test_pages_are_counted(planned: Planned) -> None:
    pages = PdfReader(BytesIO(report_of(planned("flex")))).pages
    for number, page in enumerate(pages, 1):
        assert f"page {number} of {len(pages)}" in page.extract_text()


def test_it_holds_every_drug_with_its_doses_and_concentrations(any_plan: Plan) -> None:
    case, text = any_plan.case, text_of(any_plan)
    for part in case.parts:
        assert part.name in text
        assert part.drug.show(part.strength, CONCENTRATION) in text
    for name, ug in (*case.mean_ug_per_day.items(), *case.before_ug_per_day.items()):
        assert formulary.drug(name).show(ug, DOSE_RATE) in text
    for name, ug in case.worst_ug_per_day.items():
        assert formulary.drug(name).show(ug, MASS) in text


def test_it_holds_each_finding_with_what_was_asked_its_limit_and_source(any_plan: Plan) -> None:
    text = squeezed(text_of(any_plan))
    for finding in any_plan.findings:
        for part in (finding.code, finding.message, finding.asked, finding.limit):
            assert squeezed(part) in text
        assert squeezed(f"{finding.basis.layer}: {finding.basis.source}") in text


def test_recalled_stands_wherever_a_recalled_figure_decided(any_plan: Plan) -> None:
    table = next(one for one in tables(any_plan) if one.title == "Findings")
    for finding, row in zip(any_plan.findings, table.rows, strict=True):
        if finding.basis.layer is not By.UNKNOWN:
            assert str(finding.basis.provenance) in row[-1]


def test_the_latest_safe_day_says_that_the_accuracy_is_recalled(planned: Planned) -> None:
    rows = {row[0]: row for one in tables(planned("stronger")) for row in one.rows}
    assert rows["latest safe"][1:] == (
        "103.1 day, 2026-06-13",
        "at +14.5 % (SynchroMed II 8637 manual)",
        "recalled",
    )
    assert rows["refill"][1] == "118.3 day, 2026-06-28"
    assert rows["path, rotor to tip"][1::2] == ("0.3358 mL", "recalled")


def test_a_refused_plan_says_refused_and_every_code(planned: Planned) -> None:
    plan = planned("refused")
    text = text_of(plan)
    assert "REFUSED" in text
    assert "ACCEPTED" not in text
    head = text[: text.index("NOT A MEDICAL DEVICE. This")]
    for finding in plan.open_findings:
        assert finding.code in head


def test_a_plan_without_a_program_is_reported_too(planned: Planned) -> None:
    text = text_of(planned("week-not-covered"))
    assert "No program could be made" in text
    assert "sun: no schedule" in text


def test_no_number_in_the_dose_tables_lacks_its_unit(any_plan: Plan) -> None:
    for row in dose_table(any_plan.case).rows:
        for cell in row[1:]:
            assert UNIT.search(cell) or cell in WORDS, cell
    for row in program_table(any_plan.case).rows:
        for cell in row[3:]:
            assert UNIT.search(cell), cell


def test_the_program_shows_each_step_for_every_drug(planned: Planned) -> None:
    table = program_table(planned("flex").case)
    assert table.heads == ("days", "from", "to", "morphine", "bupivacaine", "flow")
    assert table.rows == (
        ("Mon–Fri", "00:00", "07:00", "0.15 mg/h", "0.075 mg/h", "0.18 mL/day"),
        ("Mon–Fri", "07:00", "24:00", "0.3 mg/h", "0.15 mg/h", "0.36 mL/day"),
        ("Mon–Fri", "in 24 h", "", "6.15 mg", "3.075 mg", "0.3075 mL"),
        ("Sat, Sun", "00:00", "24:00", "0.2 mg/h", "0.1 mg/h", "0.24 mL/day"),
        ("Sat, Sun", "in 24 h", "", "4.8 mg", "2.4 mg", "0.24 mL"),
    )


def test_old_and_new_stand_side_by_side_with_the_change(planned: Planned) -> None:
    rows = {row[0]: row[1:4] for row in dose_table(planned("flex").case).rows}
    assert rows == {
        "morphine": ("4 mg/day", "5.764 mg/day", "+44.1 %"),
        "bupivacaine": ("0 mg/day", "2.882 mg/day", "new"),
        "volume": ("0.4 mL/day", "0.2882 mL/day", "−27.9 %"),
    }


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (4, 5, "+25 %"),
        (5, 4, "−20 %"),
        (4, 4, "±0 %"),
        (0, 4, "new"),
        (4, 0, "ends"),
        (0, 0, "none"),
    ],
)
def test_a_change_has_its_sign(old: int, new: int, said: str) -> None:
    assert percent_change(Fraction(old), Fraction(new)) == said


def test_the_bridge_shows_what_every_drug_does_meanwhile(planned: Planned) -> None:
    bridge = next(one for one in tables(planned("flex")) if one.title == "Bridge")
    assert bridge.note.startswith("0.5764 mL/day for 13.98 h, 0.3358 mL")
    assert bridge.rows == (
        ("morphine", "4 mg/day", "5.764 mg/day", "5.764 mg/day"),
        ("bupivacaine", "0 mg/day", "0 mg/day", "2.882 mg/day"),
    )


def test_the_priming_bolus_shows_its_drug_and_time(planned: Planned) -> None:
    text = text_of(planned("first-fill"))
    assert "0.3358 mL: morphine 0.6716 mg, clonidine 67.16 µg" in text
    assert "20.15 min at 24 mL/day" in text


def test_patient_doses_show_lockout_and_count(planned: Planned) -> None:
    text = text_of(planned("flex"))
    assert "0.0125 mL: morphine 0.25 mg, bupivacaine 0.125 mg in 10 min" in text
    assert "4 h from the start of one to the start of the next" in text
    assert "4 doses in any 24 h" in text


def test_what_nobody_published_is_said(planned: Planned) -> None:
    rows = {
        row[0]: row[1] for one in tables(planned("fixed-rate")) for row in one.rows if one.heads
    }
    assert rows["internal tubing"] == "no published figure"
    assert rows["latest safe"] == "not known"
    assert rows["service life after implant"].startswith("not known")


def test_the_pumps_life_is_shown_as_published(planned: Planned) -> None:
    life = tables(planned("flex"))[-1]
    assert life.rows[0] == (
        "service life after implant",
        "84 month, 2557 day",
        "SynchroMed II 8637 manual",
        "found",
    )
    assert life.rows[2][1] == "not known"


def test_signatures_stand_with_name_and_reason(planned: Planned) -> None:
    text = text_of(planned("flex"))
    assert "the clinic's physician" in text
    assert "labelled drugs failed" in text


def test_every_sign_prints_and_what_the_typeface_lacks_is_not_lost(
    planned: Planned, caplog: pytest.LogCaptureFixture
) -> None:
    plan = make_plan(planned("seven-schedules").case.prescription, date(2026, 3, 2))
    with caplog.at_level(logging.WARNING):
        text = _text(report_bytes(plan))
    assert "A. Ø. Łukasz" in text
    assert "µ −5 % ± [U+6211] & **bold**" in text
    assert not caplog.records


def test_the_picture_is_in_it(any_plan: Plan) -> None:
    last = PdfReader(BytesIO(report_of(any_plan))).pages[-1]
    assert last.mediabox.width > last.mediabox.height
    assert len(last.images) == 1


def test_equal_plans_give_equal_bytes_whatever_the_day(planned: Planned, tmp_path: Path) -> None:
    prescription = planned("flex").case.prescription
    for name in ("one.pdf", "two.pdf"):
        write_report(make_plan(prescription), tmp_path / name)
    one = (tmp_path / "one.pdf").read_bytes()
    assert one == (tmp_path / "two.pdf").read_bytes()
    created = PdfReader(BytesIO(one)).metadata
    assert created is not None
    assert created.creation_date is not None
    assert created.creation_date.date() == date(2000, 1, 1)


def test_every_row_fits_its_columns(any_plan: Plan) -> None:
    for table in tables(any_plan):
        assert all(len(row) == len(table.widths) for row in table.rows), table.title
        assert not table.heads or len(table.heads) == len(table.widths)


def test_no_heading_stands_alone_at_the_foot_of_a_page(any_plan: Plan) -> None:
    titles = {table.title for table in tables(any_plan)}
    for page in PdfReader(BytesIO(report_of(any_plan))).pages:
        lines = [line.strip() for line in page.extract_text().splitlines() if line.strip()]
        body = [
            line for line in lines if not line.startswith(("NOT A MEDICAL", "page ", "program "))
        ]
        assert body[-1] not in titles


def test_flow_and_severity_are_written_out(planned: Planned) -> None:
    plan = planned("flex")
    assert plan.case.doses is not None
    assert show(plan.case.doses.mean_ml, FLOW) in text_of(plan)
    table = next(one for one in tables(plan) if one.title == "Findings")
    assert isinstance(table, Table)
    severities = {row[0] for row in table.rows}
    assert severities == {f"{Severity.CONFIRM}\nsigned", str(Severity.NOTE)}
