"""A session's report as a PDF, from what the record keeps: it can be printed years later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from thecal.clinic.prescriptions.checking import plan_of
from thecal.clinic.pumps.models import Came, Outcome, Session
from thecal.programmer.report.document import NOT_A_DEVICE, tables
from thecal.programmer.report.page import Paper, Table

_SIDES, _PAIR = (24, 54, 46, 46, 16), (48, 132)


def session_paper(session: Session) -> bytes:
    """The report's PDF: who and which pump, what is certain and what is not, before and after."""
    rows = list(Outcome.objects.current().filter(session=session).order_by("-recorded_at"))
    word = rows[0].outcome if rows else Came.UNKNOWN.value
    told: Mapping[str, Any] = next((one.told for one in rows if one.told), {})
    subject = f"Thecal session, {session.device}, {word.upper()}"
    digest = f"program digest {session.digest}" if session.digest else "no program was sent"
    paper = Paper(subject, digest, timezone.localtime(session.happened_at).date())
    paper.add_page()
    paper.title_line(f"Session: {session.get_purpose_display()}")
    paper.loud(word.upper(), alarming=word not in (Came.VERIFIED, Came.READ))
    for one in rows:
        if one.because:
            paper.sentence(one.because)
    paper.ln(1.5)
    paper.sentence(NOT_A_DEVICE)
    for table in (*_session_tables(session, rows, told), *_plan_tables(session)):
        paper.show_table(table)
    return bytes(paper.output())


def _session_tables(
    session: Session, rows: list[Outcome], told: Mapping[str, Any]
) -> Iterable[Table]:
    yield Table("Who, when, which pump", (), tuple(_who(session, rows)), _PAIR)
    for title, key in (("Certain", "certain"), ("Not known", "unknown"), ("To do", "to_do")):
        said = tuple((str(i), one) for i, one in enumerate(told.get(key, []), start=1))
        yield Table(title, (), said, (8, 172), "" if said else "Nothing was written down.")
    if told.get("differences"):
        yield _side_by_side("What differs", ("", "", "wanted", "held", ""), told["differences"])
    if told.get("review"):
        heads = ("", "", "before", "after", "")
        yield _side_by_side("Before and after", heads, told["review"])
    findings = tuple(
        ("signed" if one["signed"] else one["severity"], one["code"], one["message"])
        for one in told.get("findings", [])
    )
    if findings:
        yield Table("Plan and pump at hand", ("", "rule", "what"), findings, (20, 40, 120))


def _who(session: Session, rows: list[Outcome]) -> Iterable[tuple[str, str]]:
    patient = session.patient
    yield "patient", f"{patient}, born {patient.birth_date}, number {patient.number}"
    yield "pump", f"{session.device}"
    yield "begun", _at(session.recorded_at)
    yield "by", f"{session.recorded_by.name} ({session.recorded_role})"
    yield "second person", str(session.second) if session.second else "none was asked for"
    for one in reversed(rows):
        yield f"{one.get_outcome_display()}".partition(":")[0], _at(one.recorded_at)


def _at(moment: Any) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M:%S %Z")


def _side_by_side(title: str, heads: tuple[str, ...], rows: list[dict[str, Any]]) -> Table:
    told = tuple(
        (
            one["group"],
            one["field"],
            one["old"],
            one["new"],
            "TEN-FOLD" if one["ten_fold"] else "*" if one["changed"] else "",
        )
        for one in rows
    )
    note = "* changed. TEN-FOLD: ten times as much or more, or a tenth or less."
    return Table(title, heads, told, _SIDES, note)


def _plan_tables(session: Session) -> list[Table]:
    """The plan as it was checked on the day of the session."""
    if session.prescription is None:
        return []
    return tables(plan_of(session.prescription, timezone.localdate(session.happened_at)))
