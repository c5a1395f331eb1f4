"""CBOR from strangers: only plain values in their canonical form, bounded before it is decoded.

A general CBOR reader follows tags, and with them shared references: a few kilobytes can stand for
gigabytes. Here a walk over the bytes lets through integers, byte and text strings, arrays, maps,
false, true and null, of definite and shortest length, nested so deep and no deeper.
"""

from __future__ import annotations

from typing import Any

import cbor2

_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _SIMPLE = 0, 1, 2, 3, 4, 5, 7
_PLAIN_SIMPLE = (20, 21, 22)
_ONE_BYTE_ARGUMENT, _EIGHT_BYTE_ARGUMENT = 24, 27
_LEAST_OF_WIDTH = {1: 24, 2: 1 << 8, 4: 1 << 16, 8: 1 << 32}


class NotPlainError(ValueError):
    """Bytes that are no plain canonical CBOR within the bounds."""


def read(data: bytes, *, max_bytes: int, max_depth: int) -> Any:
    """The plain value whose canonical form ``data`` is.

    Raises:
        NotPlainError: longer, deeper, tagged, indefinite, not canonical, cut or followed by more.
    """
    if len(data) > max_bytes:
        raise NotPlainError(f"more than {max_bytes} bytes")
    _walk(data, max_depth)
    try:
        value = cbor2.loads(data)
        canonical = write(value)
    except (cbor2.CBORError, ValueError, TypeError) as error:
        raise NotPlainError(f"not CBOR: {type(error).__name__}") from error
    if canonical != data:
        raise NotPlainError("not the canonical form")
    return value


def write(value: Any) -> bytes:
    """The canonical form of a plain value."""
    return cbor2.dumps(value, canonical=True)


def _walk(data: bytes, max_depth: int) -> None:
    pending, position = [1], 0
    while pending:
        if pending[-1] == 0:
            pending.pop()
            continue
        pending[-1] -= 1
        major, argument, position = _head(data, position)
        if major in (_BYTES, _TEXT):
            position += argument
        elif major in (_ARRAY, _MAP):
            pending.append(argument * (2 if major == _MAP else 1))
        if len(pending) > max_depth + 1 or position + pending[-1] > len(data):
            raise NotPlainError("nested too deep, or cut")
    if position != len(data):
        raise NotPlainError("followed by more")


def _head(data: bytes, position: int) -> tuple[int, int, int]:
    """The major type and argument of the item at ``position``, and where what follows begins."""
    if position >= len(data):
        raise NotPlainError("cut")
    major, low = data[position] >> 5, data[position] & 0x1F
    if major == _SIMPLE and low in _PLAIN_SIMPLE:
        return major, 0, position + 1
    if major > _MAP or low > _EIGHT_BYTE_ARGUMENT:
        raise NotPlainError("a tag, a float or an indefinite length")
    if low < _ONE_BYTE_ARGUMENT:
        return major, low, position + 1
    width = 1 << (low - _ONE_BYTE_ARGUMENT)
    argument = int.from_bytes(data[position + 1 : position + 1 + width], "big")
    if argument < _LEAST_OF_WIDTH[width]:
        raise NotPlainError("not the shortest form, or cut")
    return major, argument, position + 1 + width
