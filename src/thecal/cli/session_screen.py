"""A session on the screen of a terminal: the pump, the review, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from thecal.cli.plan_screen import NOT_A_DEVICE
from thecal.programmer.review.rows import Row
from thecal.programmer.session.certainty import Certainty
from thecal.programmer.session.outcome import Outcome
from thecal.programmer.session.visit import Visit
from thecal.pump.language import PL_PER_ML, Status
from thecal.therapy.findings import Finding, Severity
from thecal.therapy.plan import Plan
from thecal.units import FLOW, VOLUME, show

_STYLE = {Severity.STOP: "bold red", Severity.CONFIRM: "yellow", Severity.NOTE: "dim"}
_BAD = {Outcome.UNKNOWN, Outcome.MISMATCH}
TEN_FOLD = "TEN-FOLD"


def console() -> Console:
    """Where sessions are shown."""
    return Console(highlight=False)


def show_pump(status: Status, to: Console) -> None:
    """What a pump tells of itself, in short."""
    local = datetime.fromtimestamp(status.utc_s, UTC) + timedelta(seconds=status.utc_offset_s)
    to.print(f"Pump {status.serial}, {status.model}, revision {status.revision}")
    to.print(f"Its local time is {local:%Y-%m-%d %H:%M}")
    flow = show(Fraction(status.rate_pl_per_day, PL_PER_ML), FLOW)
    left = "" if status.seconds_left is None else f", {status.seconds_left} s left"
    to.print(f"Runs: {status.running} at {flow}{left}")
    if status.remaining_pl is not None:
        remains = show(Fraction(status.remaining_pl, PL_PER_ML), VOLUME)
        to.print(f"Reservoir by its own count: {remains}")
    for alarm in status.alarms:
        sounding = " (silenced)" if alarm.silenced else ""
        to.print(Text(f"ALARM {alarm.name}, {alarm.priority}{sounding}", style="bold red"))


def show_findings(plan: Plan, findings: Iterable[Finding], to: Console) -> None:
    """Each finding of the session on its own lines."""
    for one in findings:
        signed = plan.is_signed(one)
        word = "SIGNED" if signed else one.severity.upper()
        line = Text(f"{word} ", style="green" if signed else _STYLE[one.severity])
        line.append(f"{one.code}  ", style="bold not dim")
        line.append(one.message, style="not bold not dim")
        to.print(line)


def show_review(rows: tuple[Row, ...], to: Console, old: str = "now", new: str = "after") -> None:
    """Two sides, everything; what changes is marked, and a ten-fold change shouts."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in ("", "", old, new, ""):
        table.add_column(heading, overflow="fold")
    group = ""
    for row in rows:
        style = "bold red" if row.ten_fold else "bold" if row.changed else "dim"
        mark = TEN_FOLD if row.ten_fold else "*" if row.changed else ""
        first = row.group if row.group != group else ""
        group = row.group
        table.add_row(first, row.field, *row.texts, mark, style=style)
    to.print(table)


def show_settings(rows: tuple[Row, ...], to: Console) -> None:
    """One side alone: what a pump holds."""
    table = Table(box=box.SIMPLE, padding=(0, 1, 0, 0), show_header=False)
    for _ in range(3):
        table.add_column(overflow="fold")
    group = ""
    for row in rows:
        table.add_row(row.group if row.group != group else "", row.field, row.texts[0])
        group = row.group
    to.print(table)


def show_result(visit: Visit, told: Certainty, to: Console) -> None:
    """What came of a visit."""
    result = visit.result
    if result is not None:
        style = "bold green" if result.outcome is Outcome.VERIFIED else "bold red"
        to.print(Text(result.outcome.upper(), style=style))
    if visit.compared:
        sides = ("wanted", "held") if result and result.outcome in _BAD else ("was", "is")
        show_review(visit.compared, to, *sides)
    for heading, sentences in (
        ("Certain", told.certain),
        ("Not known", told.unknown),
        ("To do", told.to_do),
    ):
        for sentence in sentences:
            to.print(f"{heading}: {sentence}")
    to.print(NOT_A_DEVICE, style="dim")
