"""The ports of a session: what stands between it and a pump, whatever the way there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Protocol

from thecal.pump.controller.alarms import AlarmName
from thecal.pump.controller.report import status
from thecal.pump.holding import Holding
from thecal.pump.language import (
    Accepted,
    Command,
    Interrogate,
    Mode,
    RefusalCode,
    Refused,
    Reply,
    Running,
    Status,
)
from thecal.pump.twin import Twin


class LinkLostError(RuntimeError):
    """The link broke off, or the pump did not answer in time.

    Attributes:
        sent: whether a part of the request may have left; if not, the pump knows nothing of it.
        code: the link's own name for what happened, empty where there is none.
    """

    def __init__(self, what: str, *, sent: bool, code: str = "") -> None:
        super().__init__(what)
        self.sent, self.code = sent, code


class NotAnAnswerError(LinkLostError):
    """The pump answered with something that is no answer to the question: nothing is known."""

    def __init__(self, what: str) -> None:
        super().__init__(what, sent=True)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a pump.

    Attributes:
        holding: its settings.
        status: all that it told; None where a person read the settings off a screen.
    """

    holding: Holding
    status: Status | None = None

    @classmethod
    def of(cls, status: Status) -> Reading:
        """The reading of an interrogation."""
        return cls(Holding.of(status), status)


class PumpPort(Protocol):
    """What a session needs of the way to a pump."""

    def read(self) -> Reading:
        """Interrogate the pump.

        Raises:
            LinkLostError: nothing was read.
        """

    def send(self, command: Any) -> Accepted | Refused:
        """Give the pump a command that carries an id.

        Raises:
            LinkLostError: the outcome is not known, unless nothing was sent.
        """

    def end(self) -> Refused | None:
        """End the session well; a refusal if the pump stands still without an order.

        Raises:
            LinkLostError: it ended by breaking off.
        """


class SpokenPort(ABC):
    """A port to a pump that speaks the pump's language."""

    @abstractmethod
    def ask(self, request: Command) -> Reply:
        """One request and its answer; raises LinkLostError."""

    def read(self) -> Reading:
        """Interrogate the pump."""
        reply = self.ask(Interrogate())
        if not isinstance(reply, Status):
            raise NotAnAnswerError(f"asked for a status, the pump answered {reply}")
        return Reading.of(reply)

    def send(self, command: Any) -> Accepted | Refused:
        """Give the pump a command that carries an id."""
        reply = self.ask(command)
        if not isinstance(reply, Accepted | Refused):
            raise NotAnAnswerError(f"gave a command, the pump answered {type(reply).__name__}")
        if reply.command_id != command.command_id:
            raise NotAnAnswerError("the pump answered another command")
        return reply


def stands_without_order(told: Status, since_revision: int) -> bool:
    """Whether a pump stands still by anything but an order (docs/link.md §9).

    ``since_revision`` is the revision at the session's start: a pump that had no program then
    and has been left alone stands as it stood.
    """
    if told.running in {Running.HELD, Running.EMPTY}:
        return True
    if told.running is not Running.STOPPED or told.mode is Mode.STOPPED:
        return False
    was_reset = any(alarm.name == AlarmName.RESET for alarm in told.alarms)
    return told.program is None and (was_reset or told.revision != since_revision)


class TwinPort(SpokenPort):
    """A pump twin in this process."""

    def __init__(self, twin: Twin) -> None:
        self._twin = twin
        self._since_revision = twin.controller.state.revision

    def ask(self, request: Command) -> Reply:
        """The twin's answer; no link can break here."""
        return self._twin.send(request)

    def end(self) -> Refused | None:
        """Refused while the twin stands still by anything but an order."""
        if stands_without_order(status(self._twin.controller.clock), self._since_revision):
            return Refused("", RefusalCode.STOPPED)
        return None
