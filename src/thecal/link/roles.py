"""Who may be at an end of the link: roles, purposes, and what a pump or a party may be called."""

from __future__ import annotations

import re
from enum import StrEnum

MAX_NAME_BYTES = 64
"""The longest name that a party may give itself, in UTF-8 (§4.1)."""

_SERIAL = re.compile(r"[A-Za-z0-9._-]{1,32}")


class Role(StrEnum):
    """In what part somebody speaks to a pump (§1)."""

    CLINICIAN = "clinician"
    PATIENT = "patient"
    READER = "reader"
    EMERGENCY = "emergency"


PAIRED_ROLES = (Role.CLINICIAN, Role.PATIENT, Role.READER)
"""The roles that a key can be paired in; an emergency needs no key that the pump knows."""


class Purpose(StrEnum):
    """What a contact is for (§3); each has its handshake (§4)."""

    PAIR = "pair"
    SESSION = "session"
    EMERGENCY = "emergency"


def is_serial(text: object) -> bool:
    """Whether this can be a pump's serial: 1 to 32 letters, digits, dots, dashes, underlines."""
    return isinstance(text, str) and _SERIAL.fullmatch(text) is not None


def read_name(data: bytes) -> str:
    """A party's own name from its bytes.

    Raises:
        ValueError: not 1 to 64 bytes of printable UTF-8.
    """
    name = data.decode("utf-8")
    if not 1 <= len(data) <= MAX_NAME_BYTES or not name.isprintable():
        raise ValueError("a party's name is 1 to 64 bytes of printable UTF-8")
    return name
