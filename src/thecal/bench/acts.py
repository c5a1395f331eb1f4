"""What the bench does to a pump: the same words for one that runs and one that does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction

from thecal.bench.happenings import Aspirated, Filled, Struck, TimePassed, ValveOpened
from thecal.bench.pump import BenchPump
from thecal.pump import PL_PER_ML, OverfillError
from thecal.pump.world.written import read_fault
from thecal.units import DURATION, VOLUME, parse, show

_LONGEST_WAIT = timedelta(days=366)
_LONGEST_WAIT_S = int(_LONGEST_WAIT.total_seconds())


class ActError(ValueError):
    """It cannot be done to this pump, and nothing was; the message says why."""


def strike(pump: BenchPump, text: str) -> str:
    """A fault as a person writes it; times count from now."""
    now_s = pump.now_s
    parts = read_fault(text, now_s=now_s)
    for part in parts:
        pump.happen(Struck(part))
    return ", then ".join(f"{type(part).__name__} {_when(part.at_s - now_s)}" for part in parts)


def _when(after_s: int) -> str:
    return f"in {timedelta(seconds=after_s)}" if after_s else "now"


def fill(pump: BenchPump, text: str) -> str:
    """Fluid into the real reservoir; what the pump believes changes only by an update."""
    volume_ml = parse(text, VOLUME)
    volume_pl = volume_ml * PL_PER_ML
    if volume_pl.denominator != 1:
        raise ActError(f"{text} is no whole number of picolitres")
    try:
        pump.happen(Filled(int(volume_pl)))
    except OverfillError as error:
        asked, limit = (show(_ml(pl), VOLUME) for pl in (error.asked, error.limit))
        raise ActError(f"the reservoir would hold {asked}, and takes {limit}") from None
    return f"filled {show(volume_ml, VOLUME)}; the pump learns of it from an update"


def aspirate(pump: BenchPump, _text: str) -> str:
    """All that a needle reaches."""
    taken_pl: int = pump.happen(Aspirated())
    return f"aspirated {show(_ml(taken_pl), VOLUME)}"


def open_valve(pump: BenchPump, _text: str) -> str:
    """The flow-activated valve, by hand."""
    pump.happen(ValveOpened())
    return "the valve is open"


def wait(pump: BenchPump, text: str) -> str:
    """Time passes at once: the pump lives through it as if it had been waited for."""
    seconds = parse(text, DURATION)
    if not 0 < seconds <= _LONGEST_WAIT_S:
        raise ActError(f"{text}: expected more than no time, and at most {_LONGEST_WAIT}")
    pump.advance(pump.now_s + int(seconds))
    pump.happen(TimePassed())
    return f"{timedelta(seconds=int(seconds))} passed at once; its clock is that far ahead"


ACTS: dict[str, Callable[[BenchPump, str], str]] = {
    "fault": strike,
    "fill": fill,
    "aspirate": aspirate,
    "open-valve": open_valve,
    "wait": wait,
}
"""Every act by its name; each gives a line that says what was done."""


def act(pump: BenchPump, name: str, text: str) -> str:
    """Do one thing to a pump.

    Raises:
        ActError: it cannot be done.
        PumpFailedError: it could not be written down.
    """
    try:
        return ACTS[name](pump, text)
    except ValueError as error:
        raise ActError(str(error)) from error


def _ml(volume_pl: int) -> Fraction:
    return Fraction(volume_pl, PL_PER_ML)
