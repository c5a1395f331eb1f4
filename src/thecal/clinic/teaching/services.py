"""What can be done with the bench: look at its pumps, and let something happen to one."""

from __future__ import annotations

from dataclasses import dataclass

from thecal.bench.acts import ActError
from thecal.clinic.people.roles import CLINICAL, READS
from thecal.clinic.record.actions import About
from thecal.clinic.record.doing import Doing
from thecal.clinic.record.orders import Nothing
from thecal.clinic.record.refusals import ConflictError
from thecal.clinic.record.services import reads, writes
from thecal.clinic.teaching.bench import NO_HAND, PumpSeen, disturb, seen
from thecal.clinic.teaching.orders import Disturbing


@dataclass(frozen=True, slots=True)
class Bench:
    """The bench's pumps."""

    pumps: tuple[PumpSeen, ...]


@dataclass(frozen=True, slots=True)
class Happened:
    """What was done to a pump."""

    serial: str
    said: str


@reads("teaching.look", "Look at the bench's pumps", READS, about=About.CLINIC)
def look(doing: Doing, order: Nothing) -> Bench:  # noqa: ARG001
    """What each believes beside what is true; none where the clinic may reach no bench."""
    found = tuple(seen())
    doing.tell(pumps=[one.serial for one in found])
    return Bench(found)


@writes("teaching.disturb", "Let something happen to a bench pump", CLINICAL, about=About.CLINIC)
def let_happen(doing: Doing, order: Disturbing) -> Happened:
    """Do to a bench pump what ``thecal pump`` does.

    Raises:
        ConflictError: the bench has no such pump, or it cannot be done to it.
    """
    try:
        said = disturb(order.serial, order.act, order.text)
    except (LookupError, ActError, *NO_HAND) as error:
        raise ConflictError(str(error)) from error
    doing.tell(pump=order.serial, act=order.act, text=order.text, said=said)
    return Happened(order.serial, said)
