"""What every transport can do, and how to get one for an address."""

from __future__ import annotations

from typing import Protocol

from thecal.link.transports.address import Address, PipeAddress, SerialAddress


class UnreachableError(OSError):
    """Nothing answers at an address; the message says why."""


class Transport(Protocol):
    """Bytes in order, both ways."""

    def send(self, data: bytes) -> None:
        """Send all of it.

        Raises:
            OSError: it could not be sent, or only a part of it.
        """

    def receive(self, timeout_s: float) -> bytes:
        """What came in, waiting for it at most so long; b"" if the other side ended.

        Raises:
            TimeoutError: nothing came.
            OSError: the transport broke.
        """

    def close(self) -> None:
        """Give it up."""


def connect(address: Address, timeout_s: float) -> Transport:
    """A transport to the pump at an address.

    Raises:
        UnreachableError: nothing answers there.
    """
    from thecal.link.transports.pipe import PipeTransport  # noqa: PLC0415
    from thecal.link.transports.serial import SerialTransport  # noqa: PLC0415
    from thecal.link.transports.tcp import TcpTransport  # noqa: PLC0415

    try:
        if isinstance(address, PipeAddress):
            return PipeTransport(address)
        if isinstance(address, SerialAddress):
            return SerialTransport(address)
        return TcpTransport(address, timeout_s)
    except OSError as error:
        raise UnreachableError(f"{address}: {error.strerror or error}") from error
