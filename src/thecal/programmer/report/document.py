"""The programmer's report: a PDF with all that is known of a plan."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from thecal.programmer.pictures import plan_page, refusal_codes, verdict
from thecal.programmer.pictures.style import save
from thecal.programmer.report.devices import drug_table, path_table, patient_table, pump_table
from thecal.programmer.report.doses import (
    dose_table,
    patient_dose_table,
    program_table,
    start_table,
)
from thecal.programmer.report.findings import finding_table, signature_table
from thecal.programmer.report.page import Paper, Table
from thecal.programmer.report.refill import life_table, refill_table
from thecal.therapy.plan import Plan

NOT_A_DEVICE = (
    "NOT A MEDICAL DEVICE. This report comes from software that no authority has cleared. It does "
    "not talk to a real pump. Compare every figure with the drug's label, the pump's manual and "
    "what the pump's own programmer reads, and have a second person check it."
)
_TO_WRITE = (
    "Patient (name, number)",
    "Pump serial number",
    "Programmed by, date",
    "Checked by, date",
)
_PICTURE_MM = 232


def write_report(plan: Plan, path: Path) -> None:
    """Write the plan as a PDF; equal plans give equal bytes, a refused one is written too."""
    path.write_bytes(report_bytes(plan))


def report_bytes(plan: Plan) -> bytes:
    """The report's PDF."""
    paper = Paper(
        f"Thecal plan, {plan.case.pump.name}, {verdict(plan)}", _digest(plan), plan.case.visit
    )
    paper.add_page()
    _opening(plan, paper)
    for table in tables(plan):
        paper.show_table(table)
    _picture(plan, paper)
    return bytes(paper.output())


def tables(plan: Plan) -> list[Table]:
    """Every table of the report, in its order."""
    case = plan.case
    return [
        patient_table(case),
        drug_table(case),
        program_table(case),
        dose_table(case),
        patient_dose_table(case),
        start_table(case),
        refill_table(case),
        finding_table(plan),
        signature_table(plan),
        path_table(case),
        pump_table(case),
        life_table(case),
    ]


def _digest(plan: Plan) -> str:
    program = plan.case.program
    return f"program digest {program.digest}" if program else "no program, so no digest"


def _opening(plan: Plan, paper: Paper) -> None:
    """Title, statement, verdict, and the lines to be filled in by hand."""
    case = plan.case
    paper.title_line(f"Thecal plan: {case.pump.name}, {case.prescription.therapy.mode}")
    paper.loud(verdict(plan), alarming=not plan.accepted)
    paper.sentence(_why(plan))
    paper.ln(1.5)
    paper.sentence(NOT_A_DEVICE)
    paper.ln(1.5)
    paper.sentence(f"Visit: {case.visit.isoformat() if case.visit else 'not dated'}")
    paper.sentence(_digest(plan).capitalize())
    for name in _TO_WRITE:
        paper.rule_for(name)


def _why(plan: Plan) -> str:
    if plan.accepted:
        return "No stop, and every confirm is signed."
    codes = ", ".join(refusal_codes(plan))
    return f"Refused by: {codes}" if codes else "Refused because there is no program."


def _picture(plan: Plan, paper: Paper) -> None:
    """The plan's picture across a page of its own."""
    paper.add_page(orientation="landscape")
    image = BytesIO()
    save(plan_page(plan), image)
    paper.image(image, x="C", w=_PICTURE_MM, alt_text="The plan's picture")  # type: ignore[arg-type]
