"""All that a bench pump remembers: the twin, its paired keys, and what makes it this pump."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cbor2

from thecal.link.cards import PairingCard
from thecal.link.keys import StaticKey
from thecal.link.register import Register
from thecal.link.roles import PAIRED_ROLES, Role
from thecal.pump import PumpProfile, Twin

VERSION = 1
"""Of the form that a snapshot has."""


class NotAMemoryError(ValueError):
    """A snapshot of another version, or none at all."""


@dataclass(slots=True)
class Memory:
    """A pump as it leaves the factory, and what has become of it.

    The profile is kept with the pump: its limits stay those that it was made with, whatever the
    catalogue says later.

    Attributes:
        secrets: the pairing secret of each role that can be paired.
    """

    twin: Twin
    key: StaticKey
    secrets: dict[Role, bytes]
    register: Register

    @classmethod
    def new(cls, twin: Twin) -> Memory:
        """A pump that is new: fresh keys, fresh secrets, nobody paired."""
        serial = twin.controller.state.serial
        secrets = {role: PairingCard.generate(serial, role).secret for role in PAIRED_ROLES}
        return cls(twin, StaticKey.generate(), secrets, Register())

    @property
    def serial(self) -> str:
        """What the pump answers to."""
        return self.twin.controller.state.serial

    @property
    def mark(self) -> str:
        """A short sign of all that was logged: it tells whether a replay came out the same."""
        return self.twin.controller.log.digest[:16]

    def card(self, role: Role) -> PairingCard:
        """The pairing card of a role."""
        return PairingCard(self.serial, role, self.secrets[role])

    def to_bytes(self) -> bytes:
        """A snapshot in canonical CBOR; it holds the pump's secrets."""
        values = {
            "version": VERSION,
            "profile": self.twin.profile.to_plain(),
            "twin": self.twin.to_plain(),
            "key": self.key.private,
            "secrets": {str(role): secret for role, secret in self.secrets.items()},
            "register": self.register.to_plain(),
        }
        return cbor2.dumps(values, canonical=True)

    @classmethod
    def from_bytes(cls, data: bytes) -> Memory:
        """The memory that :meth:`to_bytes` gave.

        Raises:
            NotAMemoryError: another version, or not whole.
        """
        values = cbor2.loads(data)
        if not isinstance(values, dict) or values.get("version") != VERSION:
            raise NotAMemoryError(f"expected a snapshot of version {VERSION}")
        try:
            return cls._read(values)
        except (KeyError, TypeError, ValueError) as error:
            raise NotAMemoryError(f"not a whole snapshot: {error}") from error

    @classmethod
    def _read(cls, values: dict[str, Any]) -> Memory:
        twin = Twin.from_plain(PumpProfile.from_plain(values["profile"]), values["twin"])
        secrets = {Role(role): secret for role, secret in values["secrets"].items()}
        register = Register.from_plain(values["register"])
        return cls(twin, StaticKey(values["key"]), secrets, register)
