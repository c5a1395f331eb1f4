"""The bench pumps that this clinic may disturb, and how each looks to nobody but the bench."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from thecal.bench.door import NobodyHomeError
from thecal.bench.folder import FolderError, pumps_in
from thecal.bench.hand import do, look
from thecal.bench.journal import JournalDamagedError
from thecal.bench.pump import PumpFailedError
from thecal.clinic.demo.mark import is_demo
from thecal.pump import PL_PER_ML
from thecal.units import FLOW, VOLUME, show

NO_HAND = (FolderError, JournalDamagedError, NobodyHomeError, PumpFailedError, OSError)
"""What keeps the bench's hand from a pump."""
_PPM_PER_PERCENT = 10_000


@dataclass(frozen=True, slots=True)
class Beside:
    """One thing that the pump believes, beside what is true; empty where only one side has it."""

    what: str
    believed: str
    true: str
    differs: bool


@dataclass(frozen=True, slots=True)
class PumpSeen:
    """A bench pump.

    Attributes:
        running: whether a process runs it; else its time stands still.
        problem: why it could not be looked at; empty if it was.
    """

    serial: str
    model: str
    running: bool
    rows: tuple[Beside, ...]
    alarms: tuple[str, ...]
    problem: str = ""


def folders() -> list[Path]:
    """The pumps' folders: of ``THECAL_CLINIC_BENCH``, and a demo's own; none in production."""
    if not settings.THECAL.is_development:
        return []
    named = list(settings.THECAL.bench)
    if is_demo():
        named.append(settings.THECAL.home / "pumps")
    return [one for folder in named for one in pumps_in(folder)]


def seen() -> list[PumpSeen]:
    """Each of them as it is now."""
    return [_seen(folder) for folder in folders()]


def _seen(folder: Path) -> PumpSeen:
    try:
        found = look(folder)
    except NO_HAND as error:
        return PumpSeen(folder.name, "", False, (), (), str(error))
    believed, true = found["believed"], found["true"]
    return PumpSeen(
        found["serial"],
        found["model"],
        found["running"],
        tuple(_rows(believed, true)),
        tuple(one["name"] for one in believed["alarms"]),
    )


def disturb(serial: str, act: str, text: str) -> str:
    """Do something to a pump of the bench; a line that says what was done.

    Raises:
        LookupError: the bench has no such pump.
        ActError: it cannot be done to this one.
        OSError, FolderError, NobodyHomeError: the pump was not reached.
    """
    for folder in folders():
        if look(folder)["serial"] == serial:
            return do(folder, act, text)
    raise LookupError(f"the bench has no pump {serial}")


def _rows(believed: Mapping[str, Any], true: Mapping[str, Any]) -> Iterator[Beside]:
    yield _reservoir(believed, true)
    yield _delivered(believed, true)
    yield Beside(
        _("Rotor"),
        str(believed["running"]),
        _("turns, or is free to") if true["turning"] else _("stands still"),
        not true["turning"] and believed["rate_pl_per_day"] > 0,
    )
    yield Beside(
        _("Rate"), show(_ml(believed["rate_pl_per_day"]), FLOW), _bias(true), bool(true["bias_ppm"])
    )
    yield _catheter(true)
    yield Beside(
        _("Magnet"), "", _("at the pump") if true["magnet"] else _("none"), True is true["magnet"]
    )
    yield Beside(_("Battery"), _battery(believed), "", False)
    yield Beside(
        _("Clock"),
        f"{datetime.fromtimestamp(believed['utc_s'], UTC):%Y-%m-%d %H:%M} UTC",
        _clock(),
        _is_off(believed),
    )


def _reservoir(believed: Mapping[str, Any], true: Mapping[str, Any]) -> Beside:
    left, there = believed["remaining_pl"], true["remaining_pl"]
    said = _("not known") if left is None else show(_ml(left), VOLUME)
    return Beside(_("Reservoir"), said, show(_ml(there), VOLUME), left != there)


def _delivered(believed: Mapping[str, Any], true: Mapping[str, Any]) -> Beside:
    gone, arrived = believed["delivered_pl"], true["to_tip_pl"]
    said = _("%s to the tip") % show(_ml(arrived), VOLUME)
    return Beside(_("Delivered"), show(_ml(gone), VOLUME), said, gone != arrived)


def _catheter(true: Mapping[str, Any]) -> Beside:
    lost = true["leaked_pl"]
    words = [
        _("blocked") if true["occluded"] else "",
        _("leaks %g %%") % (true["leak_ppm"] / _PPM_PER_PERCENT) if true["leak_ppm"] else "",
        _("%s lost beside the tip so far") % show(_ml(lost), VOLUME) if lost else "",
    ]
    said = ", ".join(filter(None, words))
    return Beside(_("Catheter"), _("nothing: no pump feels it"), said or _("whole"), bool(said))


def _bias(true: Mapping[str, Any]) -> str:
    return f"{true['bias_ppm'] / _PPM_PER_PERCENT:+g} %" if true["bias_ppm"] else _("as programmed")


def _battery(believed: Mapping[str, Any]) -> str:
    names = {one["name"] for one in believed["alarms"]}
    return _("low") if "low-battery" in names else _("no alarm")


def _clock() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"


_CLOCK_MAY_DIFFER_S = 120


def _is_off(believed: Mapping[str, Any]) -> bool:
    return bool(abs(believed["utc_s"] - datetime.now(UTC).timestamp()) > _CLOCK_MAY_DIFFER_S)


def _ml(volume_pl: int) -> Fraction:
    return Fraction(volume_pl, PL_PER_ML)
