"""Why a command is refused: with the figure asked for and the limit, in the pump's own integers."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.pump.controller.ceiling import Excess
from thecal.pump.controller.clockwork import Clockwork
from thecal.pump.controller.log import Fact
from thecal.pump.controller.phases import Phase
from thecal.pump.flow import GRAINS_PER_PL
from thecal.pump.language import RefusalCode as Code
from thecal.pump.language import Refused

Reasons = Iterator[Refused]
Answer = Refused | dict[str, Fact]
"""A refusal, or the facts that the log keeps of what was done."""


def no(code: Code, asked: int | None = None, limit: int | None = None, unit: str = "") -> Refused:
    """A refusal that whoever sends it puts the command's id to."""
    return Refused("", code, asked, limit, unit)


def over(excess: Excess | None) -> Reasons:
    """Nothing, or that a window would hold too much."""
    if excess is not None:
        (limit, found_gr, most_gr) = excess
        asked_pl = -(-found_gr // GRAINS_PER_PL)
        yield no(limit.code, asked_pl, most_gr // GRAINS_PER_PL, limit.unit)


def ended(clock: Clockwork) -> Reasons:
    """Nothing, or that the pump's service is over."""
    if clock.state.phase is Phase.ENDED:
        yield no(Code.END_OF_SERVICE)
