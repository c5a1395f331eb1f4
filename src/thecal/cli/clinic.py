"""``thecal clinic``: serve the clinic; prove, back up, restore, export and import its record."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from thecal.cli.edges import REFUSED, fail

if TYPE_CHECKING:
    from thecal.clinic.audit.verifying import Proof
    from thecal.clinic.project.environment import Environment

app = typer.Typer(
    name="clinic",
    help="Serve the clinic on the web: migrate its record, then listen until told to stop.",
    invoke_without_command=True,
)
Data = Annotated[
    Path | None,
    typer.Option("--data", help="The folder of the record, in place of THECAL_CLINIC_HOME."),
]
Development = Annotated[
    bool, typer.Option("--development", help="Development mode: no TLS, never for patients.")
]
FIRST_PASSWORD = "THECAL_CLINIC_FIRST_PASSWORD"  # noqa: S105  (the variable's name)


@app.callback()
def clinic(
    context: typer.Context,
    host: Annotated[str, typer.Option("--host", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", help="0: any that is free.", min=0, max=65535)
    ] = 8000,
    data: Data = None,
    development: Development = False,
) -> None:
    """Serve the clinic on the web: migrate its record, then listen until told to stop."""
    if context.invoked_subcommand is not None:
        return
    with _clinic(data, development) as found:
        from thecal.clinic.project import serving  # noqa: PLC0415

        serving.serve(found, host, port)


@app.command()
def demo(
    data: Annotated[
        Path | None, typer.Option("--data", help="The demo's own folder, made if it is not there.")
    ] = None,
    host: Annotated[str, typer.Option("--host", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", help="0: any that is free.", min=0, max=65535)
    ] = 8000,
    renew: Annotated[
        bool, typer.Option("--renew", help="Found it anew, with today's tasks.")
    ] = False,
    serve: Annotated[
        bool,
        typer.Option("--serve/--no-serve", help="Serve it, or end once all of it has started."),
    ] = True,
) -> None:
    """Serve a demo clinic: invented patients in every stage, bench pumps that really run.

    It is founded if it is not there yet, in development mode, in a folder and a database of its
    own. Ctrl-C ends it and its pumps.
    """
    with _extra():
        from thecal.clinic.demo import folder, running  # noqa: PLC0415
        from thecal.clinic.project.environment import ConfigurationError  # noqa: PLC0415

        with _one_line(folder.DemoError, ConfigurationError), suppress(KeyboardInterrupt):
            where = data.absolute() if data else folder.default(os.environ)
            running.run(where, host, port, renew=renew, serve=serve, say=_say)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@app.command()
def found(
    clinic_name: Annotated[str, typer.Argument(metavar="CLINIC", help="The clinic's name.")],
    username: Annotated[str, typer.Argument(help="The first administrator's user name.")],
    name: Annotated[str, typer.Argument(help="The first administrator's name.")],
    data: Data = None,
    development: Development = False,
) -> None:
    """Found a clinic with its first administrator; the password is asked for."""
    password = os.environ.get(FIRST_PASSWORD) or typer.prompt(
        "Password", hide_input=True, confirmation_prompt=True
    )
    with _clinic(data, development):
        from thecal.clinic.people.services import found as founding  # noqa: PLC0415
        from thecal.clinic.record.refusals import RefusalError  # noqa: PLC0415

        try:
            founding(clinic_name, username, name, password)
        except RefusalError as refusal:
            _refuse(str(refusal))
    typer.echo(f"{clinic_name} is founded; {username} administers it")


@app.command()
def remind(
    every: Annotated[
        str | None,
        typer.Option("--every", help="Go on until told to stop, a run every so often: 15m, 1h."),
    ] = None,
    data: Data = None,
    development: Development = False,
) -> None:
    """Raise reminders of every task that is due, once for each step, and post what waits.

    What follows from the time alone is renewed, and exports whose time is over are removed. With
    --every it goes on until told to stop; without, a scheduler runs it, every quarter of an hour.
    Exit 1 if a letter could not leave: the next run tries again, and the pages show what was
    raised in any case.
    """
    pause = _seconds(every) if every else None
    with _clinic(data, development):
        from thecal.clinic.reminders import running  # noqa: PLC0415

        if pause is not None:
            running.run_every(pause, _told_to_stop(), typer.echo)
            return
        ran = running.run()
        typer.echo(str(ran))
        if ran.kept:
            _refuse(f"letters that could not leave: {ran.kept}; the next run tries again")


@app.command()
def rounds(
    username: Annotated[
        str, typer.Option("--as", help="Whose name the readings bear, a member of the clinic.")
    ],
    data: Data = None,
    development: Development = False,
) -> None:
    """Interrogate every pump that can be reached; alarms that are found become tasks.

    Nothing is changed in a pump. What became of a program sent before is found out on the way,
    where the pump tells it. Exit 1 if a pump was not read.
    """
    with _clinic(data, development):
        from thecal.clinic.pumps.rounds import NobodyError, go_round  # noqa: PLC0415

        try:
            found = go_round(username)
        except NobodyError as error:
            fail(str(error))
        for line in found.lines:
            typer.echo(line)
        typer.echo(f"pumps read: {found.read}; not read: {found.missed}")
        if found.missed:
            raise typer.Exit(REFUSED)


_UNITS = {"s": 1, "m": 60, "h": 3600}


def _seconds(text: str) -> int:
    number, unit = text[:-1], text[-1:]
    if unit not in _UNITS or not number.isdecimal() or not int(number):
        fail(f"--every: '{text}' is no time; expected for example 15m, 1h or 30s")
    return int(number) * _UNITS[unit]


def _told_to_stop() -> threading.Event:
    """Set once somebody asks this process to end."""
    stop = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stop.set())
    return stop


@app.command()
def verify(
    noted: Annotated[
        str | None, typer.Option("--head", help="A head noted before, NUMBER:HASH; still there?")
    ] = None,
    data: Data = None,
    development: Development = False,
) -> None:
    """Prove that the record is what was written: the audit trail's chain and every entry."""
    head = _read_head(noted)
    with _clinic(data, development):
        from thecal.clinic.audit.verifying import verify as proving  # noqa: PLC0415
        from thecal.clinic.record import histories  # noqa: PLC0415

        proof = proving(head)
        _say_proof(proof)
        for complaint in histories.complaints():
            _refuse(complaint)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    data: Data = None,
    development: Development = False,
) -> None:
    """Write the whole record with its accounts into one file, while the clinic goes on."""
    _take_out(file, "backup", data, development)


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    data: Data = None,
    development: Development = False,
) -> None:
    """Write the whole record without passwords and second factors into one file."""
    _take_out(file, "export", data, development)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A backup.")],
    data: Data = None,
    development: Development = False,
) -> None:
    """Load a backup into an empty record, once its checksum and its chain are proven."""
    _put_in(file, "backup", data, development)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="An export.")],
    data: Data = None,
    development: Development = False,
) -> None:
    """Load an export into an empty record, once its checksum and its chain are proven."""
    _put_in(file, "export", data, development)


