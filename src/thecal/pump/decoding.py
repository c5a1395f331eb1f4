"""Read the pump's language back from its CBOR form: strictly, for it may come from anyone."""

from __future__ import annotations

from dataclasses import is_dataclass
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from thecal.link import strict_cbor
from thecal.link.parts import MAX_MESSAGE_BYTES
from thecal.pump import language
from thecal.pump.language import encode

_MAX_DEPTH = 8


class NotLanguageError(ValueError):
    """Bytes or maps that are no value of the pump's language; the message says where."""


WIDEST = 1 << 63
"""Integers fit into 64 bits with their sign, as canonical CBOR writes them at the longest."""

_KINDS: dict[str, type[Any]] = {
    name: kind
    for name, kind in vars(language).items()
    if isinstance(kind, type) and is_dataclass(kind)
}


_HINTS: dict[type[Any], dict[str, Any]] = {kind: get_type_hints(kind) for kind in _KINDS.values()}


def decode(data: bytes) -> Any:
    """The value whose canonical form ``data`` is.

    Raises:
        NotLanguageError: too long, not CBOR, not canonical, an unknown kind, a missing or extra
            field, or a value of another type. Nothing large is built before that is known.
    """
    try:
        value = read(strict_cbor.read(data, max_bytes=MAX_MESSAGE_BYTES, max_depth=_MAX_DEPTH))
    except strict_cbor.NotPlainError as error:
        raise NotLanguageError(str(error)) from error
    if encode(value) != data:
        raise NotLanguageError("not the canonical form")
    return value


def read(plain: Any) -> Any:
    """The language value of a plain map with its ``kind``.

    Raises:
        NotLanguageError: as :func:`decode`.
    """
    kind = _KINDS.get(str(plain.get("kind"))) if isinstance(plain, dict) else None
    if kind is None:
        raise NotLanguageError("no known kind")
    return _fields(plain, kind)


def _fields(plain: dict[str, Any], kind: type[Any]) -> Any:
    hints = _HINTS[kind]
    if set(plain) != {"kind", *hints} or plain["kind"] != kind.__name__:
        raise NotLanguageError(f"expected the fields of {kind.__name__}")
    return kind(**{name: _fit(plain[name], hint, name) for name, hint in hints.items()})


def _fit(value: Any, hint: Any, name: str) -> Any:
    if isinstance(hint, UnionType):
        return _fit_one(value, get_args(hint), name)
    if get_origin(hint) is tuple and type(value) is list:
        return tuple(_fit(item, get_args(hint)[0], name) for item in value)
    if isinstance(hint, type) and is_dataclass(hint) and isinstance(value, dict):
        return _fields(value, hint)
    if isinstance(hint, type) and issubclass(hint, StrEnum) and value in list(hint):
        return hint(value)
    if hint is int and type(value) is int and not -WIDEST <= value < WIDEST:
        raise NotLanguageError(f"{name}: an integer of more than 64 bits")
    if hint in (int, str, bool) and type(value) is hint:
        return value
    raise NotLanguageError(f"{name}: unexpected {type(value).__name__}")


def _fit_one(value: Any, hints: tuple[Any, ...], name: str) -> Any:
    """The value as the first of several types that it fits."""
    if value is None and NoneType in hints:
        return None
    problem = NotLanguageError(f"{name}: unexpected {type(value).__name__}")
    for hint in hints:
        try:
            return _fit(value, hint, name)
        except NotLanguageError as error:
            problem = error if len(hints) == 2 else problem  # noqa: PLR2004  (X | None tells of X)
    raise problem
