"""What can be asked of the calendar. Scheduling is done as it is asked, so it has no other time."""

from __future__ import annotations

from thecal.clinic.pathway.recording import Happened, Planned
from thecal.clinic.pathway.words import Method, Procedure
from thecal.clinic.record.orders import Order, Text


class AppointmentOrder(Order):
    """When something is to be done."""

    planned: Planned


class TrialAppointmentOrder(AppointmentOrder):
    """When a trial is to be, and how."""

    method: Method


class CancellationOrder(Happened):
    """What is not to be done after all."""

    procedure: Procedure
    reason: Text
