"""The delivery timeline: what reached the tip and what leaked, in stretches of constant rate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from thecal.pump.world.world import Era, World


@dataclass(frozen=True, slots=True)
class Segment:
    """A constant flow: ``volume_pl`` reached the catheter's tip, ``leaked_pl`` did not."""

    start_s: int
    end_s: int
    volume_pl: int
    leaked_pl: int


_Rate = tuple[Fraction, int]
_Mark = tuple[int, int, int, _Rate]
"""``start_s``, to the tip and leaked by then (pL), the rate from then on."""


def timeline(world: World, now_s: int, believed_gr: int) -> tuple[Segment, ...]:
    """Contiguous segments from 0 to ``now_s``; neighbours of one rate are one.

    Their volumes add up to the last picolitre.
    """
    marks = list(_changes(_marks(world)))
    ends = [(start_s, tip_pl, leaked_pl) for start_s, tip_pl, leaked_pl, _ in marks[1:]]
    ends.append((now_s, *world.eras[-1].volumes_at(believed_gr)))
    return tuple(
        Segment(start_s, end_s, end_tip_pl - tip_pl, end_leaked_pl - leaked_pl)
        for (start_s, tip_pl, leaked_pl, _), (end_s, end_tip_pl, end_leaked_pl) in zip(
            marks, ends, strict=True
        )
        if end_s > start_s
    )


def _marks(world: World) -> Iterator[_Mark]:
    """Where a piece of flow or an era begins."""
    for era, flows in zip(world.eras, world.flows, strict=True):
        starts = [(era.start_s, era.believed_gr), *((piece[0], piece[1]) for piece in flows)]
        for (start_s, believed_gr), piece in zip(starts, [era.flow, *flows], strict=True):
            yield start_s, *era.volumes_at(believed_gr), _rate(era, piece[2], piece[3])


def _rate(era: Era, num: int, den: int) -> _Rate:
    rate = Fraction(num * era.pump_ppm, den)
    return rate, era.leak_ppm if rate else 0


def _changes(marks: Iterator[_Mark]) -> Iterator[_Mark]:
    """Only the marks at which the rate really changes, the last one of each second."""
    held: _Mark | None = None
    rate: _Rate | None = None
    for mark in marks:
        if held is not None and mark[0] > held[0]:
            if held[3] != rate:
                yield held
            rate = held[3]
            held = None
        held = mark
    if held is not None and held[3] != rate:
        yield held
