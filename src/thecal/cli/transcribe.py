"""``thecal transcribe``: a plan beside the vendor's programmer, from what a person read off it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from thecal.cli.edges import fail, read_date, read_label, read_prescription, read_zone
from thecal.cli.flags import JsonOption
from thecal.cli.program import conclude, refuse_plan
from thecal.cli.session_screen import console, show_findings, show_review
from thecal.programmer.session.outcome import Outcome, Result
from thecal.programmer.session.session import Session
from thecal.programmer.session.visit import Visit
from thecal.programmer.transcription.file import (
    Transcription,
    TranscriptionError,
    read_transcription,
)
from thecal.programmer.transcription.port import ManualPort
from thecal.therapy.plan import make_plan


def transcribe(
    rx: Annotated[Path, typer.Argument(help="The prescription file (TOML, schema 1).")],
    before: Annotated[
        Path, typer.Option(help="What the vendor's programmer showed before, a transcription.")
    ],
    after: Annotated[
        Path | None, typer.Option(help="What it showed after; without it, only the review.")
    ] = None,
    as_json: JsonOption = False,
    report: Annotated[Path | None, typer.Option(help="Write the session's report, a PDF.")] = None,
    on: Annotated[str | None, typer.Option(help="Day of the visit, YYYY-MM-DD.")] = None,
    zone: Annotated[str | None, typer.Option(help="Time zone, e.g. Europe/London.")] = None,
    pharmacy_label: Annotated[
        list[str] | None,
        typer.Option(help="Drug and strength on the syringe's label, e.g. 'baclofen 500 ug/mL'."),
    ] = None,
) -> None:
    """Hold what a person read off the vendor's programmer against the plan, field by field.

    Exit 0 only if every figure agrees with the plan, to the last digit that was read.
    """
    made = make_plan(
        read_prescription(rx),
        visit=read_date(on),
        zone=read_zone(zone),
        pharmacy_label=read_label(pharmacy_label),
    )
    was, is_so = _read(before), _read(after) if after is not None else None
    if not made.accepted:
        refuse_plan(made, as_json)
    port = ManualPort(was, is_so)
    visit = Visit(made, Session(port), sends_ceiling=False, keyed_in=is_so is not None)
    visit.begin()
    if not as_json:
        screen = console()
        if visit.rows:
            show_review(visit.rows, screen)
        show_findings(made, visit.findings, screen)
    if visit.goes_on:
        _compare(visit, is_so)
    visit.end()
    conclude(visit, as_json, report, None)


def _compare(visit: Visit, is_so: Transcription | None) -> None:
    if is_so is None:
        visit.session.abandon()
        visit.result = Result(
            Outcome.NOT_DONE,
            reading=visit.before,
            why="only reviewed: key it in, read the screen again, and give --after",
        )
        return
    visit.send()


def _read(path: Path) -> Transcription:
    try:
        return read_transcription(path)
    except TranscriptionError as error:
        fail(str(error))
