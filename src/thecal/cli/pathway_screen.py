"""A pathway on the screen: the stage, a line for each gate, the tasks with their windows."""

from __future__ import annotations

import shutil
import textwrap
from datetime import datetime
from zoneinfo import ZoneInfo

import typer

from thecal.care import Gate, GateState, Note, Pathway, Requirement, Source, Task
from thecal.care.clock import shown

_WIDEST = 100
_FOOT = "Not a medical device. Check every figure against the label and the clinic's own rules."


def print_pathway(pathway: Pathway, zone: ZoneInfo) -> None:
    """Everything but the requirements in full, which one gate at a time shows."""
    typer.echo(f"STAGE {pathway.stage} on {shown(pathway.at, zone)}")
    typer.echo("\nGates")
    for gate in pathway.gates:
        _print_gate_line(gate)
    typer.echo("\nTasks")
    for task in pathway.tasks:
        _print_task(task, pathway.at, zone)
    if not pathway.tasks:
        typer.echo("  none is open")
    if pathway.notes:
        typer.echo("\nNotes")
    for note in pathway.notes:
        _print_note(note)
    typer.echo(f"\n{_FOOT}")


def _wrap(text: str, first: str, rest: str) -> None:
    width = min(shutil.get_terminal_size().columns, _WIDEST)
    typer.echo(
        textwrap.fill(
            text, width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
        )
    )


def _sources(sources: tuple[Source, ...]) -> str:
    """Each once; a rule is left out where one of its figures says more."""
    figured = {one.rule for one in sources if one.figure}
    kept = [one for one in sources if one.figure or one.rule not in figured]
    return f"  [{'; '.join(dict.fromkeys(map(str, kept)))}]" if kept else ""


def _print_gate_line(gate: Gate) -> None:
    lacking = ", ".join(_mark(one) for one in gate.missing)
    waived = "".join(f" (waived: {one.code})" for one in gate.waived)
    head = f"{gate.state.upper():<8} {gate.code}: {gate.title}{waived}"
    _wrap(head + (f"; lacks {lacking}" if lacking else ""), "  ", " " * 11)


def _mark(one: Requirement) -> str:
    return f"{one.code}?" if one.answer == "unknown" else one.code


def _print_task(task: Task, now: datetime, zone: ZoneInfo) -> None:
    late = " OVERDUE" if task.is_overdue(now) else ""
    _wrap(f"{task.urgency.upper()}{late} {task.code}: {task.title}", "  ", "    ")
    _wrap(_window(task, zone), "    ", "    ")
    _wrap(task.reason + _sources(task.sources), "    ", "    ")


def _window(task: Task, zone: ZoneInfo) -> str:
    if task.due is None:
        return f"no date: {task.undated}"
    parts = [("not before", task.earliest), ("due", task.due), ("latest", task.latest)]
    return ", ".join(f"{name} {shown(at, zone)}" for name, at in parts if at)


def _print_note(note: Note) -> None:
    _wrap(f"{note.code}: {note.text}{_sources(note.sources)}", "  ", "    ")


def print_gate(gate: Gate) -> None:
    """One gate with every requirement, its reason, its sources, and what would open it."""
    typer.echo(f"{gate.state.upper()} {gate.code}: {gate.title}")
    for one in gate.requirements:
        _wrap(f"{_state(one)} {one.code}: {one.text}", "  ", "    ")
        _wrap(one.reason + _sources(one.sources), "    ", "    ")
        if not one.stands:
            _wrap(f"would open it: {one.opens}", "    ", "    ")
    if gate.state is not GateState.OPEN:
        typer.echo(f"\n{len(gate.missing)} of {len(gate.requirements)} requirements do not stand.")


def _state(one: Requirement) -> str:
    if one.answer != "yes" and one.waiver:
        return f"WAIVED by {one.waiver.role} {one.waiver.who} ({one.waiver.reason})"
    if one.answer != "yes" and one.switched_off:
        return f"SWITCHED OFF in this clinic ({one.switched_off})"
    return one.answer.upper()
