"""Stopping a pump by order: the one command that needs no plan."""

from __future__ import annotations

from collections.abc import Callable
from time import sleep

from thecal.programmer.session.outcome import Outcome, Result
from thecal.programmer.session.port import LinkLostError, PumpPort
from thecal.programmer.session.session import random_id
from thecal.pump.language import Accepted, Refused, Running, Stop

CONTACTS = 4
"""How often contact is made before the outcome is left unknown."""
_PAUSE_S = 1.0


def stop_pump(port: PumpPort, pause: Callable[[float], None] = sleep) -> Result:
    """Order a pump to stop, and read it back.

    A stop that is repeated does nothing more, so the same id goes out on each new contact until
    an answer comes.
    """
    command, sent, why = Stop(random_id()), False, ""
    for contact in range(CONTACTS):
        if contact:
            pause(_PAUSE_S)
        try:
            return _judged(port, port.send(command))
        except LinkLostError as lost:
            sent, why = sent or lost.sent, str(lost)
    return Result(Outcome.UNKNOWN if sent else Outcome.NOT_DONE, why=why)


def _judged(port: PumpPort, reply: Accepted | Refused) -> Result:
    if isinstance(reply, Refused):
        return Result(Outcome.REFUSED, refusal=reply)
    reading = port.read()
    stands = reading.status is not None and reading.status.running is Running.STOPPED
    return Result(Outcome.VERIFIED if stands else Outcome.MISMATCH, reading=reading)
