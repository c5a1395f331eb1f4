"""The process that a bench pump runs in: from its start to the signal that ends it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from typing import Any

from thecal.bench.acts import ActError
from thecal.bench.door import Door
from thecal.bench.pump import BenchPump, PumpFailedError
from thecal.bench.running import RunningPump
from thecal.link.transports.address import PipeAddress, SerialAddress, TcpAddress

Say = Callable[[str], None]


def run(
    pump: BenchPump,
    address: TcpAddress | SerialAddress | PipeAddress,
    *,
    speed: float,
    say: Say,
    ready: Say,
) -> None:
    """Let a pump run until a signal, or its own bench, ends it; it is closed then.

    Args:
        pump: the pump.
        address: where its link listens.
        speed: pump seconds in a real one.
        say: takes each line that the pump sounds.
        ready: takes the address, once it listens.

    Raises:
        OSError: the address or the folder's door cannot be used.
        PaceError: no such speed.
        PumpFailedError: its memory could not be written.
    """
    asyncio.run(_run(pump, address, speed, say, ready))


async def _run(
    pump: BenchPump,
    address: TcpAddress | SerialAddress | PipeAddress,
    speed: float,
    say: Say,
    ready: Say,
) -> None:
    over: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()

    def end(failure: str | None = None) -> None:
        if not over.done():
            over.set_result(failure)

    _catch_signals(end)
    running = RunningPump(pump, speed=speed, say=say, on_failure=end)
    door = Door(pump.folder, lambda asked: answer(running, asked, end))
    try:
        await door.open()
        ready(await running.listen(address))
        failure = await over
    finally:
        door.close()
        running.close()
    if failure is not None:
        raise PumpFailedError(failure)


def _catch_signals(end: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end)
    loop.set_exception_handler(_unless_failed)


def _unless_failed(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A pump that failed has said so and is ending; anything else is a fault of ours."""
    if not isinstance(context.get("exception"), PumpFailedError):
        loop.default_exception_handler(context)


def answer(running: RunningPump, asked: dict[str, Any], end: Callable[[], None]) -> dict[str, Any]:
    """What the bench is answered at a pump's door."""
    if asked["do"] == "view":
        return {"ok": True, "view": running.view()}
    if asked["do"] == "end":
        end()
        return {"ok": True, "told": "ended"}
    try:
        return {"ok": True, "told": running.do(asked["do"], asked.get("text", ""))}
    except ActError as error:
        return {"ok": False, "told": str(error)}
