"""``thecal patient-dose``: the patient's own controller."""

from __future__ import annotations

import json
from typing import Any

import typer

from thecal.cli.contact import HomeOption, PumpOption, SerialOption, paired_pump
from thecal.cli.edges import REFUSED
from thecal.cli.flags import JsonOption
from thecal.link.roles import Role
from thecal.programmer.patient import DoseAnswer, DoseOutcome, press
from thecal.pump.language import SECONDS_PER_HOUR, SECONDS_PER_MINUTE

_DONE = {DoseOutcome.GRANTED, DoseOutcome.GRANTED_BEFORE}


def patient_dose(
    pump: PumpOption,
    serial: SerialOption = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Ask for a dose of one's own. Exit 1 if it is refused, or if the outcome is not known."""
    with paired_pump(pump, Role.PATIENT, serial, home) as (page, port):
        answer = press(port, page)
        if answer.outcome is not DoseOutcome.UNKNOWN:
            port.end_if_open()
    if as_json:
        typer.echo(json.dumps(_plain(answer), ensure_ascii=False, indent=2))
    else:
        for line in _lines(answer):
            typer.echo(line)
    if answer.outcome not in _DONE:
        raise typer.Exit(REFUSED)


def _plain(answer: DoseAnswer) -> dict[str, Any]:
    status = answer.status
    return {
        "outcome": str(answer.outcome),
        "code": str(answer.code) if answer.code else None,
        "reason": answer.reason or None,
        "wait_s": answer.wait_s,
        "doses_left": status.doses_left if status else None,
        "running": str(status.running) if status else None,
        "alarms": [alarm.name for alarm in status.alarms] if status else None,
    }


def _lines(answer: DoseAnswer) -> list[str]:
    lines = [_SAID[answer.outcome]]
    if answer.reason:
        lines[0] = f"No dose: {answer.reason}."
    if answer.outcome is DoseOutcome.REFUSED and answer.wait_s:
        lines.append(f"You can ask again in {_left(answer.wait_s)}.")
    if answer.status is not None and answer.status.doses_left is not None:
        lines.append(f"Doses left in 24 hours: {answer.status.doses_left}")
    return lines


_SAID = {
    DoseOutcome.GRANTED: "The dose is being given.",
    DoseOutcome.GRANTED_BEFORE: "The dose that you asked for before was given then. "
    "If you need another, ask again.",
    DoseOutcome.REFUSED: "No dose.",
    DoseOutcome.UNKNOWN: "NOT KNOWN whether a dose was given. Ask again: "
    "the controller finds out first, and no request gives two doses.",
    DoseOutcome.NOT_DONE: "No dose: the pump was not reached, and knows nothing of it.",
}


def _left(seconds: int) -> str:
    """Hours and minutes, never fewer than are left."""
    minutes = -(-seconds // SECONDS_PER_MINUTE)
    hours, minutes = divmod(minutes, SECONDS_PER_HOUR // SECONDS_PER_MINUTE)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
