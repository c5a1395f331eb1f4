"""What can be asked of tasks."""

from __future__ import annotations

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
