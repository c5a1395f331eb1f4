"""Faults as a person writes them: ``stall@20d+3h``, ``bias=+14.5%@0d``, ``mri@10d+30min``."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from thecal.pump.world.faults import (
    AccuracyBias,
    DryRun,
    Fault,
    Leak,
    LowBattery,
    MagnetEnter,
    MagnetLeave,
    MriScan,
    Occlusion,
    Reset,
    Stall,
    StallOver,
)
from thecal.units import DURATION, PERCENT, UnitError, parse

_PPM_PER_PERCENT = 10_000
_WRITTEN = re.compile(
    r"(?P<kind>[a-z-]+)(?:=(?P<sign>[+-]?)(?P<share>[\d.]+ ?%))?"
    r"(?:@(?P<at>[\d.]+ ?[a-z]+))?(?:\+(?P<lasts>[\d.]+ ?[a-z]+))?"
    r"(?:,late=(?P<late>[\d.]+ ?[a-z]+))?(?P<hidden>,hidden-log)?"
)

_Maker = Callable[[int, int, int | None], tuple[Fault, ...]]


class FaultError(ValueError):
    """Not a fault; the message says what was expected."""


def _magnet(at_s: int, _ppm: int, lasts_s: int | None) -> tuple[Fault, ...]:
    left = () if lasts_s is None else (MagnetLeave(at_s + lasts_s),)
    return (MagnetEnter(at_s), *left)


def _occlusion(at_s: int, _ppm: int, lasts_s: int | None) -> tuple[Fault, ...]:
    cleared = () if lasts_s is None else (Occlusion(at_s + lasts_s, cleared=True),)
    return (Occlusion(at_s), *cleared)


_MAKERS: dict[str, _Maker] = {
    "bias": lambda at, ppm, _: (AccuracyBias(at, ppm),),
    "leak": lambda at, ppm, _: (Leak(at, ppm),),
    "occlusion": _occlusion,
    "stall": lambda at, _, lasts: (Stall(at, lasts),),
    "reset": lambda at, _, __: (Reset(at),),
    "low-battery": lambda at, _, __: (LowBattery(at),),
    "dry-run": lambda at, _, __: (DryRun(at),),
    "magnet": _magnet,
    "stall-over": lambda at, _, __: (StallOver(at),),
    "occlusion-over": lambda at, _, __: (Occlusion(at, cleared=True),),
    "magnet-over": lambda at, _, __: (MagnetLeave(at),),
}
_SHARED = {"bias", "leak"}
KINDS = (*_MAKERS, "mri")


def read_fault(text: str, *, now_s: int | None = None) -> tuple[Fault, ...]:
    """Read one fault; some are a pair (a magnet comes and goes).

    Args:
        text: ``KIND[=SHARE]@TIME[+DURATION]``.
        now_s: where ``TIME`` counts from; a text without ``@TIME`` then means now. Without it
            times count from 0, and one must be written.

    Raises:
        FaultError: an unknown kind, a missing time, a share where none belongs.
    """
    match = _WRITTEN.fullmatch(text.strip())
    timeless = match is not None and match["at"] is None and now_s is None
    if match is None or timeless or match["kind"] not in KINDS:
        kinds = ", ".join(KINDS)
        raise FaultError(
            f"'{text}' is not a fault; expected KIND[=SHARE]@TIME[+DURATION], "
            f"KIND one of {kinds}, for example stall@20d+3h"
        )
    if (match["share"] is not None) != (match["kind"] in _SHARED):
        raise FaultError(f"'{text}': a share in % belongs to bias and leak, and only to them")
    try:
        return _read(match, now_s or 0)
    except ValueError as error:
        raise FaultError(f"'{text}': {error}") from None


def _read(match: re.Match[str], now_s: int) -> tuple[Fault, ...]:
    at_s = now_s + (_seconds(match["at"]) if match["at"] else 0)
    lasts_s = _seconds(match["lasts"]) if match["lasts"] else None
    if match["kind"] == "mri":
        if lasts_s is None:
            raise UnitError("a scan needs its duration, for example mri@10d+30min")
        late_s = _seconds(match["late"]) if match["late"] else 0
        return (MriScan(at_s, lasts_s, late_s, hidden_log=bool(match["hidden"])),)
    ppm = 0
    if match["share"]:
        size = parse(match["share"], PERCENT) * _PPM_PER_PERCENT
        ppm = int(-size if match["sign"] == "-" else size)
    return _MAKERS[match["kind"]](at_s, ppm, lasts_s)


def _seconds(text: str) -> int:
    return int(Fraction(parse(text, DURATION)))
