"""Hellos: the only plain words before the handshake, which binds them (§3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from thecal.link import strict_cbor
from thecal.link.errors import LinkError, LinkErrorCode
from thecal.link.frames import MAX_BODY_BYTES, FrameKind
from thecal.link.roles import PAIRED_ROLES, Purpose, Role, is_serial

LINK = "thecal"
VERSIONS = (1,)
"""The link versions that this code speaks, ascending."""
MAX_VERSIONS = 8
_MAX_DEPTH = 2
_HIGHEST_VERSION = 65_535


@dataclass(frozen=True, slots=True)
class PartyHello:
    """What a party says first."""

    versions: tuple[int, ...]
    purpose: Purpose
    role: Role

    def pack(self) -> bytes:
        """The body of the hello frame."""
        return strict_cbor.write(
            {
                "link": LINK,
                "versions": list(self.versions),
                "purpose": str(self.purpose),
                "role": str(self.role),
            }
        )

    @classmethod
    def read(cls, body: bytes) -> PartyHello:
        """A party's hello from its body.

        Raises:
            LinkError: ``malformed-hello``.
        """
        plain = _map(body, {"link", "versions", "purpose", "role"})
        try:
            hello = cls(
                _versions(plain["versions"]), Purpose(plain["purpose"]), Role(plain["role"])
            )
        except ValueError as error:
            raise LinkError(LinkErrorCode.MALFORMED_HELLO) from error
        if hello.purpose is not Purpose.EMERGENCY and hello.role not in PAIRED_ROLES:
            raise LinkError(LinkErrorCode.MALFORMED_HELLO)
        return hello


@dataclass(frozen=True, slots=True)
class PumpHello:
    """What a pump answers: the only thing that it tells to anybody is its serial."""

    serial: str
    version: int

    def pack(self) -> bytes:
        """The body of the hello frame."""
        return strict_cbor.write({"link": LINK, "serial": self.serial, "version": self.version})

    @classmethod
    def read(cls, body: bytes) -> PumpHello:
        """A pump's hello from its body.

        Raises:
            LinkError: ``malformed-hello``.
        """
        plain = _map(body, {"link", "serial", "version"})
        if not is_serial(plain["serial"]) or not _is_version(plain["version"]):
            raise LinkError(LinkErrorCode.MALFORMED_HELLO)
        return cls(plain["serial"], plain["version"])


def highest_common(offered: tuple[int, ...], spoken: tuple[int, ...]) -> int:
    """The highest version in both.

    Raises:
        LinkError: ``version`` if there is none.
    """
    common = set(offered) & set(spoken)
    if not common:
        raise LinkError(LinkErrorCode.VERSION, offered=list(offered), spoken=list(spoken))
    return max(common)


def _map(body: bytes, names: set[str]) -> dict[str, Any]:
    try:
        limit = MAX_BODY_BYTES[FrameKind.HELLO]
        plain = strict_cbor.read(body, max_bytes=limit, max_depth=_MAX_DEPTH)
    except strict_cbor.NotPlainError as error:
        raise LinkError(LinkErrorCode.MALFORMED_HELLO) from error
    if not isinstance(plain, dict) or set(plain) != names or plain["link"] != LINK:
        raise LinkError(LinkErrorCode.MALFORMED_HELLO)
    return plain


def _is_version(value: object) -> bool:
    return type(value) is int and 1 <= value <= _HIGHEST_VERSION


def _versions(value: object) -> tuple[int, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_VERSIONS:
        raise ValueError("versions are a list of 1 to 8")
    if not all(_is_version(v) for v in value) or sorted(set(value)) != value:
        raise ValueError("versions are integers, ascending")
    return tuple(value)
