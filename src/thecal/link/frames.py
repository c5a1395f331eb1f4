"""Frames: a header of four bytes and a body, with limits that hold before anything is kept (§2)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum

from thecal.link.errors import LinkError, LinkErrorCode

HEADER_BYTES = 4
TAG_BYTES = 16
MAX_PLAINTEXT_BYTES = 1_024


class FrameKind(IntEnum):
    """What a frame carries."""

    HELLO = 1
    HANDSHAKE = 2
    SEALED = 3
    FAREWELL = 4


MAX_BODY_BYTES = {
    FrameKind.HELLO: 256,
    FrameKind.HANDSHAKE: 512,
    FrameKind.SEALED: MAX_PLAINTEXT_BYTES + TAG_BYTES,
    FrameKind.FAREWELL: 256,
}


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole frame."""

    kind: FrameKind
    body: bytes

    def pack(self) -> bytes:
        """The frame as it goes over the wire.

        Raises:
            ValueError: a body over the limit of its kind.
        """
        if len(self.body) > MAX_BODY_BYTES[self.kind]:
            raise ValueError(f"a {self.kind.name} frame holds {MAX_BODY_BYTES[self.kind]} bytes")
        return bytes((self.kind, 0)) + len(self.body).to_bytes(2, "big") + self.body


class FrameReader:
    """Puts one frame together from bytes as they come; holds never more than that one."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._wanted = HEADER_BYTES

    @property
    def begun(self) -> bool:
        """Whether a part of a frame is held."""
        return bool(self._held)

    def read(self, data: memoryview, expected: Collection[FrameKind]) -> tuple[Frame | None, int]:
        """Take bytes up to the end of one frame; give it if whole, and how many were taken.

        Raises:
            LinkError: ``unexpected-frame`` or ``oversize``, with the header, before its body.
        """
        taken = self._take(data)
        if len(self._held) == HEADER_BYTES == self._wanted:
            self._wanted += _body_length(self._held, expected)
            taken += self._take(data[taken:])
        if len(self._held) < self._wanted:
            return None, taken
        return self._whole(), taken

    def _take(self, data: memoryview) -> int:
        part = data[: self._wanted - len(self._held)]
        self._held += part
        return len(part)

    def _whole(self) -> Frame:
        frame = Frame(FrameKind(self._held[0]), bytes(self._held[HEADER_BYTES:]))
        self._held.clear()
        self._wanted = HEADER_BYTES
        return frame


def _body_length(header: bytearray, expected: Collection[FrameKind]) -> int:
    if header[0] not in expected or header[1] != 0:
        raise LinkError(LinkErrorCode.UNEXPECTED_FRAME)
    length = int.from_bytes(header[2:], "big")
    limit = MAX_BODY_BYTES[FrameKind(header[0])]
    if length > limit:
        raise LinkError(LinkErrorCode.OVERSIZE, bytes=length, limit=limit)
    return length
