"""Who may take which table out; the trail tells of it before a row is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from thecal.clinic.people.roles import READS, Role
from thecal.clinic.record.actions import About
from thecal.clinic.record.doing import Doing
from thecal.clinic.record.orders import Nothing
from thecal.clinic.record.services import reads
from thecal.clinic.tables.orders import Taking


@dataclass(frozen=True, slots=True)
class Granted:
    """Leave to take a table out, as of a moment."""

    table: str
    at: datetime


@reads("tables.take", "Take a table of all patients out", READS, about=About.CLINIC, for_pages=True)
def take(doing: Doing, order: Taking) -> Granted:
    """Leave to read all patients' rows of a table; each patient's own trail shows it."""
    doing.tell(table=order.table.value, patients="every")
    return Granted(order.table.value, doing.now)


@reads(
    "tables.take-trail",
    "Take the audit trail out",
    {Role.ADMINISTRATOR},
    about=About.CLINIC,
    for_pages=True,
)
def take_trail(doing: Doing, order: Nothing) -> Granted:  # noqa: ARG001
    """Leave to read the clinic's events."""
    return Granted("trail", doing.now)


@reads("tables.take-entries", "Take a patient's entries out", READS, for_pages=True)
def take_entries(doing: Doing, order: Nothing) -> Granted:  # noqa: ARG001
    """Leave to read all of a patient's entries."""
    return Granted("entries", doing.now)
