"""Messages in parts: cut to fit sealed frames, put together in order or not at all (§5)."""

from __future__ import annotations

import struct

from thecal.link.errors import LinkError, LinkErrorCode
from thecal.link.frames import MAX_PLAINTEXT_BYTES

_HEADER = struct.Struct(">IHH")
PART_BYTES = MAX_PLAINTEXT_BYTES - _HEADER.size
MAX_PARTS = 64
MAX_MESSAGE_BYTES = MAX_PARTS * PART_BYTES


def cut(message: bytes, number: int) -> list[bytes]:
    """The plaintexts of a message's sealed frames; ``number`` counts messages of one direction.

    Raises:
        LinkError: ``oversize`` if it is longer than 65,024 bytes.
        ValueError: an empty message.
    """
    if not message:
        raise ValueError("a message has at least one byte")
    if len(message) > MAX_MESSAGE_BYTES:
        raise LinkError(LinkErrorCode.OVERSIZE, bytes=len(message), limit=MAX_MESSAGE_BYTES)
    pieces = [message[i : i + PART_BYTES] for i in range(0, len(message), PART_BYTES)]
    return [_HEADER.pack(number, i, len(pieces)) + piece for i, piece in enumerate(pieces)]


class PartReader:
    """Puts the messages of one direction together; holds never more than one."""

    def __init__(self) -> None:
        self._number = 0
        self._held = bytearray()
        self.parts = 0
        """How many parts the message has that is coming in, 0 between two."""
        self.done = 0
        """How many of them have come."""

    def read(self, plaintext: bytes) -> bytes | None:
        """The message that this part completes, or None while more must follow.

        Raises:
            LinkError: ``bad-sequence``.
        """
        if len(plaintext) <= _HEADER.size:
            raise LinkError(LinkErrorCode.BAD_SEQUENCE)
        number, part, parts = _HEADER.unpack_from(plaintext)
        self._check(number, part, parts, len(plaintext) - _HEADER.size)
        self._held += plaintext[_HEADER.size :]
        self.parts, self.done = parts, part + 1
        return self._whole() if self.done == parts else None

    def _check(self, number: int, part: int, parts: int, length: int) -> None:
        in_order = number == self._number and part == self.done and part < parts <= MAX_PARTS
        same = self.done == 0 or parts == self.parts
        filled = length == PART_BYTES or (part == parts - 1 and length < PART_BYTES)
        if not (in_order and same and filled):
            raise LinkError(LinkErrorCode.BAD_SEQUENCE)

    def _whole(self) -> bytes:
        message = bytes(self._held)
        self._held = bytearray()
        self._number += 1
        self.parts = self.done = 0
        return message
