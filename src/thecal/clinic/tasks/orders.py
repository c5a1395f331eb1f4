"""What can be asked of tasks."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from thecal.clinic.pathway.recording import Happened
from thecal.clinic.record.orders import Line, Order, Text


class TaskDoneOrder(Happened):
    """A task, done."""

    key: Line
    outcome: Text


class TaskList(Order):
    """A page of what is due in a clinic."""

    page: int = Field(default=1, ge=1, le=1_000_000)


class Which(StrEnum):
    """Which of a clinic's open tasks."""

    OBSERVATIONS = "observations"
    REFILLS = "refills"
    ALARMS = "alarms"
    OVERDUE = "overdue"
    EMERGENCIES = "emergencies"


class Worklist(Order):
    """A page of a clinic's open tasks."""

    which: Which
    page: int = Field(default=1, ge=1, le=1_000_000)
