"""Pairing cards: the secret of one role of one pump, as printed for whoever may pair (§1)."""

from __future__ import annotations

import hashlib
import secrets
from base64 import b32decode, b32encode
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from thecal.link.roles import PAIRED_ROLES, Role, is_serial

SECRET_BYTES = 32
_HEADING = "THECAL-PAIR 1"
_CHECK_LETTERS = 8
_GROUP = 4
_FIELDS = 5
_MAX_CARD_LETTERS = 512


class CardError(ValueError):
    """A text that is no pairing card; the message says why and never shows the secret."""


@dataclass(frozen=True, slots=True)
class PairingCard:
    """What lets its holder pair one key in one role with one pump.

    Attributes:
        secret: 32 random bytes, shared by the pump and the card; never shown by ``repr``.
    """

    serial: str
    role: Role
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not is_serial(self.serial):
            raise CardError("not a pump's serial")
        if self.role not in PAIRED_ROLES:
            raise CardError(f"there is no card for the role {self.role}")
        if len(self.secret) != SECRET_BYTES:
            raise CardError("a card's secret has 32 bytes")

    @classmethod
    def generate(cls, serial: str, role: Role) -> PairingCard:
        """A new card with a fresh secret."""
        return cls(serial, role, secrets.token_bytes(SECRET_BYTES))

    def print(self) -> str:
        """The card as two lines of text: what it says, and its check."""
        line = f"{_HEADING} {self.serial} {self.role} {_grouped(self.secret)}"
        return f"{line}\n{_check(line)}\n"

    @classmethod
    def parse(cls, text: str) -> PairingCard:
        """Read a printed card.

        Raises:
            CardError: another form, length, role or check. The text is not repeated.
        """
        line, check = _lines(text)
        if not secrets.compare_digest(_check(line).encode(), check.encode()):
            raise CardError("the card's check does not fit: a letter is wrong or missing")
        words = line.split(" ")
        if len(words) != _FIELDS or " ".join(words[:2]) != _HEADING:
            raise CardError(f"a card reads {_HEADING}, serial, role, secret")
        return cls(words[2], _role(words[3]), _secret(words[4]))


def pre_shared_key(serial: str, role: Role, secret: bytes) -> bytes:
    """The 32 bytes that both ends of a pairing mix in, from the role's pairing secret (§4.1)."""
    info = serial.encode() + b"\0" + role.encode()
    return HKDF(algorithm=SHA256(), length=SECRET_BYTES, salt=b"thecal pair", info=info).derive(
        secret
    )


def _lines(text: str) -> tuple[str, str]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(text) > _MAX_CARD_LETTERS or len(lines) != 2 or not text.isascii():  # noqa: PLR2004
        raise CardError("a card has two lines: what it says, and its check")
    return lines[0], lines[1]


def _grouped(secret: bytes) -> str:
    letters = b32encode(secret).decode().rstrip("=")
    return "-".join(letters[i : i + _GROUP] for i in range(0, len(letters), _GROUP))


def _check(line: str) -> str:
    return b32encode(hashlib.sha256(line.encode()).digest()).decode()[:_CHECK_LETTERS]


def _role(word: str) -> Role:
    try:
        return Role(word)
    except ValueError as error:
        raise CardError("the card names no role that there is") from error


def _secret(word: str) -> bytes:
    letters = word.replace("-", "")
    try:
        secret = b32decode(letters + "=" * (-len(letters) % 8))
    except ValueError as error:
        raise CardError("the card's secret is not base32") from error
    if _grouped(secret) != word:
        raise CardError("the card's secret is not in groups of four letters")
    return secret
