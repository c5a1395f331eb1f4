"""A session with one pump, by the table in ``states``.

Whatever breaks off, it can say whether the pump holds the old settings or the new, or that this
is not known.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from time import time

from thecal.programmer.session.outcome import Outcome, Result
from thecal.programmer.session.pending import LooseSheet, Memory, Pending
from thecal.programmer.session.port import LinkLostError, PumpPort, Reading
from thecal.programmer.session.states import TRANSITIONS, Event, NotNowError, State, following
from thecal.pump.holding import Holding
from thecal.pump.language import (
    Accepted,
    Ceiling,
    Fill,
    Program,
    RefusalCode,
    Refused,
    Update,
)

_ID_BYTES = 16
_ANSWERED_BEFORE = {RefusalCode.ID_REUSED, RefusalCode.ID_SPENT}


class PumpStandsError(RuntimeError):
    """The session cannot end: the pump stands still, and nobody ordered it to."""

    def __init__(self, refusal: Refused) -> None:
        super().__init__("the pump stands still, and not by an order")
        self.refusal = refusal


class NothingReadError(RuntimeError):
    """Asked for what the pump holds before it was interrogated."""


@dataclass(frozen=True, slots=True)
class Edit:
    """The settings that are to change; None stays as it is."""

    program: Program | None = None
    fill: Fill | None = None
    ceiling: Ceiling | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What a person reviews: the pump as it is, and as it would be."""

    old: Holding
    new: Holding


def random_id() -> str:
    """A command id that no other programmer draws."""
    return secrets.token_hex(_ID_BYTES)


