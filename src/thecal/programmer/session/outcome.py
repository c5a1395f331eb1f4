"""What came of a session: in one word, and what is certain and what is not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from thecal.programmer.session.pending import Pending
from thecal.programmer.session.port import Reading
from thecal.pump.language import Refused


class Outcome(StrEnum):
    """The one word."""

    VERIFIED = "verified"
    """Sent, read back, and found the same."""
    REFUSED = "refused"
    """By the checks, the pump, or the person; nothing changed."""
    UNKNOWN = "unknown"
    """Sent, and nobody knows whether the pump acted on it."""
    MISMATCH = "mismatch"
    """The pump holds something else than was sent."""
    NOT_DONE = "not-done"
    """The pump did not act on the command, and never will."""
    STALE = "stale"
    """The pump had changed since it was read; nothing was done."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one command.

    Attributes:
        sent: the command with what it was to make of the pump; None if none was made.
        reading: the pump as it was last read; None if it never was.
        refusal: the pump's own, where it refused.
        why: in words, where the outcome alone does not say it.
    """

    outcome: Outcome
    sent: Pending | None = None
    reading: Reading | None = None
    refusal: Refused | None = None
    why: str = ""
