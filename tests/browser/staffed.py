"""The people of a founded clinic, each at a browser of their own, and their patient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.browser.colleagues import Colleague
from tests.browser.moved_clock import MovedClock

PATIENT = "Wholeway"
RISKS = {"Infection": "Yes", "Granuloma": "Yes", "Paralysis": "Yes"}


@dataclass(frozen=True)
class Clinic:
    """Its people and its clock."""

    clock: MovedClock
    administrator: Colleague
    physician: Colleague
    nurse: Colleague
    nurse_on_a_phone: Colleague
    pharmacist: Colleague
    neuropsychologist: Colleague


def at(moment: datetime) -> str:
    """As a field for day and time takes it."""
    return moment.strftime("%Y-%m-%dT%H:%M")


def morning(clock: MovedClock, days: int, hour: int) -> datetime:
    """So many days from now."""
    return (clock.now + timedelta(days=days)).replace(hour=hour, minute=0, second=0)
