"""A mail server of the plainest kind, on a socket: it keeps what it was given."""

from __future__ import annotations

import re
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Office(socketserver.ThreadingTCPServer):
    """The server; ``ids`` are the Message-IDs that it accepted, in order."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Clerk)
        self.ids: list[str] = []
        self.pause_s = 0.0

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])


class Clerk(socketserver.StreamRequestHandler):
    """One conversation in SMTP."""

    server: Office

    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline():
            word = line[:4].upper().strip()
            if word == b"QUIT":
                self._say("221 bye")
                return
            self._say("354 go on") if word == b"DATA" else self._say("250 ok")
            if word == b"DATA":
                self._take()

    def _take(self) -> None:
        text = b""
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            text += line
        found = re.search(rb"(?im)^message-id:\s*<([^>]+)>", text)
        assert found is not None
        time.sleep(self.server.pause_s)
        self.server.ids.append(found[1].decode())
        self._say("250 kept")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def open_office() -> Iterator[Office]:
    """A server for a while."""
    with Office() as office:
        thread = threading.Thread(target=office.serve_forever, daemon=True)
        thread.start()
        try:
            yield office
        finally:
            office.shutdown()
            thread.join()
