"""The scheduler: raise and post, once or every so often until told to stop."""

from __future__ import annotations

import smtplib
import threading
from collections.abc import Callable
from dataclasses import dataclass

from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from thecal.clinic.exchange.bulk import sweep
from thecal.clinic.reminders.posting import BusyError, post_all
from thecal.clinic.reminders.raising import raise_all


@dataclass(frozen=True, slots=True)
class Ran:
    """What one run did.

    Attributes:
        left: letters that left; None if another process posts now.
        kept: letters that could not leave.
    """

    raised: int
    left: int | None
    kept: int

    def __str__(self) -> str:
        sent = "another run posts them now" if self.left is None else f"sent: {self.left}"
        kept = f"; could not leave: {self.kept}, the next run tries again" if self.kept else ""
        return f"reminders raised: {self.raised}; letters {sent}{kept}"


def run() -> Ran:
    """Raise what is due, post what waits, and remove exports whose time is over."""
    sweep(timezone.now())
    raised = raise_all()
    try:
        posted = post_all()
    except BusyError:
        return Ran(raised, None, 0)
    return Ran(raised, posted.left, posted.kept)


def run_every(seconds: float, stop: threading.Event, say: Callable[[str], None]) -> None:
    """Run until ``stop`` is set; a run that fails is said, and the next one tries again.

    The pause is counted by a clock that nobody sets, so a change of the time of day neither
    skips a run nor doubles one.
    """
    while not stop.is_set():
        try:
            say(str(run()))
        except (DatabaseError, OSError, smtplib.SMTPException) as error:
            say(f"this run failed, the next one tries again: {error}")
        close_old_connections()
        stop.wait(seconds)
