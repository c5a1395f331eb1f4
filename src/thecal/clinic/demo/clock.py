"""The demo's clock: the one place where time is not this computer's, and only while founding.

A demo has histories of months, so its founding passes through those months: each deed is done by
the services, in the order in which it was done, at an instant that this clock shows. Nothing that
serves people ever uses it; the trail's first event says that the record was founded by it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.utils import timezone


class Clock:
    """An instant that only ever moves on."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """The instant it shows."""
        return self._now

    def move_to(self, instant: datetime) -> None:
        """Show a later instant.

        Raises:
            ValueError: it is earlier.
        """
        if instant < self._now:
            raise ValueError(f"the demo's clock shows {self._now}, past {instant}")
        self._now = instant


@contextmanager
def in_place_of_django_s(clock: Clock) -> Iterator[None]:
    """Let everything that asks Django for the time in this process ask this clock."""
    module: Any = timezone
    real = module.now
    module.now = clock.now
    try:
        yield
    finally:
        module.now = real
