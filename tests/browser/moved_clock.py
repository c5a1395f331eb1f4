"""The clock of the operating system, moved on for the processes that a test starts with it."""

from __future__ import annotations

import glob
from datetime import UTC, datetime, timedelta
from pathlib import Path

_LIBRARY = "/usr/lib/*/faketime/libfaketimeMT.so.1"


def library() -> str:
    """Where libfaketime lies, in the form for programs with threads.

    Raises:
        AssertionError: it is not there; the tests fail then, since nobody would see them skipped.
    """
    found = sorted(glob.glob(_LIBRARY))  # noqa: PTH207  (from the root)
    assert found, f"this test needs {_LIBRARY}, by which it moves a clock: apt-get install faketime"
    return found[0]


class MovedClock:
    """Every clock that a process sees, the monotonic too, so far ahead of the machine's.

    A process sees it if it is started with ``variables``; it moves for all of them at once.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / "ahead.txt"
        self.variables = {
            "LD_PRELOAD": library(),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",  # each look at the clock reads the file
        }
        self._ahead = timedelta()
        self.wait()

    @property
    def now(self) -> datetime:
        """What those processes take for now."""
        return datetime.now(UTC) + self._ahead

    def wait(self, **time: float) -> None:
        """Let time pass for them."""
        self._ahead += timedelta(**time)
        written = self._file.with_suffix(".new")
        written.write_text(f"+{self._ahead.total_seconds():.0f}\n", "ascii")
        written.replace(self._file)  # nobody reads half of it

    def wait_until(self, moment: datetime) -> None:
        """Let time pass up to an instant, if it is not over."""
        if moment > self.now:
            self.wait(seconds=(moment - self.now).total_seconds() + 1)
