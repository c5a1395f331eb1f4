"""Bench pumps on the screen of a terminal: belief and truth side by side."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from thecal.pump import PL_PER_ML
from thecal.units import FLOW, VOLUME, show

_NOT_KNOWN = "not known"


def show_pumps(pumps: list[dict[str, Any]]) -> None:
    """A table for each pump."""
    console = Console(highlight=False)
    for pump in pumps:
        console.print(_table(pump))


def _table(pump: dict[str, Any]) -> Table:
    runs = "runs" if pump["running"] else "no process runs it"
    title = f"{pump['folder']}: {pump['serial']}, {pump['model']}, {runs}"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in ("", "believed", "true"):
        table.add_column(heading, no_wrap=not heading)
    believed, true = pump["believed"], pump["true"]
    for row in (
        ("time", _time(believed), ""),
        ("state", _state(believed), _rotor(true)),
        ("rate", show(_ml(believed["rate_pl_per_day"]), FLOW), _bias(true)),
        ("reservoir", _volume(believed["remaining_pl"]), _volume(true["remaining_pl"])),
        ("delivered", _volume(believed["delivered_pl"]), _delivered(true)),
        ("program", (believed["program_digest"] or "none")[:16], ""),
        ("alarms", _alarms(believed), ""),
        ("log", f"{believed['log_length']} entries", ""),
        ("paired", _paired(pump["paired"]), ""),
    ):
        table.add_row(*row)
    return table


def _ml(volume_pl: int) -> Fraction:
    return Fraction(volume_pl, PL_PER_ML)


def _volume(volume_pl: int | None) -> str:
    return _NOT_KNOWN if volume_pl is None else show(_ml(volume_pl), VOLUME)


def _time(believed: dict[str, Any]) -> str:
    utc = datetime.fromtimestamp(believed["utc_s"], UTC)
    return f"{utc:%Y-%m-%d %H:%M:%S} UTC, revision {believed['revision']}"


def _state(believed: dict[str, Any]) -> str:
    left_s = believed["seconds_left"]
    return f"{believed['running']}" + ("" if left_s is None else f", {left_s} s left")


def _rotor(true: dict[str, Any]) -> str:
    words = {
        "rotor stands still": not true["turning"],
        "magnet": true["magnet"],
        "occluded": true["occluded"],
        "dry": true["dry"],
        "valve shut": true["valve_shut"],
    }
    return ", ".join(word for word, is_so in words.items() if is_so) or "free to turn"


def _bias(true: dict[str, Any]) -> str:
    return f"{true['bias_ppm'] / 10_000:+g} %" if true["bias_ppm"] else ""


def _delivered(true: dict[str, Any]) -> str:
    text = f"{_volume(true['to_tip_pl'])} to the tip"
    lost = [
        f"{_volume(true[name])} {word}"
        for name, word in (("leaked_pl", "leaked"), ("discharged_pl", "discharged"))
        if true[name]
    ]
    return ", ".join([text, *lost])


def _alarms(believed: dict[str, Any]) -> str:
    return ", ".join(one["name"] for one in believed["alarms"]) or "none"


def _paired(paired: list[dict[str, Any]]) -> str:
    return ", ".join(f"{one['name']} ({one['role']})" for one in paired) or "nobody"
