"""The pump's alarms: one table, walked whole; tones are computed, never counted one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from thecal.pump.controller.log import Entry
from thecal.pump.controller.phases import Phase
from thecal.pump.controller.state import State
from thecal.pump.flow import NEVER
from thecal.pump.language import Priority
from thecal.pump.profile import PumpProfile


class AlarmName(StrEnum):
    """Every alarm there is."""

    LOW_RESERVOIR = "low-reservoir"
    RESERVOIR_EMPTY = "reservoir-empty"
    MOTOR_STALL = "motor-stall"
    RESET = "reset"
    REPLACEMENT_DUE = "replacement-due"
    END_OF_SERVICE = "end-of-service"
    STOPPED_TOO_LONG = "stopped-too-long"
    CEILING_HELD = "ceiling-held"
    LOW_BATTERY = "low-battery"


Holds = Callable[[State, PumpProfile], bool]


@dataclass(frozen=True, slots=True)
class AlarmRule:
    """One alarm.

    Attributes:
        condition: when it sounds, in words; ``holds`` is the same as a function of what the
            controller believes.
        clears: what ends it.
        does: what else happens with it.
    """

    name: AlarmName
    priority: Priority
    condition: str
    clears: str
    does: str
    holds: Holds


def replacement_notice_s(state: State, profile: PumpProfile) -> int:
    """When replacement becomes due (NEVER without a published life and a sound battery).

    Recomputed whenever it is asked for: at most the service life less its notice, sooner when the
    battery is low, and never later than it was.
    """
    life_s = NEVER if profile.service_life_s is None else profile.service_life_s
    due_s = max(0, life_s - (profile.replacement_notice_s or 0)) if life_s != NEVER else NEVER
    return due_s if state.battery_low_s is None else min(due_s, state.battery_low_s)


def end_of_service_s(state: State, profile: PumpProfile) -> int:
    """When delivery stops for good: the notice after replacement became due.

    NEVER where no notice is published: a pump is not thought to stop on a guess.
    """
    due_s = replacement_notice_s(state, profile)
    if profile.replacement_notice_s is None or due_s == NEVER:
        return NEVER
    return due_s + profile.replacement_notice_s


def stopped_too_long_s(state: State, profile: PumpProfile) -> int:
    """When the pump will have stood still for too long, or NEVER while it runs."""
    since_s = state.stopped_since_s
    return NEVER if since_s is None else since_s + profile.stopped_alarm_after_s


def _low_reservoir(state: State, _profile: PumpProfile) -> bool:
    fill, remaining_pl = state.fill, state.remaining_pl
    if fill is None or remaining_pl is None or fill.volume_pl == 0:
        return False
    return remaining_pl <= fill.alarm_volume_pl


_NON_CRITICAL, _CRITICAL = Priority.NON_CRITICAL, Priority.CRITICAL
_NO_DOSES = "patient doses and boluses are refused"
_FOR_GOOD = "nothing: the pump is replaced"

_RULES = (
    AlarmRule(
        AlarmName.LOW_RESERVOIR,
        _NON_CRITICAL,
        "the computed volume is at or below the alarm volume",
        "a fill",
        "nothing else",
        _low_reservoir,
    ),
    AlarmRule(
        AlarmName.RESERVOIR_EMPTY,
        _CRITICAL,
        "the computed volume reached 0 while delivering",
        "a fill",
        f"the rotor stops; {_NO_DOSES}",
        lambda state, _profile: state.phase is Phase.EMPTY,
    ),
    AlarmRule(
        AlarmName.MOTOR_STALL,
        _CRITICAL,
        "the rotor does not turn",
        "the rotor turns again",
        f"the program runs on in belief; {_NO_DOSES}",
        lambda state, _profile: state.stalled,
    ),
    AlarmRule(
        AlarmName.RESET,
        _CRITICAL,
        "the electronics lost power",
        "an update with a program",
        f"the pump is stopped and its program is gone; {_NO_DOSES}",
        lambda state, _profile: state.was_reset,
    ),
    AlarmRule(
        AlarmName.REPLACEMENT_DUE,
        _NON_CRITICAL,
        "the service life less its notice is over, or the battery is low",
        _FOR_GOOD,
        "nothing else",
        lambda state, profile: state.t_s >= replacement_notice_s(state, profile),
    ),
    AlarmRule(
        AlarmName.END_OF_SERVICE,
        _CRITICAL,
        "the notice is over",
        _FOR_GOOD,
        "delivery stops for good; every change is refused",
        lambda state, _profile: state.phase is Phase.ENDED,
    ),
    AlarmRule(
        AlarmName.STOPPED_TOO_LONG,
        _CRITICAL,
        "nothing was driven for longer than the profile's limit (48 h)",
        "the pump runs again",
        _NO_DOSES,
        lambda state, profile: state.t_s >= stopped_too_long_s(state, profile),
    ),
    AlarmRule(
        AlarmName.CEILING_HELD,
        _CRITICAL,
        "going on would have passed the ceiling",
        "an update with a program",
        f"delivery is held; {_NO_DOSES}",
        lambda state, _profile: state.phase is Phase.HELD,
    ),
    AlarmRule(
        AlarmName.LOW_BATTERY,
        _NON_CRITICAL,
        "the battery is low",
        _FOR_GOOD,
        "replacement becomes due now",
        lambda state, _profile: state.battery_low_s is not None,
    ),
)
ALARMS: dict[AlarmName, AlarmRule] = {rule.name: rule for rule in _RULES}
"""The alarm table."""


def timers(state: State, profile: PumpProfile) -> Iterable[int]:
    """The instants at which time alone starts an alarm."""
    yield from (
        instant(state, profile) for name, instant in _TIMERS.items() if name not in state.sounding
    )


_TIMERS: dict[AlarmName, Callable[[State, PumpProfile], int]] = {
    AlarmName.REPLACEMENT_DUE: replacement_notice_s,
    AlarmName.END_OF_SERVICE: end_of_service_s,
    AlarmName.STOPPED_TOO_LONG: stopped_too_long_s,
}


def critical(state: State) -> bool:
    """Whether a critical alarm sounds now."""
    return any(ALARMS[AlarmName(name)].priority is _CRITICAL for name in state.sounding)


@dataclass(frozen=True, slots=True)
class AlarmSpan:
    """One alarm from its start to its end; None means not yet."""

    alarm: AlarmName
    since_s: int
    silenced_s: int | None = None
    until_s: int | None = None


@dataclass(frozen=True, slots=True)
class ToneRun:
    """``count`` alarms of one or two ``tones``, the first at ``first_s``, then ``every_s``."""

    alarm: AlarmName
    tones: int
    first_s: int
    every_s: int
    count: int


RAISED, CLEARED, SILENCED = "alarm", "alarm-cleared", "alarm-silenced"
"""What the log calls the three."""


def spans(entries: Iterable[Entry]) -> tuple[AlarmSpan, ...]:
    """Every alarm that the log tells of, by start."""
    open_spans: dict[AlarmName, dict[str, int]] = {}
    closed: list[AlarmSpan] = []
    for entry in entries:
        if entry.what not in _SPAN_FIELDS:
            continue
        name = AlarmName(str(entry.facts["alarm"]))
        happened_s = int(entry.facts.get("happened_at_s", entry.t_s) or 0)
        open_spans.setdefault(name, {})[_SPAN_FIELDS[entry.what]] = happened_s
        if entry.what == CLEARED:
            closed.append(AlarmSpan(name, **open_spans.pop(name)))
    still = [AlarmSpan(name, **values) for name, values in open_spans.items()]
    return tuple(sorted([*closed, *still], key=lambda span: span.since_s))


_SPAN_FIELDS = {RAISED: "since_s", SILENCED: "silenced_s", CLEARED: "until_s"}


def tones(span: AlarmSpan, profile: PumpProfile, from_s: int, to_s: int) -> ToneRun | None:
    """What one alarm sounds in ``[from_s, to_s)``: at its start, and repeated until its end."""
    is_critical = ALARMS[span.alarm].priority is _CRITICAL
    every_s = profile.critical_repeat_s if is_critical else profile.noncritical_repeat_s
    ends = (to_s, span.silenced_s, span.until_s)
    end_s = min(end for end in ends if end is not None)
    skipped = max(0, -(-(from_s - span.since_s) // every_s))
    first_s = span.since_s + skipped * every_s
    if first_s >= end_s:
        return None
    count = 1 + (end_s - 1 - first_s) // every_s
    return ToneRun(span.alarm, 2 if is_critical else 1, first_s, every_s, count)
