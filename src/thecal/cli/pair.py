"""``thecal pair``: make this programmer known to a pump, with a card of the pump."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Annotated

import typer

from thecal.cli.contact import (
    HomeOption,
    PumpOption,
    one_line_errors,
    open_notebook,
    read_address,
)
from thecal.cli.edges import fail
from thecal.cli.flags import JsonOption
from thecal.link.cards import CardError, PairingCard
from thecal.link.roles import MAX_NAME_BYTES, read_name
from thecal.programmer.contact import pair_pump

_LONGEST_CARD = 4_096


def pair(
    pump: PumpOption,
    card: Annotated[Path, typer.Option(help="The pump's pairing card, a text file.")],
    name: Annotated[
        str | None, typer.Option(help="What this programmer calls itself; default: the host.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Pair with a pump in the role of its card. A key keeps its role for ever."""
    read, called, address = _card(card), _name(name), read_address(pump)
    with one_line_errors(pump):
        page = pair_pump(open_notebook(home), address, read, called)
    entries = page.entries
    if as_json:
        made = {"paired": True, "serial": entries.serial, "role": entries.role, "name": called}
        typer.echo(json.dumps(made))
    else:
        typer.echo(f"Paired with pump {entries.serial} as {entries.role}, under the name {called}.")


def _card(path: Path) -> PairingCard:
    try:
        with path.open(encoding="ascii") as file:
            return PairingCard.parse(file.read(_LONGEST_CARD))
    except OSError as error:
        fail(f"{path}: {error.strerror}; expected a pairing card")
    except UnicodeDecodeError:
        fail(f"{path}: not a pairing card")
    except CardError as error:
        fail(f"{path}: {error}")


def _name(text: str | None) -> str:
    name = text if text is not None else socket.gethostname()[:MAX_NAME_BYTES] or "programmer"
    try:
        return read_name(name.encode())
    except ValueError as error:
        fail(f"--name: {error}")
