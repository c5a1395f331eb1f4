"""A session's port over the link: it opens the link when there is something to ask."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from thecal.link.end import IDLE_S
from thecal.link.errors import LinkError
from thecal.link.transports.channel import OnProgress
from thecal.link.transports.transport import UnreachableError
from thecal.programmer.session.port import LinkLostError, NotAnAnswerError, SpokenPort
from thecal.pump.decoding import NotLanguageError, decode
from thecal.pump.language import Accepted, Answer, EndSession, Refused, Request, encode

_FRESH_S = IDLE_S / 2


class OpenChannel(Protocol):
    """What the port needs of a channel."""

    def ask(self, request: bytes, on_progress: OnProgress | None = None) -> bytes:
        """One request and its answer; raises LinkError."""

    def close(self) -> None:
        """End it."""


class LinkPort(SpokenPort):
    """A pump at the other end of the link.

    A person may think about a review for longer than the pump keeps an idle link open. So a link
    that has been idle for long is closed before, and opened anew when there is something to ask:
    an update names the revision that its editor saw, whichever session it comes in.
    """

    def __init__(
        self,
        open_channel: Callable[[], OpenChannel],
        *,
        on_progress: OnProgress | None = None,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._open, self._on_progress, self._now_s = open_channel, on_progress, now_s
        self._channel: OpenChannel | None = None
        self._last_s = 0.0

    def ask(self, request: Request) -> Answer:
        """One request and its answer.

        Raises:
            LinkLostError: the link could not be opened, or broke off.
        """
        try:
            answer = self._live().ask(encode(request), self._on_progress)
        except UnreachableError as error:
            raise LinkLostError(str(error), sent=False, code="unreachable") from error
        except LinkError as error:
            self.close()
            raise LinkLostError(str(error), sent=error.sent, code=str(error.code)) from error
        self._last_s = self._now_s()
        try:
            reply: Answer = decode(answer)
        except NotLanguageError as error:
            raise NotAnAnswerError(f"the pump's answer is none: {error}") from error
        return reply

    def _live(self) -> OpenChannel:
        if self._channel is not None and self._now_s() - self._last_s > _FRESH_S:
            self.close()
        if self._channel is None:
            self._channel = self._open()
            self._last_s = self._now_s()
        return self._channel

    def end(self) -> Refused | None:
        """End the session well, unless the pump refuses it."""
        reply = self.ask(EndSession())
        if isinstance(reply, Refused):
            return reply
        if not isinstance(reply, Accepted):
            raise NotAnAnswerError(f"asked to end, the pump answered {type(reply).__name__}")
        self.close()
        return None

    def end_if_open(self) -> None:
        """End the session well if that can be had; what was done is done either way."""
        if self._channel is not None:
            with suppress(LinkLostError):
                self.end()

    def close(self) -> None:
        """Let go of the link; safe to call again."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None
