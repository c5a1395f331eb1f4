"""``thecal interrogate``: all that a pump tells of itself."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer

from thecal import devices
from thecal.cli.contact import HomeOption, PumpOption, SerialOption, open_notebook, paired_pump
from thecal.cli.edges import REFUSED
from thecal.cli.flags import JsonOption
from thecal.cli.session_screen import console, show_pump, show_settings
from thecal.link.roles import Role
from thecal.programmer.notebook import Page
from thecal.programmer.notebook.page import LogSeen
from thecal.programmer.review.side_by_side import side_by_side
from thecal.programmer.session.link_port import LinkPort
from thecal.programmer.session.log_watch import log_problem
from thecal.programmer.session.port import NotAnAnswerError
from thecal.programmer.session.scan import AfterScan, after_scan
from thecal.pump.holding import Holding
from thecal.pump.language import Status, plain
from thecal.therapy.rules.pump_at_hand import Found


def interrogate(
    pump: PumpOption,
    serial: SerialOption = None,
    scan: Annotated[
        bool,
        typer.Option(
            "--after-scan", help="After an MRI scan: read twice, compare with the program before."
        ),
    ] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Read a pump, as a reader if paired as one, else as a clinician.

    Exit 1 if its log does not go on from where it was last seen, if a scan has left anything
    behind, or if a clinician's session cannot be ended because the pump stands still without an
    order.
    """
    with paired_pump(pump, _role(home), serial, home) as (page, port):
        read = _read(page, port, scan)
        stands = port.end() is not None
    told = Told(read.status, read.problems, read.notes, stands, page.entries.pending is not None)
    if as_json:
        typer.echo(json.dumps(_plain(told), ensure_ascii=False))
    else:
        _show(told)
    if told.problems or stands:
        raise typer.Exit(REFUSED)


@dataclass(frozen=True, slots=True)
class Told:
    """What one interrogation has to tell."""

    status: Status
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    stands: bool
    pending: bool


def _read(page: Page, port: LinkPort, scan: bool) -> AfterScan:
    """The reading, its log held against the one last seen; what is sound is kept."""
    seen = page.entries
    if scan:
        read = after_scan(port, seen.program_digest)
    else:
        status = port.read().status
        if status is None:
            raise NotAnAnswerError("the pump told nothing")
        read = AfterScan(status, (), ())
    log = seen.log
    broken = log_problem(port, log.length, log.digest, read.status) if log else ""
    if broken:
        return replace(read, problems=(f"THE LOG DOES NOT GO ON: {broken}", *read.problems))
    page.change(log=LogSeen(read.status.log_length, read.status.log_digest))
    if not scan:
        page.change(program_digest=read.status.program_digest)
    return read


def _role(home: Path | None) -> Role:
    return Role.READER if open_notebook(home).pages(Role.READER) else Role.CLINICIAN


def _plain(told: Told) -> dict[str, Any]:
    return {
        "status": plain(told.status),
        "problems": list(told.problems),
        "notes": list(told.notes),
        "stands_without_order": told.stands,
        "command_under_way": told.pending,
    }


def _show(told: Told) -> None:
    screen, status = console(), told.status
    show_pump(status, screen)
    minimum = devices.pump(status.model).minimum_rate_mode
    found = Found.of(Holding.of(status), status, minimum.value if minimum else Fraction(0))
    show_settings(side_by_side(found, found), screen)
    for problem in told.problems:
        screen.print(problem, style="bold red")
    for note in told.notes:
        screen.print(note)
    if told.pending:
        screen.print("A command is under way: 'thecal program' finds out what became of it first")
    if told.stands:
        screen.print("THE PUMP STANDS STILL without an order: program it, or stop it by order")
