"""A session's report on paper: before, after, and what is certain, as a vendor's report shows."""

from __future__ import annotations

from pathlib import Path

from thecal.programmer.report.document import NOT_A_DEVICE
from thecal.programmer.report.page import Paper, Table
from thecal.programmer.review.rows import Row
from thecal.programmer.session.certainty import Certainty, certainty
from thecal.programmer.session.outcome import Outcome
from thecal.programmer.session.visit import Visit
from thecal.pump.language import Status
from thecal.therapy.findings import Finding
from thecal.therapy.plan import Plan

_SIDES = (24, 54, 46, 46, 16)
_TO_WRITE = ("Patient (name, number)", "Programmed by, date", "Checked by, date")


def write_session_report(visit: Visit, path: Path) -> None:
    """Write a visit's report as a PDF; what was refused or is unknown is written too."""
    path.write_bytes(session_report_bytes(visit))


def session_report_bytes(visit: Visit) -> bytes:
    """The report's PDF; equal visits give equal bytes."""
    told, case = certainty(visit), visit.plan.case
    paper = Paper(f"Thecal session, {case.pump.name}, {_word(visit)}", _digest(visit), case.visit)
    paper.add_page()
    paper.title_line(f"Thecal session: {case.pump.name}, {_serial(visit)}")
    paper.loud(_word(visit), alarming=_word(visit) != Outcome.VERIFIED.upper())
    if visit.result is not None and visit.result.why:
        paper.sentence(visit.result.why)
    paper.ln(1.5)
    paper.sentence(NOT_A_DEVICE)
    paper.ln(1.5)
    for name in _TO_WRITE:
        paper.rule_for(name)
    for table in session_tables(visit, told):
        paper.show_table(table)
    return bytes(paper.output())


def session_tables(visit: Visit, told: Certainty) -> list[Table]:
    """Every table of the report, in its order."""
    heads = ("", "", "before", "after", "")
    tables = [
        _sentences("Certain", told.certain),
        _sentences("Not known", told.unknown),
        _sentences("To do", told.to_do),
    ]
    if visit.compared:
        compared = ("", "", "wanted", "held", "")
        tables.append(_rows("What differs", compared, visit.compared))
    tables.append(_rows("Before and after", heads, visit.rows))
    tables.append(_findings(visit.plan, visit.findings))
    reading = visit.session.reading
    if reading is not None and reading.status is not None:
        tables.append(_status(reading.status))
    return tables


def _word(visit: Visit) -> str:
    return visit.result.outcome.upper() if visit.result else "NOTHING WAS SENT"


def _serial(visit: Visit) -> str:
    reading = visit.session.reading
    return f"serial {reading.holding.serial}" if reading else "not read"


def _digest(visit: Visit) -> str:
    reading = visit.session.reading
    program = reading.holding.program if reading else None
    return f"the pump held program {program.digest}" if program else "no program was read"


def _sentences(title: str, sentences: tuple[str, ...]) -> Table:
    rows = tuple((str(number), one) for number, one in enumerate(sentences, start=1))
    return Table(title, (), rows, (8, 172), "" if rows else "Nothing.")


def _rows(title: str, heads: tuple[str, ...], rows: tuple[Row, ...]) -> Table:
    note = "* changed. TEN-FOLD: ten times as much or more, or a tenth or less."
    told = tuple((row.group, row.field, *row.texts, _mark(row)) for row in rows)
    return Table(title, heads, told, _SIDES, note if rows else "The pump was not read.")


def _mark(row: Row) -> str:
    return "TEN-FOLD" if row.ten_fold else "*" if row.changed else ""


def _findings(plan: Plan, findings: tuple[Finding, ...]) -> Table:
    rows = tuple(
        ("signed" if plan.is_signed(one) else str(one.severity), one.code, one.message)
        for one in findings
    )
    if not rows:
        return Table("Plan and pump at hand", (), (), (), "They fit.")
    return Table("Plan and pump at hand", ("", "rule", "what"), rows, (20, 40, 120))


def _status(status: Status) -> Table:
    alarms = ", ".join(f"{alarm.name} ({alarm.priority})" for alarm in status.alarms)
    rows = (
        ("revision", str(status.revision)),
        ("runs", str(status.running)),
        ("alarms", alarms or "none"),
        ("patient doses", f"{status.doses_granted} given, {status.doses_refused} refused, in all"),
        ("log", f"{status.log_length} entries, digest {status.log_digest}"),
    )
    return Table("The pump, as last read", (), rows, (40, 140))
