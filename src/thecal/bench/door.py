"""The door through which the bench reaches a pump that runs: a socket in the pump's folder.

Whoever may write into the folder may knock. One request, one answer, both one CBOR value.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cbor2

from thecal.bench.folder import DOOR

MOST_BYTES = 1 << 20
PATIENCE_S = 30.0
_LONGEST_SOCKET_PATH = 100
"""The system takes 107 bytes, some systems 103."""

Knock = Callable[[dict[str, Any]], dict[str, Any]]


class NobodyHomeError(Exception):
    """No process runs the pump."""


@contextlib.contextmanager
def _short(folder: Path) -> Iterator[str]:
    """A path of the door that a socket takes, however deep the folder lies."""
    path = str(folder / DOOR)
    if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH:
        yield path
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{descriptor}/{DOOR}"
    finally:
        os.close(descriptor)


class Door:
    """The running process's side."""

    def __init__(self, folder: Path, knock: Knock) -> None:
        """Answer each request with what ``knock`` gives."""
        self._folder, self._knock = folder, knock
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Make the socket; one that a killed process left is cleared away.

        Raises:
            OSError: it cannot be made here.
        """
        (self._folder / DOOR).unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with _short(self._folder) as path:
                listening.bind(path)
            (self._folder / DOOR).chmod(0o600)
            self._server = await asyncio.start_unix_server(self._visited, sock=listening)
        except BaseException:
            listening.close()
            raise

    async def _visited(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, TimeoutError, cbor2.CBORDecodeError):
            async with asyncio.timeout(PATIENCE_S):
                asked = cbor2.loads(await _whole(reader))
                writer.write(cbor2.dumps(self._knock(asked)))
                await writer.drain()
        writer.close()

    def close(self) -> None:
        """Take the socket away."""
        if self._server is not None:
            self._server.close()
            (self._folder / DOOR).unlink(missing_ok=True)


async def _whole(reader: asyncio.StreamReader) -> bytes:
    data = b""
    while len(data) < MOST_BYTES and (chunk := await reader.read(MOST_BYTES)):
        data += chunk
    return data


def knock_at(folder: Path, asked: dict[str, Any]) -> dict[str, Any]:
    """Ask the process that runs a pump.

    Raises:
        NobodyHomeError: none does.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as knocking:
        knocking.settimeout(PATIENCE_S)
        try:
            with _short(folder) as path:
                knocking.connect(path)
            knocking.sendall(cbor2.dumps(asked))
            knocking.shutdown(socket.SHUT_WR)
            answer: dict[str, Any] = cbor2.loads(_read_all(knocking))
        except (OSError, cbor2.CBORDecodeError) as error:
            raise NobodyHomeError(f"{folder}: no process runs this pump") from error
    return answer


def _read_all(knocking: socket.socket) -> bytes:
    data = bytearray()
    while len(data) < MOST_BYTES:
        chunk = knocking.recv(65_536)
        if not chunk:
            break
        data += chunk
    return bytes(data)
