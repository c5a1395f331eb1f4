"""The commands, a file for each family. Exit 0: done; 1: refused by the checks; 2: bad input."""

from __future__ import annotations

import sys

import typer

from thecal.cli import (
    clinic,
    interrogate,
    pair,
    pathway,
    patient_dose,
    plan,
    program,
    pump,
    residual,
    rules,
    simulate,
    stop,
    transcribe,
)

app = typer.Typer(
    name="thecal",
    help="Plans, programs and follows intrathecal drug delivery. Not a medical device.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("plan")(plan.plan)
app.command("rules")(rules.rules)
app.command("simulate")(simulate.simulate)
app.command("residual")(residual.residual)
app.add_typer(pump.app, name="pump")
app.command("pair")(pair.pair)
app.command("program")(program.program)
app.command("interrogate")(interrogate.interrogate)
app.command("patient-dose")(patient_dose.patient_dose)
app.command("stop")(stop.stop)
app.command("transcribe")(transcribe.transcribe)
app.command("pathway")(pathway.pathway)
app.add_typer(clinic.app)


@app.callback(invoke_without_command=True)
def _root(
    version: bool = typer.Option(False, "--version", help="Print the version and exit."),
) -> None:
    if version:
        from thecal import __version__  # noqa: PLC0415

        typer.echo(__version__)
        raise typer.Exit


def main() -> None:
    """The entry point of the ``thecal`` command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    app()
