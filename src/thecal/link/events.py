"""What an end of the link tells its owner."""

from __future__ import annotations

from dataclasses import dataclass

from thecal.link.errors import LinkErrorCode
from thecal.link.roles import Role


@dataclass(frozen=True, slots=True)
class Opened:
    """The session stands, and the other end is alive.

    Attributes:
        key: the other end's static public key.
        role: the role in which the party speaks; the pump's register decided it.
        name: at the pump, the party's own name (empty in an emergency); at the party, the serial.
    """

    key: bytes
    role: Role
    name: str


@dataclass(frozen=True, slots=True)
class Paired:
    """A key was paired.

    At the pump: that of the party, in the register already. Keep the register before the end's
    output is sent on: the output tells the party that it is paired. At the party: that of the pump,
    to be kept; ``name`` is the pump's serial.
    """

    key: bytes
    role: Role
    name: str


@dataclass(frozen=True, slots=True)
class Request:
    """At the pump: a whole message, to be answered before the next."""

    message: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """At the party: the whole answer to its request."""

    message: bytes


@dataclass(frozen=True, slots=True)
class Progress:
    """A part of a longer message came in."""

    done_parts: int
    parts: int


@dataclass(frozen=True, slots=True)
class FellAsleep:
    """At the pump: the first contact without a token since the meter was full."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The end is closed for good.

    Attributes:
        code: why; None if no error ended it.
        told: the code came in a farewell, which anybody can forge.
        facts: what is known beside it.
    """

    code: LinkErrorCode | None
    told: bool = False
    facts: tuple[tuple[str, object], ...] = ()


Event = Opened | Paired | Request | Answer | Progress | FellAsleep | Closed
