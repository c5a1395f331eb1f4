"""``thecal program``: a whole session that puts a checked plan into a pump and proves it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from thecal.cli.contact import HomeOption, PumpOption, SerialOption, paired_pump
from thecal.cli.edges import (
    REFUSED,
    read_date,
    read_label,
    read_prescription,
    read_zone,
    write_file,
)
from thecal.cli.flags import JsonOption
from thecal.cli.session_screen import (
    console,
    show_findings,
    show_pump,
    show_result,
    show_review,
)
from thecal.devices import PumpKind
from thecal.link.roles import Role
from thecal.programmer.notebook import Page
from thecal.programmer.notebook.page import LogSeen
from thecal.programmer.session.certainty import certainty
from thecal.programmer.session.contract import visit_contract
from thecal.programmer.session.link_port import LinkPort
from thecal.programmer.session.log_watch import log_problem
from thecal.programmer.session.outcome import Outcome
from thecal.programmer.session.port import Reading
from thecal.programmer.session.session import Session
from thecal.programmer.session.visit import Visit
from thecal.therapy.contract import plan_contract
from thecal.therapy.findings import Finding
from thecal.therapy.plan import Plan, make_plan
from thecal.therapy.rules.pump_at_hand import judge_log


def program(
    rx: Annotated[Path, typer.Argument(help="The prescription file (TOML, schema 1).")],
    pump: PumpOption,
    serial: SerialOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Send without asking; for scripts.")] = False,
    topped_up: Annotated[
        bool,
        typer.Option(
            "--topped-up", help="After a priming: state the reservoir full again, nothing else."
        ),
    ] = False,
    as_json: JsonOption = False,
    report: Annotated[Path | None, typer.Option(help="Write the session's report, a PDF.")] = None,
    on: Annotated[str | None, typer.Option(help="Day of the visit, YYYY-MM-DD.")] = None,
    zone: Annotated[str | None, typer.Option(help="Time zone, e.g. Europe/London.")] = None,
    pharmacy_label: Annotated[
        list[str] | None,
        typer.Option(help="Drug and strength on the syringe's label, e.g. 'baclofen 500 ug/mL'."),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Put a plan into a pump: interrogate, review, send, read back, compare.

    Exit 0 only if the pump was read back and holds exactly the plan. A command of an earlier
    session whose outcome is not known is found out first.
    """
    made = make_plan(
        read_prescription(rx),
        visit=read_date(on),
        zone=read_zone(zone),
        pharmacy_label=read_label(pharmacy_label),
    )
    if not made.accepted or made.case.pump.kind is PumpKind.FIXED_RATE:
        refuse_plan(made, as_json)
    with paired_pump(pump, Role.CLINICIAN, serial, home) as (page, port):
        visit = Visit(made, Session(port, page), top_up=topped_up, watch=_watch(page, port, made))
        visit.begin()
        if not as_json:
            _show_beginning(visit)
        if visit.goes_on:
            _confirm_and_send(visit, yes, as_json)
        visit.end()
    conclude(visit, as_json, report, pump)


def refuse_plan(made: Plan, as_json: bool) -> NoReturn:
    """The checks alone refuse it, and no pump is spoken to: exit 1."""
    fixed = made.accepted
    why = "this pump runs at its factory rate" if fixed else "the checks refuse the plan"
    if as_json:
        refused = {"outcome": str(Outcome.REFUSED), "why": why, "plan": plan_contract(made)}
        typer.echo(json.dumps(refused, ensure_ascii=False, indent=2))
    else:
        show_findings(made, made.open_findings, console())
        typer.echo(f"REFUSED: {why}; nothing was sent")
    raise typer.Exit(REFUSED)


def _watch(page: Page, port: LinkPort, made: Plan) -> Callable[[Reading], tuple[Finding, ...]]:
    """Hold the pump's log against the one last seen, and keep what was seen now."""

    def watch(reading: Reading) -> tuple[Finding, ...]:
        status, seen = reading.status, page.entries.log
        if status is None:
            return ()
        problem = log_problem(port, seen.length, seen.digest, status) if seen else ""
        found = (judge_log(problem),) if problem else ()
        if all(made.is_signed(one) for one in found):
            page.change(log=LogSeen(status.log_length, status.log_digest))
        return found

    return watch


def _show_beginning(visit: Visit) -> None:
    screen = console()
    if visit.reconciled is not None:
        screen.print(f"A command of an earlier session: {visit.reconciled.outcome.upper()}")
    if visit.before is not None and visit.before.status is not None:
        show_pump(visit.before.status, screen)
    if visit.rows:
        show_review(visit.rows, screen)
    show_findings(visit.plan, visit.findings, screen)


def _confirm_and_send(visit: Visit, yes: bool, as_json: bool) -> None:
    if not yes and (as_json or not sys.stdin.isatty()):
        visit.refuse("nobody confirmed it: without a terminal, --yes confirms")
        return
    if not yes and not _asked(visit):
        visit.refuse("the person did not confirm it")
        return
    visit.send()


def _asked(visit: Visit) -> bool:
    """Ask a person, and ask again where something changes ten-fold."""
    if not typer.confirm("Send this to the pump?", default=False, err=True):
        return False
    if not visit.ten_fold:
        return True
    names = ", ".join(f"{row.group}: {row.field}" for row in visit.ten_fold)
    return typer.confirm(f"TEN-FOLD change of {names}. Is that right?", default=False, err=True)


def conclude(visit: Visit, as_json: bool, report: Path | None, address: str | None) -> None:
    """Show what came of a visit, write its report, and exit 0 only if it is verified and ended."""
    if report is not None:
        from thecal.programmer.report.session import write_session_report  # noqa: PLC0415

        write_file(report, lambda place: write_session_report(visit, place))
    if as_json:
        typer.echo(json.dumps(visit_contract(visit, address), ensure_ascii=False, indent=2))
    else:
        show_result(visit, certainty(visit), console())
    if visit.result is None or visit.result.outcome is not Outcome.VERIFIED or visit.stands:
        raise typer.Exit(REFUSED)
