"""A process that has loaded Thecal and forks: each child is a whole `thecal` of its own, at once.

Each line on standard input is a JSON object, each line on standard output its answer:

- ``start``: the command's words, the file for its output (``out``), and how it is to die
  (``deaths``, see :class:`Deaths`); the answer is the child's pid.
- ``ended``: a pid; the answer is its exit code (negative: the signal), or null while it runs.

Its children end with it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from thecal import cli
from thecal.bench import detached, door, hand, journal, process  # noqa: F401  (loaded before)


class Deaths:
    """Kills this process with SIGKILL in the midst of one write to a journal.

    ``at`` is ``[number, place]``: in the write of this number, counted from 0, after ``place``
    bytes; a place beyond the data is after it, before it is forced to disk (``len``) or after
    (``len + 1``). ``record`` is a file that takes the length of every write.
    """

    def __init__(self, at: list[int] | None, record: str | None) -> None:
        self._at, self._record, self._count = at, record, 0
        self._write, self._sync = journal._write, journal._sync
        self._length = 0

    def watch(self) -> None:
        """Stand between the journal and the system."""
        journal._write, journal._sync = self.write, self.sync

    def write(self, descriptor: int, data: bytes) -> None:
        number, self._count, self._length = self._count, self._count + 1, len(data)
        if self._record is not None:
            with Path(self._record).open("a") as file:
                file.write(f"{len(data)}\n")
        if self._at is not None and number == self._at[0] and self._at[1] <= len(data):
            self._write(descriptor, data[: self._at[1]])
            die()
        self._write(descriptor, data)

    def sync(self, descriptor: int) -> None:
        self._sync(descriptor)
        if self._at == [self._count - 1, self._length + 1]:
            die()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def child(asked: dict[str, Any]) -> None:
    out = os.open(asked["out"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for opened, number in ((nothing, 0), (out, 1), (out, 2)):
        os.dup2(opened, number)
    if asked["deaths"] is not None:
        Deaths(**asked["deaths"]).watch()
    sys.argv = ["thecal", *asked["start"]]
    cli.main()


def start(asked: dict[str, Any]) -> int:
    pid = os.fork()
    if pid == 0:
        code = 70
        try:
            child(asked)
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else 1
        finally:
            sys.stdout.flush()
            os._exit(code)
    return pid


class Children:
    """Those that were started; an ended one stays in the system's table until it is seen here."""

    def __init__(self) -> None:
        self._codes: dict[int, int | None] = {}

    def add(self, pid: int) -> int:
        self._codes[pid] = None
        return pid

    def ended(self, pid: int) -> int | None:
        if self._codes[pid] is None:
            seen, status = os.waitpid(pid, os.WNOHANG)
            self._codes[pid] = os.waitstatus_to_exitcode(status) if seen else None
        return self._codes[pid]

    def end(self) -> None:
        for pid in self._codes:
            if self.ended(pid) is None:
                os.kill(pid, signal.SIGKILL)


def main() -> None:
    children = Children()
    for line in sys.stdin:
        asked = json.loads(line)
        answer = children.add(start(asked)) if "start" in asked else children.ended(asked["ended"])
        print(json.dumps(answer), flush=True)
    children.end()


if __name__ == "__main__":
    main()
