"""A ward: many bench pumps in one process, each with an address and a door of its own.

``python -m thecal.bench.ward FOLDER`` lets every pump in the folders of a folder run until its
standard input ends, or a signal comes. The first line of that input is a JSON object that gives
the address at which a pump is to be found, by serial; where it is taken, another is. It prints one
JSON object: the addresses as they became.

Unlike a pump alone, which stands still while no process runs it, a ward's pumps lived on: each is
brought to this computer's time before it answers anybody.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from thecal.bench.door import Door
from thecal.bench.folder import pumps_in
from thecal.bench.process import answer
from thecal.bench.pump import BenchPump
from thecal.bench.running import RunningPump
from thecal.link.transports.address import TcpAddress, parse_address

ANYWHERE = TcpAddress("127.0.0.1", 0)
_STDIN = 0


class Ward:
    """Pumps that run on one event loop, which is the one that is running when it is made."""

    def __init__(self, on_failure: Callable[[str], None] = lambda _line: None) -> None:
        """``on_failure`` is called when a pump's memory cannot be written any more."""
        self._on_failure = on_failure
        self._pumps: dict[str, tuple[RunningPump, Door]] = {}

    def __contains__(self, serial: str) -> bool:
        """Whether this pump is here."""
        return serial in self._pumps

    def __getitem__(self, serial: str) -> RunningPump:
        """A pump; raises KeyError if it is not here."""
        return self._pumps[serial][0]

    def __iter__(self) -> Iterator[RunningPump]:
        """Every pump that is here."""
        return iter([running for running, _ in self._pumps.values()])

    async def admit(self, pump: BenchPump, address: TcpAddress = ANYWHERE) -> str:
        """Let a pump run; the address at which it answers.

        Raises:
            OSError: its folder's door cannot be made, or no address is free.
        """
        serial = pump.memory.serial
        running = RunningPump(pump, on_failure=self._on_failure)
        door = Door(pump.folder, lambda asked: answer(running, asked, lambda: self.end(serial)))
        self._pumps[serial] = running, door
        await door.open()
        try:
            return await running.listen(address)
        except OSError:
            return await running.listen(TcpAddress(address.host, 0))

    def end(self, serial: str) -> None:
        """Let one pump run no more; it stays in its folder as it is."""
        running, door = self._pumps.pop(serial)
        door.close()
        running.close()

    def close(self) -> None:
        """Let none run any more."""
        for serial in list(self._pumps):
            self.end(serial)


def bring_to(pump: BenchPump, utc_s: int) -> None:
    """Let a pump's time pass until its own clock shows ``utc_s``; never backwards."""
    pump.advance(utc_s - pump.twin.controller.state.epoch_utc_s)
    pump.save_time()


async def run(folder: Path, wanted: Mapping[str, str]) -> None:
    """Let every pump of a folder run until standard input ends.

    Raises:
        FolderError, JournalDamagedError, OSError: a pump's folder cannot be used.
    """
    over = _told_to_end()
    ward = Ward()
    try:
        addresses = {}
        for one in pumps_in(folder):
            pump = BenchPump.open(one)
            bring_to(pump, int(time.time()))
            serial = pump.memory.serial
            addresses[serial] = await ward.admit(pump, _address(wanted.get(serial, "")))
        with suppress(BrokenPipeError):
            print(json.dumps(addresses), flush=True)
        await over
    finally:
        ward.close()


def _address(text: str) -> TcpAddress:
    found = parse_address(text) if text else ANYWHERE
    return found if isinstance(found, TcpAddress) else ANYWHERE


def _told_to_end() -> asyncio.Future[None]:
    """Done at a signal, or once standard input ends: with whoever started the ward."""
    loop = asyncio.get_running_loop()
    over: asyncio.Future[None] = loop.create_future()

    def end() -> None:
        if not over.done():
            over.set_result(None)

    def look() -> None:
        if not os.read(_STDIN, 1024):
            loop.remove_reader(_STDIN)
            end()

    loop.add_reader(_STDIN, look)
    loop.add_signal_handler(signal.SIGTERM, end)
    loop.add_signal_handler(signal.SIGINT, lambda: None)  # of the terminal's: whoever started it
    return over


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]), json.loads(sys.stdin.readline())))
