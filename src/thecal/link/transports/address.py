"""Addresses of pumps, as people write them (§10)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_HIGHEST_PORT = 65_535


class AddressError(ValueError):
    """A text that is no address; the message says what one looks like."""


@dataclass(frozen=True, slots=True)
class TcpAddress:
    """A pump that listens on a port."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class SerialAddress:
    """A pump at the other end of a serial line."""

    device: Path

    def __str__(self) -> str:
        return f"serial:{self.device}"


@dataclass(frozen=True, slots=True)
class PipeAddress:
    """A pump between two FIFOs, ``PATH.in`` (to the pump) and ``PATH.out``."""

    path: Path

    @property
    def to_pump(self) -> Path:
        """The FIFO that the pump reads."""
        return self.path.with_name(self.path.name + ".in")

    @property
    def from_pump(self) -> Path:
        """The FIFO that the pump writes."""
        return self.path.with_name(self.path.name + ".out")

    def __str__(self) -> str:
        return f"pipe:{self.path}"


Address = TcpAddress | SerialAddress | PipeAddress


def parse_address(text: str) -> Address:
    """The address that a text names.

    Raises:
        AddressError: none.
    """
    scheme, colon, rest = text.partition(":")
    if colon and scheme in ("serial", "pipe"):
        if not rest or "\0" in rest:
            raise AddressError(f"{scheme}: needs a path after it")
        return SerialAddress(Path(rest)) if scheme == "serial" else PipeAddress(Path(rest))
    return _tcp(text)


def _tcp(text: str) -> TcpAddress:
    host, _, port = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        host = ""
    if not host or not (port.isascii() and port.isdigit()) or not 0 < int(port) <= _HIGHEST_PORT:
        raise AddressError(f"{text!r} is no address: HOST:PORT, serial:DEVICE or pipe:PATH")
    return TcpAddress(host, int(port))
