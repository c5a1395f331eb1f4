"""The most that leaves the pump in any sliding window: exact, at a cost that grows with events.

The volume in a window that ends at ``t`` is ``G(t) - G(t - window)``. ``G`` is made of pieces of
constant rate, so the difference is a line between the starts of pieces at either end of the
window: two pointers that only move forward find its peak. What counts is what the pump moves,
less the path's credit; heads are rounded up and tails down to whole grains, so that a window is
never thought smaller than it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from thecal.pump.flow import GRAINS_PER_PL, NEVER, Piece, moved_at, moved_at_most
from thecal.pump.language import SECONDS_PER_DAY, SECONDS_PER_HOUR, Ceiling, RefusalCode

HOUR_S = SECONDS_PER_HOUR
DAY_S = SECONDS_PER_DAY
FORGET_AT = 64
"""So many pieces of history are worth clearing out."""


class Limit(NamedTuple):
    """What one window may hold.

    Attributes:
        most_gr: in a window of ``window_s``.
        eased_until_s: windows that end before it reach back to before this limit was set, when
            more may have flowed: they may hold what such a window held then, and no more.
        eased_gr: that much.
    """

    window_s: int
    most_gr: int
    code: RefusalCode
    unit: str
    eased_until_s: int = 0
    eased_gr: int = 0


class Excess(NamedTuple):
    """A window that would hold ``found_gr``, more than the ``most_gr`` that it may."""

    limit: Limit
    found_gr: int
    most_gr: int


def limits(ceiling: Ceiling | None) -> tuple[Limit, ...]:
    """The two windows of a ceiling, shorter first; none without a ceiling."""
    if ceiling is None:
        return ()
    hour_gr = ceiling.max_pl_per_hour * GRAINS_PER_PL
    day_gr = ceiling.max_pl_per_day * GRAINS_PER_PL
    return (
        Limit(HOUR_S, hour_gr, RefusalCode.CEILING_HOUR, "pL in 1 h"),
        Limit(DAY_S, day_gr, RefusalCode.CEILING_DAY, "pL in 24 h"),
    )


def limits_from(ceiling: Ceiling | None, history: Sequence[Piece], t_s: int) -> tuple[Limit, ...]:
    """The windows of a ceiling that is set at ``t_s``: eased where the past is already over it.

    Otherwise no dose could be lowered together with its ceiling until a day had passed.
    """
    return tuple(_eased(limit, history, t_s) for limit in limits(ceiling))


def _eased(limit: Limit, history: Sequence[Piece], t_s: int) -> Limit:
    held_gr = window_gr(history, t_s, limit.window_s)
    if held_gr <= limit.most_gr:
        return limit
    return limit._replace(eased_until_s=t_s + limit.window_s, eased_gr=held_gr)


def window_gr(pieces: Sequence[Piece], t_s: int, window_s: int) -> int:
    """What the window that ends at ``t_s`` holds, rounded up."""
    tail = pieces[_index(pieces, t_s - window_s)]
    return moved_at_most(pieces[_index(pieces, t_s)], t_s) - moved_at(tail, t_s - window_s)


def first_history(t_s: int) -> list[Piece]:
    """A history in which nothing has flowed yet."""
    return [(t_s - DAY_S, 0, 0, 1, 0)]


def forget(history: list[Piece], t_s: int) -> None:
    """Drop the pieces that no window ending at ``t_s`` or later can reach."""
    oldest_s = t_s - DAY_S
    count = 0
    while count + 1 < len(history) and history[count + 1][0] <= oldest_s:
        count += 1
    if count:
        del history[:count]


def _index(pieces: Sequence[Piece], t_s: int) -> int:
    """The last piece that starts at or before ``t_s``; searched from the newest backwards."""
    index = len(pieces) - 1
    while index > 0 and pieces[index][0] > t_s:
        index -= 1
    return index


def peak_gr(pieces: Sequence[Piece], from_s: int, until_s: int, window_s: int) -> int:
    """The fullest window that ends in ``[from_s, until_s]`` at a moment at which something flows.

    Windows that end while nothing flows are passed over: what has been delivered cannot be
    undone, and holding still adds nothing to it.

    Args:
        pieces: contiguous, reaching back at least ``window_s`` before ``from_s``.
        from_s: first end of a window.
        until_s: last end of a window.
        window_s: its length.

    Returns:
        Grains, rounded up; 0 where nothing flows.
    """
    last = len(pieces) - 1
    head, tail = _index(pieces, from_s), _index(pieces, from_s - window_s)
    t_s, most = from_s, 0
    while t_s < until_s:
        end_s = until_s
        if head < last and pieces[head + 1][0] < end_s:
            end_s = pieces[head + 1][0]
        if tail < last and pieces[tail + 1][0] + window_s < end_s:
            end_s = pieces[tail + 1][0] + window_s
        if pieces[head][2]:
            most = max(most, _span_peak(pieces[head], pieces[tail], t_s, end_s, window_s))
        t_s = end_s
        if head < last and pieces[head + 1][0] <= t_s:
            head += 1
        if tail < last and pieces[tail + 1][0] + window_s <= t_s:
            tail += 1
    return most


def _span_peak(head: Piece, tail: Piece, t_s: int, end_s: int, window_s: int) -> int:
    """The larger end of a line."""
    return max(
        moved_at_most(head, t_s) - moved_at(tail, t_s - window_s),
        moved_at_most(head, end_s) - moved_at(tail, end_s - window_s),
    )


def excess(pieces: Sequence[Piece], from_s: int, until_s: int, limit: Limit) -> Excess | None:
    """The fullest window that ends in ``[from_s, until_s]``, if it holds too much."""
    eased_s = min(until_s, max(from_s, limit.eased_until_s))
    found = peak_gr(pieces, from_s, eased_s, limit.window_s)
    if found > limit.eased_gr:
        return Excess(limit, found, limit.eased_gr)
    found = peak_gr(pieces, eased_s, until_s, limit.window_s)
    return Excess(limit, found, limit.most_gr) if found > limit.most_gr else None


def first_second_over(pieces: Sequence[Piece], from_s: int, until_s: int, limit: Limit) -> int:
    """The first second in ``(from_s, until_s]`` that ends a window with too much, or NEVER."""
    if excess(pieces, from_s, until_s, limit) is None:
        return NEVER
    fits_s, over_s = from_s, until_s
    while over_s - fits_s > 1:
        middle_s = (fits_s + over_s) // 2
        if excess(pieces, from_s, middle_s, limit):
            over_s = middle_s
        else:
            fits_s = middle_s
    return over_s
