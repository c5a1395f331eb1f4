"""What the bench does to a pump: the same words for one that runs and one that does not."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from thecal.bench.happenings import Aspirated, Filled, Struck, ValveOpened
from thecal.bench.pump import BenchPump
from thecal.bench.sounds import pump_time
from thecal.pump import PL_PER_ML, OverfillError
from thecal.pump.world.written import read_fault
from thecal.units import VOLUME, parse, show


class ActError(ValueError):
    """It cannot be done to this pump, and nothing was; the message says why."""


def strike(pump: BenchPump, text: str) -> str:
    """A fault as a person writes it; times count from now."""
    parts = read_fault(text, now_s=pump.now_s)
    for part in parts:
        pump.happen(Struck(part))
    told = (f"{type(part).__name__} at {pump_time(pump.twin, part.at_s)}" for part in parts)
    return ", then ".join(told)


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


ACTS: dict[str, Callable[[BenchPump, str], str]] = {
    "fault": strike,
    "fill": fill,
    "aspirate": aspirate,
    "open-valve": open_valve,
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
