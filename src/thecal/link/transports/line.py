"""A pair of file descriptors as a transport: what serial lines and FIFOs have in common."""

from __future__ import annotations

import os
import select
import time

CHUNK_BYTES = 65_536
_SEND_TIMEOUT_S = 30.0


class Line:
    """Reads one non-blocking descriptor and writes another, which may be the same."""

    def __init__(self, reading: int, writing: int) -> None:
        self._reading = reading
        self._writing = writing

    def send(self, data: bytes) -> None:
        """Send all of it."""
        until_s = time.monotonic() + _SEND_TIMEOUT_S
        rest = memoryview(data)
        while rest:
            if not select.select([], [self._writing], [], max(0, until_s - time.monotonic()))[1]:
                raise TimeoutError("the line takes no more bytes")
            rest = rest[self._write(rest) :]

    def receive(self, timeout_s: float) -> bytes:
        """What came in; b"" at the end."""
        if not select.select([self._reading], [], [], max(timeout_s, 0.0))[0]:
            raise TimeoutError("nothing came")
        return os.read(self._reading, CHUNK_BYTES)

    def discard(self) -> None:
        """Throw away what lies there from earlier."""
        while select.select([self._reading], [], [], 0)[0] and os.read(self._reading, CHUNK_BYTES):
            pass

    def close(self) -> None:
        """Close both descriptors."""
        for descriptor in {self._reading, self._writing}:
            os.close(descriptor)

    def _write(self, data: memoryview) -> int:
        try:
            return os.write(self._writing, data)
        except BlockingIOError:
            return 0
