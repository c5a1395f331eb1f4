"""The two ways to set the pump's clock; its counter is set by nobody."""

from __future__ import annotations

from dataclasses import replace

from thecal.pump.controller.ceiling import DAY_S
from thecal.pump.controller.clockwork import Clockwork
from thecal.pump.controller.course import COMING_S
from thecal.pump.controller.reasons import Answer, Reasons, ended, no, over
from thecal.pump.language import SECONDS_PER_HOUR, CorrectClock, SetClock
from thecal.pump.language import RefusalCode as Code

FARTHEST_OFFSET_S = 14 * SECONDS_PER_HOUR
"""The widest offset from UTC that any place on earth keeps."""
LARGEST_CORRECTION_S = 300
"""The most that UTC can be moved in any 24 h, in sum without sign (docs/link.md §6; assumed)."""


def set_clock(clock: Clockwork, command: SetClock) -> Answer:
    """Set local time; lockouts and windows run on the counter and do not notice."""
    for refusal in _clock_reasons(clock, command):
        return refusal
    state = clock.state
    before_s, state.utc_offset_s = state.utc_offset_s, command.utc_offset_s
    state.revision += 1
    clock.refresh()
    clock.settle()
    return {"from_s": before_s, "to_s": command.utc_offset_s}


def _clock_reasons(clock: Clockwork, command: SetClock) -> Reasons:
    yield from ended(clock)
    offset_s = command.utc_offset_s
    if abs(offset_s) > FARTHEST_OFFSET_S:
        yield no(Code.CLOCK_OUT_OF_RANGE, offset_s, FARTHEST_OFFSET_S, "s")
    yield from _over_at(clock, clock.state.epoch_utc_s + offset_s)


def _over_at(clock: Clockwork, local_s: int) -> Reasons:
    """Whether the schedule would pass the ceiling if local time were shifted now."""
    course = replace(clock.course(), local_s=local_s)
    yield from over(course.passed(clock.state.history, clock.limits, COMING_S))


def correct_clock(clock: Clockwork, command: CorrectClock) -> Answer:
    """Move UTC a little; lockouts, windows and service life do not notice."""
    state = clock.state
    recent = [(t_s, moved_s) for t_s, moved_s in state.corrections if t_s > state.t_s - DAY_S]
    for refusal in _correction_reasons(clock, command, recent):
        return refusal
    state.corrections = [*recent, (state.t_s, abs(command.shift_s))]
    before_s, state.epoch_utc_s = state.epoch_utc_s, state.epoch_utc_s + command.shift_s
    state.revision += 1
    clock.refresh()
    clock.settle()
    return {"utc_from_s": before_s + state.t_s, "shift_s": command.shift_s}


def _correction_reasons(
    clock: Clockwork, command: CorrectClock, recent: list[tuple[int, int]]
) -> Reasons:
    yield from ended(clock)
    moved_s = abs(command.shift_s) + sum(moved_s for _, moved_s in recent)
    if moved_s > LARGEST_CORRECTION_S:
        refusal = no(Code.CLOCK_OUT_OF_RANGE, moved_s, LARGEST_CORRECTION_S, "s in 24 h")
        yield replace(refusal, wait_s=_correction_wait_s(clock.state.t_s, command, recent))
    yield from _over_at(clock, clock.state.local_s + command.shift_s)


def _correction_wait_s(
    t_s: int, command: CorrectClock, recent: list[tuple[int, int]]
) -> int | None:
    """Seconds until enough of the day's corrections are over; None if that never helps."""
    room_s = LARGEST_CORRECTION_S - abs(command.shift_s)
    if room_s < 0:
        return None
    moved_s = sum(moved_s for _, moved_s in recent)
    for at_s, each_s in recent:
        moved_s -= each_s
        if moved_s <= room_s:
            return at_s + DAY_S - t_s
    return 0
