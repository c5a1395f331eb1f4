"""Draws inputs from honest ones: the same again for the same seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

_LONGEST = 80_000
_HEADS = (
    b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\xd8\x1c",
    b"\xd8\x1d\x00",
    b"\x9f",
    b"\xff",
    b"\xfb\x7f\xf8\x00\x00\x00\x00\x00\x00",
    b"\xc2\x58\x20",
    b"\x03\x00\x04\x10",
    b"\x01\x00\x01\x00",
    b"\x04\x00\x00\x00",
    b"\x02\x00\x00\x30",
)


def inputs(seeds: list[bytes], seed: int, count: int) -> Iterator[bytes]:
    """The honest inputs themselves, then ``count`` drawn from them."""
    chance = random.Random(seed)  # noqa: S311 - not for keys
    yield from seeds
    for _ in range(count):
        data = chance.choice(seeds) if chance.random() < 0.9 else b""  # noqa: PLR2004
        for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
            data = chance.choice(_CHANGES)(chance, data)[:_LONGEST]
        yield data


def _flip(chance: random.Random, data: bytes) -> bytes:
    if not data:
        return data
    k = chance.randrange(len(data))
    return data[:k] + bytes([data[k] ^ (1 << chance.randrange(8))]) + data[k + 1 :]


def _set(chance: random.Random, data: bytes) -> bytes:
    if not data:
        return data
    k = chance.randrange(len(data))
    return data[:k] + bytes([chance.choice((0, 1, 0x7F, 0x80, 0xFF))]) + data[k + 1 :]


def _cut(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randint(0, len(data))]


def _lose(chance: random.Random, data: bytes) -> bytes:
    start = chance.randint(0, len(data))
    return data[:start] + data[start + chance.randint(1, 16) :]


def _repeat(chance: random.Random, data: bytes) -> bytes:
    start = chance.randint(0, len(data))
    piece = data[start : start + chance.randint(1, 64)]
    return data[:start] + piece * chance.choice((2, 3, 50)) + data[start:]


def _insert_head(chance: random.Random, data: bytes) -> bytes:
    k = chance.randint(0, len(data))
    return data[:k] + chance.choice(_HEADS) + data[k:]


def _insert_noise(chance: random.Random, data: bytes) -> bytes:
    k = chance.randint(0, len(data))
    return data[:k] + chance.randbytes(chance.choice((1, 4, 16, 300))) + data[k:]


def _nest(chance: random.Random, data: bytes) -> bytes:
    return chance.choice((b"\x81", b"\xa1\x61k", b"\xd8\x1c\x81")) * chance.choice((3, 500)) + data


_CHANGES: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    _flip,
    _flip,
    _set,
    _cut,
    _lose,
    _repeat,
    _insert_head,
    _insert_noise,
    _nest,
)
