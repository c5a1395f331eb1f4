"""The pump's phases: a table of (phase, event) and where it leads, so that a test can walk it."""

from __future__ import annotations

from enum import StrEnum

from thecal.pump.language import Mode, Program


class Phase(StrEnum):
    """What the base infusion does; boluses run over ``BASE`` only."""

    STOPPED = "stopped"
    PRIMING = "priming"
    BRIDGE = "bridge"
    BASE = "base"
    HELD = "held"
    EMPTY = "empty"
    ENDED = "ended"


class Event(StrEnum):
    """What can change the phase."""

    COMMIT = "commit"
    REFILL = "refill"
    STOP = "stop"
    OVER = "over"
    RAN_EMPTY = "ran-empty"
    CEILING = "ceiling"
    RESET = "reset"
    END = "end"


FLOWING = frozenset({Phase.PRIMING, Phase.BRIDGE, Phase.BASE})

BEGIN = "begin"
"""The program's first phase."""
NEXT = "next"
"""The program's phase after this one."""
STAY = "stay"

_SAME_FOR_ALL: dict[Event, Phase | str] = {
    Event.COMMIT: BEGIN,
    Event.REFILL: STAY,
    Event.STOP: Phase.STOPPED,
    Event.OVER: STAY,
    Event.RAN_EMPTY: STAY,
    Event.CEILING: STAY,
    Event.RESET: Phase.STOPPED,
    Event.END: Phase.ENDED,
}
_FLOW_STOPS: dict[Event, Phase | str] = {
    Event.RAN_EMPTY: Phase.EMPTY,
    Event.CEILING: Phase.HELD,
}
_SPECIAL: dict[Phase, dict[Event, Phase | str]] = {
    Phase.STOPPED: {},
    Phase.PRIMING: {**_FLOW_STOPS, Event.OVER: NEXT},
    Phase.BRIDGE: {**_FLOW_STOPS, Event.OVER: NEXT},
    Phase.BASE: _FLOW_STOPS,
    Phase.HELD: {},
    Phase.EMPTY: {Event.REFILL: Phase.BASE},
    Phase.ENDED: dict.fromkeys(Event, STAY),
}
TRANSITIONS: dict[tuple[Phase, Event], Phase | str] = {
    (phase, event): _SPECIAL[phase].get(event, _SAME_FOR_ALL[event])
    for phase in Phase
    for event in Event
}
"""Every phase with every event."""


def following(phase: Phase, event: Event, program: Program | None) -> Phase:
    """The phase after an event; without a program nothing ever begins."""
    target = TRANSITIONS[phase, event]
    if target in (BEGIN, NEXT):
        return _in_order(program, None if target == BEGIN else phase)
    return phase if target == STAY else Phase(target)


def _in_order(program: Program | None, after: Phase | None) -> Phase:
    if program is None or program.mode is Mode.STOPPED:
        return Phase.STOPPED
    if after is None and program.priming:
        return Phase.PRIMING
    if after in (None, Phase.PRIMING) and program.bridge:
        return Phase.BRIDGE
    return Phase.BASE
