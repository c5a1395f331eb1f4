"""TCP, as a party uses it."""

from __future__ import annotations

import socket

from thecal.link.transports.address import TcpAddress

CHUNK_BYTES = 65_536
_SEND_TIMEOUT_S = 30.0


class TcpTransport:
    """A connection to a pump that listens on a port."""

    def __init__(self, address: TcpAddress, timeout_s: float) -> None:
        self._socket = socket.create_connection((address.host, address.port), timeout_s)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data: bytes) -> None:
        """Send all of it."""
        self._socket.settimeout(_SEND_TIMEOUT_S)
        self._socket.sendall(data)

    def receive(self, timeout_s: float) -> bytes:
        """What came in; b"" at the end."""
        self._socket.settimeout(max(timeout_s, 0.001))
        return self._socket.recv(CHUNK_BYTES)

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()
