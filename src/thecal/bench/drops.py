"""A link that breaks to order: after so many bytes the wire is cut, both ways, in mid-frame."""

from __future__ import annotations

from collections.abc import Callable

from thecal.link.events import Event
from thecal.link.pump_end import PumpEnd, PumpSide


class Wire:
    """How many more bytes pass, over all contacts and both ways; None while nothing is to break."""

    def __init__(self, cut: Callable[[], None]) -> None:
        """``cut`` ends every contact; it is called from within one of them."""
        self._cut = cut
        self._left: int | None = None

    def break_after(self, count: int) -> None:
        """Let ``count`` more bytes pass, then cut, once."""
        self._left = count
        if count == 0:
            self._cut()

    def passes(self, data: bytes) -> bytes:
        """What of these bytes still passes."""
        if self._left is None or not data:
            return data
        was, data = self._left, data[: self._left]
        self._left -= len(data)
        if self._left == 0 < was:
            self._cut()
        return data

    def mend(self) -> None:
        """Whoever comes next finds a whole wire."""
        self._left = None


class BreakableEnd(PumpEnd):
    """A pump's end on such a wire."""

    def __init__(self, pump: PumpSide, now_s: float, wire: Wire) -> None:
        super().__init__(pump, now_s)
        self._wire = wire

    def receive(self, data: bytes, now_s: float) -> list[Event]:
        """Take what the wire lets through."""
        return super().receive(self._wire.passes(data), now_s)

    def take_output(self) -> bytes:
        """Give what the wire lets through."""
        return self._wire.passes(super().take_output())
