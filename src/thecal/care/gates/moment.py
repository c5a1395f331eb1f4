"""What several requirements ask of the facts: calendars, consents, occasions."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from thecal import devices
from thecal.care.facts import (
    Cancelled,
    Consented,
    ConsentWithdrawn,
    Event,
    History,
    Implanted,
    Procedure,
    RefillBegun,
    Scheduled,
    TakenOver,
    TrialStarted,
)
from thecal.devices import Pump

OPERATIONS: tuple[type[Event], ...] = (TrialStarted, Implanted)
SCHEDULE_FACTS: tuple[type[Event], ...] = (Scheduled, Cancelled, RefillBegun, *OPERATIONS)
CONSENT_FACTS: tuple[type[Event], ...] = (Consented, ConsentWithdrawn, *OPERATIONS)
PUMP_FACTS: tuple[type[Event], ...] = (Implanted, TakenOver)


def last_operation(facts: History) -> datetime | None:
    """When the last trial or operation began."""
    begun = [one.at for one in facts.events if isinstance(one, OPERATIONS)]
    return begun[-1] if begun else None


def _carries_out(event: Event, procedure: Procedure) -> bool:
    """Whether an event is the procedure: calendar and consent before it were for that one."""
    if procedure is Procedure.TRIAL:
        return isinstance(event, TrialStarted)
    if procedure is Procedure.REFILL:
        return isinstance(event, RefillBegun)
    replaces = procedure is Procedure.REPLACEMENT
    return isinstance(event, Implanted) and event.replaces is replaces


G = TypeVar("G", Scheduled, Consented)


def _standing(
    facts: History,
    procedure: Procedure,
    gives: type[G],
    takes_back: type[Cancelled] | type[ConsentWithdrawn],
) -> G | None:
    standing: G | None = None
    for one in facts.events:
        if isinstance(one, gives) and one.procedure is procedure:
            standing = one
        elif _carries_out(one, procedure) or (
            isinstance(one, takes_back) and one.procedure is procedure
        ):
            standing = None
    return standing


def scheduled(facts: History, procedure: Procedure) -> Scheduled | None:
    """The next one in the calendar: put in after the last was done, and not cancelled."""
    return _standing(facts, procedure, Scheduled, Cancelled)


def consent(facts: History, procedure: Procedure) -> Consented | None:
    """The consent to the next one: given after the last was done, and not withdrawn."""
    return _standing(facts, procedure, Consented, ConsentWithdrawn)


def pump_fact(facts: History) -> Implanted | TakenOver | None:
    """The fact of the pump that the patient has, None if none is known."""
    held = [one for one in facts.events if isinstance(one, Implanted | TakenOver)]
    return held[-1] if held else None


def pump_model(facts: History) -> Pump | None:
    """The catalogue's entry of that pump, None if its model is unknown."""
    held = pump_fact(facts)
    return devices.pumps().get(held.pump) if held and held.pump else None