class Session:
    """One programmer with one pump.

    A command whose outcome is not known stays in ``memory``; a session that finds one there
    begins in ``unknown``, and :meth:`reconcile` comes before anything else.
    """

    def __init__(
        self,
        port: PumpPort,
        memory: Memory | None = None,
        *,
        utc_s: Callable[[], float] = time,
        new_id: Callable[[], str] = random_id,
        on_state: Callable[[State], None] = lambda _: None,
    ) -> None:
        """Begin.

        Args:
            port: the way to the pump.
            memory: where a command under way is kept; None: in this process.
            utc_s: the programmer's clock, in Unix seconds.
            new_id: draws command ids.
            on_state: told of each state as it is reached.
        """
        self._on_state = on_state
        self._port, self._memory = port, LooseSheet() if memory is None else memory
        self._utc_s, self._new_id = utc_s, new_id
        self._edit = Edit()
        self.reading: Reading | None = None
        self.state = State.NEW if self._memory.pending() is None else State.UNKNOWN

    @property
    def pending(self) -> Pending | None:
        """The command whose outcome is not known."""
        return self._memory.pending()

    @property
    def holding(self) -> Holding:
        """What the pump held when it was last read.

        Raises:
            NothingReadError: it was not read yet.
        """
        if self.reading is None:
            raise NothingReadError
        return self.reading.holding

    # Interrogate, edit, review

    def interrogate(self) -> Reading:
        """Read the pump.

        Raises:
            LinkLostError: the session is over.
            NotNowError: it was read, or a command is under way.
        """
        self._require(Event.INTERROGATE)
        try:
            self.reading = self._port.read()
        except LinkLostError:
            self._go(Event.LINK_LOST)
            raise
        self._go(Event.INTERROGATE)
        return self.reading

    def edit(self, edit: Edit) -> None:
        """Lay down what is to change; a second edit replaces the first.

        Raises:
            NotNowError: nothing was read, or a command is under way.
        """
        self._go(Event.EDIT)
        self._edit = edit

    def review(self) -> Change:
        """The pump as it is and as it would be.

        Raises:
            NotNowError: there is no edit.
        """
        self._go(Event.REVIEW)
        return Change(self.holding, self.holding.after(self._update("")))

    def abandon(self) -> None:
        """Drop the edit.

        Raises:
            NotNowError: there is none.
        """
        self._go(Event.ABANDON)
        self._edit = Edit()

    # Send and read back

    def confirm(self) -> Result:
        """Send what was reviewed, read the pump back and compare.

        Raises:
            NotNowError: it was not reviewed.
        """
        self._require(Event.CONFIRM)
        pending = Pending(self._update(self._new_id()), self.holding, int(self._utc_s()))
        self._memory.keep(pending)
        self._go(Event.CONFIRM)
        try:
            reply = self._port.send(pending.update)
        except LinkLostError as lost:
            return self._broken_off(pending, lost)
        if isinstance(reply, Accepted):
            self._go(Event.ACCEPTED)
            return self._read_back(pending)
        return self._refused(pending, reply)

    def _update(self, command_id: str) -> Update:
        edit = self._edit
        return Update(command_id, self.holding.revision, edit.program, edit.fill, edit.ceiling)

    def _broken_off(self, pending: Pending, lost: LinkLostError) -> Result:
        if lost.sent:
            self._go(Event.LINK_LOST)
            return Result(Outcome.UNKNOWN, pending, self.reading, why=str(lost))
        self._memory.forget()
        self._go(Event.NOT_SENT)
        return Result(Outcome.NOT_DONE, pending, self.reading, why=f"nothing was sent: {lost}")

    def _refused(self, pending: Pending, refusal: Refused) -> Result:
        self._memory.forget()
        stale = refusal.code is RefusalCode.STALE_EDIT
        self._go(Event.STALE if stale else Event.REFUSED)
        outcome = Outcome.STALE if stale else Outcome.REFUSED
        return Result(outcome, pending, self.reading, refusal)

    def _read_back(self, pending: Pending) -> Result:
        try:
            self.reading = self._port.read()
        except LinkLostError as lost:
            self._go(Event.LINK_LOST)
            return Result(Outcome.UNKNOWN, pending, self.reading, why=str(lost))
        self._memory.forget()
        same = self.holding.same_settings(pending.wanted)
        self._go(Event.SAME if same else Event.OTHER)
        return Result(Outcome.VERIFIED if same else Outcome.MISMATCH, pending, self.reading)

    # Reconcile

    def reconcile(self) -> Result:
        """Find out what became of the command under way, on a new contact.

        While the confirmation stands, the same command with the same id goes out again: the pump
        acts now, once, or repeats its first answer, or refuses it as stale. An older command is
        made void: its id goes out with nothing to do, so that the pump refuses whatever may
        still come under that id.

        Raises:
            NotNowError: no command is under way.
        """
        pending = self._memory.pending()
        if pending is None:
            raise NotNowError(self.state, Event.HOLDS_NEW)
        self._require(Event.HOLDS_NEW)
        try:
            reply = self._answer_again(pending)
            self.reading = self._port.read()
        except LinkLostError as lost:
            self._go(Event.LINK_LOST)
            return Result(Outcome.UNKNOWN, pending, self.reading, why=str(lost))
        return self._settle(pending, reply)

    def _answer_again(self, pending: Pending) -> Accepted | Refused:
        """The pump's first answer to the command, or the refusal that makes it void."""
        if not pending.stands(int(self._utc_s())):
            update = pending.update
            void = self._port.send(Update(update.command_id, update.expected_revision))
            if not (isinstance(void, Refused) and void.code in _ANSWERED_BEFORE):
                return void
        return self._port.send(pending.update)

    def _settle(self, pending: Pending, reply: Accepted | Refused) -> Result:
        self._memory.forget()
        refusal = reply if isinstance(reply, Refused) else None
        if self.holding.same_settings(pending.wanted):
            self._go(Event.HOLDS_NEW)
            return Result(Outcome.VERIFIED, pending, self.reading)
        if refusal is not None and self.holding.same_settings(pending.before):
            self._go(Event.HOLDS_OLD)
            return Result(Outcome.NOT_DONE, pending, self.reading, refusal)
        self._go(Event.HOLDS_NEITHER)
        why = "the pump acted on it, and was changed since" if refusal is None else ""
        return Result(Outcome.MISMATCH, pending, self.reading, refusal, why)

    # End

    def end(self) -> bool:
        """End the session; False if the link broke off instead, which ends it too.

        Raises:
            PumpStandsError: the pump stands still without an order; the session goes on.
            NotNowError: an edit or a command is under way.
        """
        self._require(Event.END)
        try:
            refusal = self._port.end()
        except LinkLostError:
            self._go(Event.LINK_LOST)
            return False
        if refusal is not None:
            raise PumpStandsError(refusal)
        self._go(Event.END)
        return True

    def _require(self, event: Event) -> None:
        if (self.state, event) not in TRANSITIONS:
            raise NotNowError(self.state, event)

    def _go(self, event: Event) -> None:
        self.state = following(self.state, event)
        self._on_state(self.state)
