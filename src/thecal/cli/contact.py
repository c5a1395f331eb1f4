"""The way from a command to a pump: address, notebook, and what went wrong in one line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from thecal.cli.edges import fail
from thecal.link.errors import LinkError, LinkErrorCode
from thecal.link.roles import Role, is_serial
from thecal.link.transports.address import Address, AddressError, parse_address
from thecal.link.transports.channel import OnProgress
from thecal.link.transports.transport import UnreachableError
from thecal.programmer.contact import NotPairedError, PumpAt
from thecal.programmer.notebook import BusyError, Notebook, NotebookError, Page, default_home
from thecal.programmer.session.link_port import LinkPort
from thecal.programmer.session.port import LinkLostError

PumpOption = Annotated[
    str, typer.Option("--pump", help="The pump's address: HOST:PORT, serial:DEVICE or pipe:PATH.")
]
SerialOption = Annotated[
    str | None,
    typer.Option(help="The pump that must answer; default: the one that was last at the address."),
]
HomeOption = Annotated[
    Path | None,
    typer.Option(help="The programmer's notebook; default: $THECAL_HOME, else the data folder."),
]

_HINTS = {
    LinkErrorCode.NOT_PAIRED: "run 'thecal pair' with a card of this pump",
    LinkErrorCode.WRONG_PUMP: "name the pump that you mean with --serial",
    LinkErrorCode.ASLEEP: "wait, or touch the pump",
    LinkErrorCode.PRESENCE: "an emergency needs somebody at the pump: touch it",
    LinkErrorCode.HANDSHAKE_FAILED: "check the card, or pair again",
}


def read_address(text: str) -> Address:
    """An address, or exit 2."""
    try:
        return parse_address(text)
    except AddressError as error:
        fail(f"--pump: {error}")


def read_serial(text: str | None) -> str | None:
    """A serial, or exit 2."""
    if text is not None and not is_serial(text):
        fail(f"--serial: '{text}' is no pump's serial")
    return text


def open_notebook(home: Path | None) -> Notebook:
    """The programmer's notebook; nothing is read yet."""
    return Notebook(home if home is not None else default_home())


@contextmanager
def one_line_errors(address: str) -> Iterator[None]:
    """Turn what keeps a command from its pump into one line, exit 2."""
    try:
        yield
    except NotPairedError as error:
        fail(f"{error}: run 'thecal pair --pump {address} --card FILE' with its {error.role} card")
    except (NotebookError, BusyError) as error:
        fail(str(error))
    except UnreachableError as error:
        fail(f"cannot reach a pump at {error}")
    except LinkError as error:
        fail(_told(str(error), error.code))
    except LinkLostError as error:
        code = next((code for code in LinkErrorCode if code == error.code), None)
        fail(_told(f"cannot reach a pump at {address}: {error}", code))


def _told(message: str, code: LinkErrorCode | None) -> str:
    hint = _HINTS.get(code) if code is not None else None
    return f"{message}; {hint}" if hint else message


@contextmanager
def paired_pump(
    address: str, role: Role, serial: str | None, home: Path | None
) -> Iterator[tuple[Page, LinkPort]]:
    """A pump's page, held for this session, and the port to it; closed at the end."""
    pump = PumpAt(open_notebook(home), read_address(address), role)
    with one_line_errors(address), progress() as on_progress:
        page = pump.page(read_serial(serial))
        with page.held():
            port = pump.port(page, on_progress)
            try:
                yield page, port
            finally:
                port.close()


@contextmanager
def progress() -> Iterator[OnProgress | None]:
    """Message parts as a bar on standard error, if a person looks at it."""
    if not sys.stderr.isatty():
        yield None
        return
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f} of {task.total:.0f} parts"),
        console=Console(stderr=True),
        transient=True,
    )
    tasks = {way: bar.add_task(way, total=1, visible=False) for way in ("sent", "received")}

    def show(way: str, done: int, parts: int) -> None:
        with bar:
            bar.update(tasks[way], completed=done, total=parts, visible=done < parts)

    yield show
