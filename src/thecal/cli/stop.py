"""``thecal stop``: stop a pump by order, in an emergency too."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from thecal.cli.contact import (
    HomeOption,
    PumpOption,
    SerialOption,
    one_line_errors,
    open_notebook,
    paired_pump,
    read_address,
    read_serial,
)
from thecal.cli.edges import REFUSED
from thecal.cli.flags import JsonOption
from thecal.link.roles import Role
from thecal.programmer.contact import emergency_port
from thecal.programmer.session.outcome import Outcome, Result
from thecal.programmer.session.stopping import stop_pump


def stop(
    pump: PumpOption,
    serial: SerialOption = None,
    emergency: Annotated[
        bool,
        typer.Option("--emergency", help="Without pairing, by whoever stands at the pump."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Stop without asking.")] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Stop all delivery, and read back that it stopped. Exit 1 if that is not certain."""
    if not yes and not _confirmed(as_json):
        _show(Result(Outcome.REFUSED, why="nobody confirmed it: --yes confirms"), as_json)
    if emergency:
        with one_line_errors(pump):
            port = emergency_port(open_notebook(home), read_address(pump), read_serial(serial))
            try:
                result = stop_pump(port)
            finally:
                port.close()
    else:
        with paired_pump(pump, Role.CLINICIAN, serial, home) as (_, port):
            result = stop_pump(port)
            if result.outcome is Outcome.VERIFIED:
                port.end_if_open()
    _show(result, as_json)


def _confirmed(as_json: bool) -> bool:
    if as_json or not sys.stdin.isatty():
        return False
    return typer.confirm("Stop the pump? Withdrawal can follow.", default=False, err=True)


def _show(result: Result, as_json: bool) -> None:
    refusal = str(result.refusal.code) if result.refusal else None
    if as_json:
        typer.echo(
            json.dumps({"outcome": str(result.outcome), "why": result.why or None, "code": refusal})
        )
    else:
        why = f" ({refusal or result.why})" if refusal or result.why else ""
        typer.echo(f"{_SAID[result.outcome]}{why}")
    if result.outcome is not Outcome.VERIFIED:
        raise typer.Exit(REFUSED)
    raise typer.Exit


_SAID = {
    Outcome.VERIFIED: "STOPPED: the pump was read back and stands",
    Outcome.REFUSED: "REFUSED: the pump was not stopped",
    Outcome.UNKNOWN: "UNKNOWN whether the pump stopped: run this again until it says STOPPED",
    Outcome.MISMATCH: "NOT STOPPED: the pump took the order and still runs; look at it again",
    Outcome.NOT_DONE: "NOT STOPPED: the pump was not reached",
}
