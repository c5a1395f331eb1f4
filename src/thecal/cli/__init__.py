"""The commands, a file for each family. Exit 0: done; 1: refused by the checks; 2: bad input."""

from __future__ import annotations

import sys
from typing import Any

import typer
from typer.core import TyperGroup

from thecal.cli import (
    clinic,
    cohort,
    csf,
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
from thecal.cli.edges import BAD_INPUT

_UsageError: Any = typer.BadParameter.__base__
"""What a wrong command line raises, in whichever click typer brings."""


class _OneLineGroup(TyperGroup):
    """Commands whose usage errors are one line too, like every other bad input."""

    def main(self, args: Any = None, *rest: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        """Run; a usage error is one line on standard error and exit 2."""
        extra["standalone_mode"] = False
        try:
            code = super().main(args, *rest, **extra)
        except _UsageError as error:
            if not standalone_mode:
                raise
            command = error.ctx.command_path if error.ctx else "thecal"
            said = " ".join(error.format_message().split()).rstrip(".")
            typer.echo(f"thecal: {said}; '{command} --help' lists what is expected", err=True)
            code = BAD_INPUT
        except typer.Abort:
            if not standalone_mode:
                raise
            code = 1
        if standalone_mode:
            sys.exit(code or 0)
        return code


app = typer.Typer(
    name="thecal",
    cls=_OneLineGroup,
    help="Plans, programs and follows intrathecal drug delivery. Not a medical device.",
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("plan")(plan.plan)
app.command("rules")(rules.rules)
app.command("simulate")(simulate.simulate)
app.command("residual")(residual.residual)
app.command("pathway")(pathway.pathway)
app.add_typer(pump.app, name="pump")
app.command("pair")(pair.pair)
app.command("program")(program.program)
app.command("interrogate")(interrogate.interrogate)
app.command("patient-dose")(patient_dose.patient_dose)
app.command("stop")(stop.stop)
app.command("transcribe")(transcribe.transcribe)
app.command("csf")(csf.csf)
app.command("cohort")(cohort.cohort)
app.add_typer(clinic.app)


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", help="Print the version and exit."),
) -> None:
    if version:
        from thecal import __version__  # noqa: PLC0415

        typer.echo(__version__)
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(BAD_INPUT)


def main() -> None:
    """The entry point of the ``thecal`` command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    app()
