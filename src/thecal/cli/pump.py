"""``thecal pump``: bench pumps, each a process in a folder of its own, and the hand on them."""

from __future__ import annotations

import contextlib
import json
import secrets
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from thecal import devices
from thecal.cli.edges import REFUSED, fail, read_quantity, read_zone
from thecal.pump import PL_PER_ML, PumpProfile
from thecal.pump.world.written import FaultError, read_fault
from thecal.units import FLOW, VOLUME

if TYPE_CHECKING:
    from thecal.bench.pump import BenchPump
    from thecal.link.transports.address import PipeAddress, SerialAddress, TcpAddress

app = typer.Typer(help="Bench pumps: start them, disturb them, look at them.", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(help="The pump's folder.")]


@app.command()
def start(
    context: typer.Context,
    state: Annotated[Path, typer.Option(help="The folder that it lives in; made if new.")],
    model: Annotated[
        str | None, typer.Option(help="Catalogue key; needed for a new pump only.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="TCP port; 0: a free one.")] = 0,
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    line: Annotated[str | None, typer.Option(help="A serial device, instead of TCP.")] = None,
    pipe: Annotated[
        Path | None, typer.Option(help="Two FIFOs PIPE.in and PIPE.out, instead of TCP.")
    ] = None,
    speed: Annotated[float, typer.Option(help="Pump seconds in a real one, 1 to 1000000.")] = 1.0,
    serial: Annotated[str | None, typer.Option(help="Of a new pump; default: drawn.")] = None,
    zone: Annotated[
        str | None, typer.Option(help="A new pump's local time, e.g. Europe/London; default UTC.")
    ] = None,
    factory_rate: Annotated[
        str | None, typer.Option(help='Of a new fixed-rate pump, as measured, e.g. "1.0 mL/day".')
    ] = None,
    detach: Annotated[
        bool, typer.Option("--detach", help="Return when it listens; its sounds go to a file.")
    ] = False,
) -> None:
    """Start a pump, new or as it was left, and let it run until it is ended.

    It prints its address, its serial and where its pairing cards are, then every alarm that
    sounds. While no process runs it, its time stands still.
    """
    address = _address(host, port, line, pipe)
    if detach:
        _detach(state, context)
        return
    from thecal.bench.pace import PaceError  # noqa: PLC0415  (only here are sockets needed)
    from thecal.bench.process import run  # noqa: PLC0415

    with _edges():
        pump = _found_or_new(state, model, serial, zone, factory_rate)
        _introduce(pump, speed)
        try:
            run(pump, address, speed=speed, say=_say, ready=lambda at: _say(f"address {at}"))
        except PaceError as error:
            pump.close()
            fail(f"--speed: {error}")


def _address(
    host: str, port: int, line: str | None, pipe: Path | None
) -> TcpAddress | SerialAddress | PipeAddress:
    from thecal.link.transports.address import (  # noqa: PLC0415
        PipeAddress,
        SerialAddress,
        TcpAddress,
    )

    if line is not None and pipe is not None:
        fail("expected at most one of --line and --pipe")
    if line is not None:
        return SerialAddress(Path(line))
    return TcpAddress(host, port) if pipe is None else PipeAddress(pipe)


def _found_or_new(
    folder: Path, model: str | None, serial: str | None, zone: str | None, factory_rate: str | None
) -> BenchPump:
    from thecal.bench.folder import holds_pump  # noqa: PLC0415
    from thecal.bench.pump import BenchPump  # noqa: PLC0415

    if not holds_pump(folder):
        return _new(folder, model, serial, zone, factory_rate)
    if (serial, zone, factory_rate) != (None, None, None):
        fail(f"{folder}: holds a pump; --serial, --zone and --factory-rate are for a new one")
    pump = BenchPump.open(folder)
    held = pump.twin.profile.model
    if model not in (None, held):
        pump.close()
        fail(f"{folder}: holds a {held}, not a {model}")
    return pump


def _new(
    folder: Path, model: str | None, serial: str | None, zone: str | None, factory_rate: str | None
) -> BenchPump:
    from thecal.bench.pump import BenchPump  # noqa: PLC0415

    if model is None:
        fail(f"{folder}: there is no pump; --model says which to make")
    try:
        profile = PumpProfile.from_catalogue(devices.pump(model))
    except KeyError as error:
        fail(f"--model: {error}")
    now = datetime.now(read_zone(zone) or UTC)
    return BenchPump.create(
        folder,
        profile,
        serial=serial or f"BENCH-{secrets.token_hex(4).upper()}",
        epoch_utc_s=int(now.timestamp()),
        utc_offset_s=int((now.utcoffset() or timedelta(0)).total_seconds()),
        factory_rate_pl_per_day=_factory_rate(profile, factory_rate),
    )


def _factory_rate(profile: PumpProfile, text: str | None) -> int | None:
    """A fixed-rate pump flows as it was measured in the factory: nobody publishes that figure."""
    if profile.programmable:
        if text is not None:
            fail(f"--factory-rate: {profile.model} is programmed; it has none")
        return None
    rate = read_quantity("--factory-rate", text, FLOW)
    if rate is None:
        fail(f"{profile.model} runs at the rate measured in its factory; give --factory-rate")
    return int(rate * PL_PER_ML)


def _introduce(pump: BenchPump, speed: float) -> None:
    state = pump.twin.controller.state
    _say(f"serial {pump.memory.serial}")
    _say(f"model {pump.twin.profile.model}")
    _say(f"cards {pump.folder / 'cards'}")
    if speed != 1:
        _say(f"speed {speed:g}")
    behind_s = int(time.time()) - state.epoch_utc_s - pump.now_s
    if abs(behind_s) > 1:
        _say(f"clock {abs(behind_s)} s {'behind' if behind_s > 0 else 'ahead of'} this computer's")


def _say(text: str) -> None:
    """One line, at once; a reader that has gone away does not stop a pump."""
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


@contextlib.contextmanager
def _edges() -> Iterator[None]:
    """What can go wrong with folders, journals and addresses, as one line."""
    from thecal.bench.acts import ActError  # noqa: PLC0415
    from thecal.bench.door import NobodyHomeError  # noqa: PLC0415
    from thecal.bench.folder import FolderError  # noqa: PLC0415
    from thecal.bench.journal import JournalDamagedError  # noqa: PLC0415
    from thecal.bench.pump import PumpFailedError  # noqa: PLC0415

    try:
        yield
    except ActError as error:
        typer.echo(f"refused: {error}", err=True)
        raise typer.Exit(REFUSED) from None
    except (FolderError, JournalDamagedError, NobodyHomeError, PumpFailedError) as error:
        fail(str(error))
    except OSError as error:
        where = error.filename or ""
        fail(f"{where}{': ' if where else ''}{error.strerror or error}")


def _detach(state: Path, context: typer.Context) -> None:
    """The same command again, in a process of its own."""
    from thecal.bench.detached import DetachError, start_detached  # noqa: PLC0415

    words = ["pump", "start"]
    for option in context.command.params:
        value = context.params.get(str(option.name))
        if option.name != "detach" and value is not None:
            words += [option.opts[0], str(value)]
    with _edges():
        try:
            for said in start_detached(state, words):
                _say(said)
        except DetachError as error:
            fail(str(error))


@app.command()
def stop(folder: Folder) -> None:
    """End the process that runs a pump; the pump stays in its folder as it is.

    No therapy is stopped by it: the pump's time stands still.
    """
    _do(folder, "end")


@app.command()
def fault(
    folder: Folder,
    faults: Annotated[
        list[str],
        typer.Argument(help="What happens, e.g. stall+3h, reset, magnet, leak=40%, drop=200."),
    ],
) -> None:
    """Let something happen to a pump, now or later.

    The faults of `thecal simulate`, their times counted from now; and `drop=N`: the link is cut
    once N more bytes have passed, or at once (`drop`), or once the next update is done and before
    its answer leaves (`drop=update`), after which nobody reaches the pump for a minute.
    """
    for text in faults:
        _check_fault(text)
    for text in faults:
        name, _, count = text.partition("=")
        if name == "drop":
            _do(folder, "drop", count)
        else:
            _do(folder, "fault", text)


def _check_fault(text: str) -> None:
    name, _, count = text.partition("=")
    if name == "drop":
        from thecal.bench.running import AT_UPDATE  # noqa: PLC0415

        if count not in {"", AT_UPDATE} and not (count.isascii() and count.isdigit()):
            fail(f"'{text}': expected a count of bytes, for example drop=200, or drop=update")
        return
    try:
        read_fault(text, now_s=0)
    except FaultError as error:
        fail(str(error))


@app.command()
def fill(
    folder: Folder, volume: Annotated[str, typer.Argument(help='What goes in, e.g. "20 mL".')]
) -> None:
    """Put fluid into the real reservoir; the pump itself learns of it from a programmer only."""
    read_quantity("volume", volume, VOLUME)
    _do(folder, "fill", volume)


@app.command()
def aspirate(folder: Folder) -> None:
    """Draw out of the real reservoir all that a needle reaches, and say how much it was."""
    _do(folder, "aspirate")


@app.command()
def open_valve(folder: Folder) -> None:
    """Open the flow-activated valve by hand, after a scan."""
    _do(folder, "open-valve")


@app.command()
def touch(folder: Folder) -> None:
    """Hold a wand over a running pump: it feels somebody present for 120 s."""
    _do(folder, "touch")


@app.command()
def card(
    folder: Folder,
    role: Annotated[str, typer.Argument(help="clinician, patient or reader.")],
) -> None:
    """Print one of a pump's pairing cards, from its folder `cards`."""
    from thecal.bench.folder import CARDS  # noqa: PLC0415
    from thecal.link.roles import PAIRED_ROLES  # noqa: PLC0415

    if role not in PAIRED_ROLES:
        fail(f"role: '{role}'; expected one of: {', '.join(PAIRED_ROLES)}")
    with _edges():
        typer.echo((folder / CARDS / f"{role}.txt").read_text("ascii"), nl=False)


def _do(folder: Path, name: str, text: str = "") -> None:
    from thecal.bench.hand import do  # noqa: PLC0415

    with _edges():
        _say(do(folder, name, text))


@app.command("list")
def list_pumps(
    folder: Annotated[
        Path, typer.Argument(help="A pump's folder, or one of such folders.")
    ] = Path(),
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object only.")] = False,
) -> None:
    """Show what each pump believes beside what is true; nobody but the bench can."""
    from thecal.bench.folder import pumps_in  # noqa: PLC0415
    from thecal.bench.hand import look  # noqa: PLC0415
    from thecal.cli.pump_screen import show_pumps  # noqa: PLC0415

    with _edges():
        seen: list[dict[str, Any]] = [look(one) for one in pumps_in(folder)]
    if as_json:
        typer.echo(json.dumps({"pumps": seen}, ensure_ascii=False, indent=2))
    elif seen:
        show_pumps(seen)
    else:
        fail(f"{folder}: there is no pump")
