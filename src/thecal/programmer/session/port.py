"""The ports of a session: what stands between it and a pump, whatever the way there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Protocol

from thecal.pump.holding import Holding
from thecal.pump.language import (
    Accepted,
    Answer,
    EndSession,
    Interrogate,
    ListKeys,
    RefusalCode,
    Refused,
    RemoveKey,
    Request,
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
    def ask(self, request: Request) -> Answer:
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


class TwinPort(SpokenPort):
    """A pump twin in this process."""

    def __init__(self, twin: Twin) -> None:
        self._twin, self._changed = twin, False

    def ask(self, request: Request) -> Answer:
        """The twin's answer; no link can break here.

        Raises:
            NotAnAnswerError: a request that is for a link's own end.
        """
        if isinstance(request, EndSession | ListKeys | RemoveKey):
            raise NotAnAnswerError(f"a twin alone has no answer to {type(request).__name__}")
        reply = self._twin.send(request)
        self._changed |= isinstance(reply, Accepted)
        return reply

    def end(self) -> Refused | None:
        """Refused while the twin stands still by anything but an order."""
        if self._twin.controller.stands_unordered(changed=self._changed):
            return Refused("", RefusalCode.NOT_DELIVERING)
        return None