def _take_out(file: Path, kind: str, data: Path | None, development: bool) -> None:
    with _clinic(data, development):
        from thecal.clinic.storage import whole  # noqa: PLC0415

        try:
            checksum, number = whole.take_out(file, whole.Kind(kind))
        except OSError as error:
            fail(f"cannot write {file}: {error.strerror}")
    typer.echo(f"{file}: the record up to event {number}, sha256 {checksum}")


def _put_in(file: Path, kind: str, data: Path | None, development: bool) -> None:
    with _clinic(data, development):
        from thecal.clinic.storage import whole  # noqa: PLC0415
        from thecal.clinic.storage.rows import UnreadableError  # noqa: PLC0415

        try:
            number = whole.put_in(file, whole.Kind(kind))
        except UnreadableError as error:
            fail(str(error))
        except whole.NotEmptyError as error:
            _refuse(str(error))
    typer.echo(f"{file}: loaded and proven, {_counted(number, 'event', 'events')}")


def _say_proof(proof: Proof) -> None:
    if proof.broken is not None:
        where = f"at event {proof.broken.seq}" if proof.broken.seq else "beside the trail"
        typer.echo(f"BROKEN {where}: {proof.broken.what}")
        typer.echo(f"Up to event {proof.events} the chain holds.")
        raise typer.Exit(REFUSED)
    events = _counted(proof.events, "event", "events")
    entries = _counted(proof.entries, "entry", "entries")
    typer.echo(f"The chain holds: {events}, {entries}.")
    typer.echo(f"Head, to be noted elsewhere: {proof.events}:{proof.head}")


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _read_head(text: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    number, _, digest = text.partition(":")
    if not number.isdecimal() or not digest:
        fail(f"--head: '{text}' is not NUMBER:HASH, as verify prints it")
    return int(number), digest


def _refuse(message: str) -> None:
    typer.echo(f"thecal: {' '.join(message.split())}", err=True)
    raise typer.Exit(REFUSED)


@contextmanager
def _clinic(data: Path | None, development: bool) -> Iterator[Environment]:
    """The clinic's code with its record migrated; whatever is missing is one line."""
    changes = {"THECAL_CLINIC_HOME": str(data.absolute())} if data else {}
    if development:
        changes["THECAL_CLINIC_MODE"] = "development"
    with _extra():
        import django.db.utils  # noqa: PLC0415

        from thecal.clinic.project import serving  # noqa: PLC0415
        from thecal.clinic.project.environment import ConfigurationError  # noqa: PLC0415

        with _one_line(ConfigurationError, django.db.utils.DatabaseError):
            found = serving.prepare(changes)
            serving.migrate()
            yield found


@contextmanager
def _extra() -> Iterator[None]:
    """What needs an extra that is missing says which to install."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("thecal."):
            raise
        fail("the clinic needs an extra: pip install 'thecal[clinic]'")


@contextmanager
def _one_line(*errors: type[Exception]) -> Iterator[None]:
    try:
        yield
    except errors as error:
        fail(str(error))
