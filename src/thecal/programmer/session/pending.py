"""A command under way: written down before it is sent, so that nothing forgets it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from thecal.pump.holding import Holding
from thecal.pump.language import Update

CONFIRMATION_LASTS_S = 15 * 60
"""How long a person's confirmation stands (assumed: Thecal's own choice). A command that is older
is not sent again: the reservoir, and whoever stands beside the patient, may have changed."""


@dataclass(frozen=True, slots=True)
class Pending:
    """An update that a person confirmed and whose outcome is not known yet.

    Attributes:
        before: what the pump held when it was confirmed.
        confirmed_utc_s: when, in Unix seconds of the programmer's clock.
    """

    update: Update
    before: Holding
    confirmed_utc_s: int

    @property
    def wanted(self) -> Holding:
        """What the pump holds once it has acted."""
        return self.before.after(self.update)

    def stands(self, utc_s: int) -> bool:
        """Whether the confirmation still stands; one from the future does not."""
        return 0 <= utc_s - self.confirmed_utc_s <= CONFIRMATION_LASTS_S


class Memory(Protocol):
    """Where a session keeps its command under way."""

    def pending(self) -> Pending | None:
        """The command under way, None if there is none."""

    def keep(self, pending: Pending) -> None:
        """Write it down; when this returns, it survives a crash."""

    def forget(self) -> None:
        """Its outcome is known."""


class LooseSheet:
    """A memory that lasts as long as the process: enough for a pump in the same process."""

    def __init__(self) -> None:
        self._pending: Pending | None = None

    def pending(self) -> Pending | None:
        """The command under way, None if there is none."""
        return self._pending

    def keep(self, pending: Pending) -> None:
        """Remember it."""
        self._pending = pending

    def forget(self) -> None:
        """Its outcome is known."""
        self._pending = None
