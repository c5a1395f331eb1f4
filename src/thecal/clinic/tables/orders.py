"""What can be asked of tables."""

from __future__ import annotations

from enum import StrEnum

from thecal.clinic.record.orders import Order


class Name(StrEnum):
    """A table of a clinic."""

    PATIENTS = "patients"
    FILLS = "fills"
    OUTCOMES = "outcomes"
    PRESCRIPTIONS = "prescriptions"
    TASKS = "tasks"


class Taking(Order):
    """A table."""

    table: Name
