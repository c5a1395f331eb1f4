"""``thecal pathway``: where a patient stands, which steps are open, and what must be done when."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from thecal.care import (
    PUBLISHED,
    CareFileError,
    Gate,
    History,
    Settings,
    follow,
    gate_cards,
    pathway_contract,
    read_facts,
    read_settings,
)
from thecal.cli.edges import FIRST_YEAR, LAST_YEAR, REFUSED, fail
from thecal.cli.pathway_screen import print_gate, print_pathway


def pathway(
    facts: Annotated[Path, typer.Argument(help="The facts, a TOML file.")],
    on: Annotated[
        str | None,
        typer.Option(help="The instant, with its offset from UTC, e.g. 2026-03-02T10:00+00:00."),
    ] = None,
    clinic: Annotated[
        Path | None, typer.Option(help="The clinic's own settings, a TOML file.")
    ] = None,
    gate: Annotated[
        str | None,
        typer.Option(help="Show one gate in full. Exit 1 unless it is open."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object only.")] = False,
) -> None:
    """Follow the pathway of care: stage, gates and tasks, each with its reasons and sources."""
    history, settings = _read(facts, clinic)
    if gate is not None and gate not in gate_cards():
        fail(f"--gate: unknown gate '{gate}'; expected one of: {', '.join(gate_cards())}")
    found = follow(history, _instant(on), settings)
    shown = found.gate(gate) if gate else None
    if as_json:
        made = pathway_contract(found)
        one = next((each for each in made["gates"] if each["code"] == gate), made)
        typer.echo(json.dumps(one, ensure_ascii=False, indent=2))
    elif shown is not None:
        print_gate(shown)
    else:
        print_pathway(found, history.zone)
    _refuse_unless_open(shown)


def _refuse_unless_open(gate: Gate | None) -> None:
    if gate is not None and not gate.is_open:
        raise typer.Exit(REFUSED)


def _read(facts: Path, clinic: Path | None) -> tuple[History, Settings]:
    try:
        return read_facts(facts), read_settings(clinic) if clinic else PUBLISHED
    except CareFileError as error:
        fail(str(error))


def _instant(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    example = "expected for example 2026-03-02T10:00+00:00"
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        fail(f"--on: '{text}' is not an instant; {example}")
    if at.utcoffset() is None:
        fail(f"--on: '{text}' has no offset from UTC; {example}")
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        fail(f"--on: {text} is out of range; expected {FIRST_YEAR} to {LAST_YEAR}")
    return at
