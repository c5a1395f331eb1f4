"""What the pump moves, as pieces of constant rate: exact at every second, without stepping.

The unit is the *grain*: 1/86 400 pL, which a rate of 1 pL/day moves in one second. Base rates
move whole grains in whole seconds; a bolus of V pL over T seconds has moved ``86400 V t // T``
grains after t seconds, and exactly V pL at its end. Names of grain counts end in ``_gr``.
"""

from __future__ import annotations

from thecal.pump.language import SECONDS_PER_DAY

GRAINS_PER_PL = SECONDS_PER_DAY

NEVER = 1 << 62
"""A second that never comes: compares like any other, and needs no special case."""

Piece = tuple[int, int, int, int, int]
"""``(start_s, moved_gr, num, den, rem)``: from ``start_s`` on, ``moved_gr`` had been moved before,
and ``(num * seconds + rem) // den`` is added to it; ``num / den`` is grains per second."""


def moved_at(piece: Piece, t_s: int) -> int:
    """Grains moved in all up to ``t_s``, rounded down to whole grains."""
    start_s, moved_gr, num, den, rem = piece
    return moved_gr + (num * (t_s - start_s) + rem) // den


def moved_at_most(piece: Piece, t_s: int) -> int:
    """The same rounded up: never less than what was really moved."""
    start_s, moved_gr, num, den, rem = piece
    return moved_gr - (-(num * (t_s - start_s) + rem) // den)


def second_of(piece: Piece, target_gr: int) -> int:
    """The first second at which ``target_gr`` have been moved, or NEVER."""
    start_s, moved_gr, num, den, rem = piece
    if target_gr <= moved_gr:
        return start_s
    if num == 0:
        return NEVER
    return start_s - (-((target_gr - moved_gr) * den - rem) // num)
