"""A process of bench pumps, and what memory they take.

``python -m bench.fleet make FOLDER COUNT KEY`` makes them; ``KEY`` is the public key, in
hexadecimal, of a clinician whom every pump knows. ``python -m bench.fleet serve FOLDER``, a process
that has made none, lets them run until its standard input ends. It prints one JSON object: for each
pump its address, serial and key, the resident memory before and after they were opened, and the
port of a bare echo.
"""

from __future__ import annotations

import asyncio
import gc
import json
import resource
import sys
from pathlib import Path

from thecal import devices
from thecal.bench.folder import pumps_in
from thecal.bench.happenings import Filled, KeyPaired
from thecal.bench.pump import BenchPump
from thecal.bench.running import RunningPump
from thecal.link.roles import Role
from thecal.link.transports.address import TcpAddress
from thecal.pump import PL_PER_ML, PumpProfile

MODEL = "synchromed-ii-20"
ANYWHERE = TcpAddress("127.0.0.1", 0)


def resident_bytes() -> int:
    """What this process holds in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def make(folder: Path, count: int, key: bytes) -> None:
    """So many filled pumps, each in a folder of its own, that know one clinician."""
    profile = PumpProfile.from_catalogue(devices.pump(MODEL))
    for number in range(count):
        serial = f"FLEET-{number:04}"
        pump = BenchPump.create(folder / serial, profile, serial=serial, epoch_utc_s=0)
        pump.happen(KeyPaired(key, Role.CLINICIAN, "clinic", 0), durable=False)
        pump.happen(Filled(20 * PL_PER_ML), durable=False)
        pump.close()


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The same bytes back: what any answer on this loop costs at the least."""
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.close()


async def serve(folders: list[Path]) -> None:
    """Let the pumps run until standard input ends."""
    gc.collect()
    before = resident_bytes()
    pumps = [RunningPump(BenchPump.open(folder)) for folder in folders]
    addresses = [await pump.listen(ANYWHERE) for pump in pumps]
    gc.collect()
    after = resident_bytes()
    bare = await asyncio.start_server(echo, "127.0.0.1", 0)
    told = {
        "before_bytes": before,
        "after_bytes": after,
        "echo": bare.sockets[0].getsockname()[1],
        "pumps": [
            (address, running.pump.memory.serial, running.pump.memory.key.public.hex())
            for address, running in zip(addresses, pumps, strict=True)
        ],
    }
    print(json.dumps(told), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    for pump in pumps:
        pump.close()
    bare.close()


def main() -> None:
    """Make or serve; a thousand pumps need some thousands of open files."""
    what, folder = sys.argv[1], Path(sys.argv[2])
    if what == "make":
        make(folder, int(sys.argv[3]), bytes.fromhex(sys.argv[4]))
        return
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(serve(pumps_in(folder)))


if __name__ == "__main__":
    main()
