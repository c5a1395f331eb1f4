"""The two forms of a language value: plain maps, and canonical CBOR."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Any

import cbor2


def plain(value: Any) -> Any:
    """A language value as plain maps, lists, integers and texts, field names as keys."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            "kind": type(value).__name__,
            **{field.name: plain(getattr(value, field.name)) for field in fields(value)},
        }
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, StrEnum) else value


def encode(value: Any) -> bytes:
    """The canonical CBOR form of a language value: equal values give equal bytes."""
    return cbor2.dumps(plain(value), canonical=True)
