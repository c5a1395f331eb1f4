"""``thecal interrogate``: all that a pump tells of itself."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import typer

from thecal import devices
from thecal.cli.contact import HomeOption, PumpOption, SerialOption, open_notebook, paired_pump
from thecal.cli.edges import REFUSED
from thecal.cli.flags import JsonOption
from thecal.cli.session_screen import console, show_pump, show_settings
from thecal.link.roles import Role
from thecal.programmer.notebook.page import LogSeen
from thecal.programmer.review.side_by_side import side_by_side
from thecal.programmer.session.log_watch import log_problem
from thecal.programmer.session.port import NotAnAnswerError
from thecal.pump.holding import Holding
from thecal.pump.language import Status, plain
from thecal.therapy.rules.pump_at_hand import Found


def interrogate(
    pump: PumpOption,
    serial: SerialOption = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Read a pump, as a reader if paired as one, else as a clinician.

    Exit 1 if its log does not go on from where it was last seen, or if a clinician's session
    cannot be ended because the pump stands still without an order.
    """
    with paired_pump(pump, _role(home), serial, home) as (page, port):
        status = port.read().status
        if status is None:
            raise NotAnAnswerError("the pump told nothing")
        seen = page.entries.log
        problem = log_problem(port, seen.length, seen.digest, status) if seen else ""
        if not problem:
            page.change(log=LogSeen(status.log_length, status.log_digest))
        stands = port.end() is not None
        pending = page.entries.pending is not None
    if as_json:
        typer.echo(json.dumps(_plain(status, problem, stands, pending), ensure_ascii=False))
    else:
        _show(status, problem, stands, pending)
    if problem or stands:
        raise typer.Exit(REFUSED)


def _role(home: Path | None) -> Role:
    return Role.READER if open_notebook(home).pages(Role.READER) else Role.CLINICIAN


def _plain(status: Status, problem: str, stands: bool, pending: bool) -> dict[str, Any]:
    return {
        "status": plain(status),
        "log_problem": problem or None,
        "stands_without_order": stands,
        "command_under_way": pending,
    }


def _show(status: Status, problem: str, stands: bool, pending: bool) -> None:
    screen = console()
    show_pump(status, screen)
    minimum = devices.pump(status.model).minimum_rate_mode
    found = Found.of(Holding.of(status), status, minimum.value if minimum else Fraction(0))
    show_settings(side_by_side(found, found), screen)
    if problem:
        screen.print(f"THE LOG DOES NOT GO ON: {problem}", style="bold red")
    if pending:
        screen.print("A command is under way: 'thecal program' finds out what became of it first")
    if stands:
        screen.print("THE PUMP STANDS STILL without an order: program it, or stop it by order")
