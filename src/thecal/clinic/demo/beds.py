"""The demo's pumps while it is founded: real bench pumps, whose time is the demo's clock.

They run on a loop in a thread of their own, and the clinic speaks to them over the real link, so
that what the record says of them is what they hold.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

from thecal import devices
from thecal.bench.folder import CARDS
from thecal.bench.happenings import Filled
from thecal.bench.pump import BenchPump
from thecal.bench.ward import Ward, bring_to
from thecal.clinic.demo.clock import Clock
from thecal.link.roles import Role
from thecal.pump import PumpProfile

T = TypeVar("T")
_PATIENCE_S = 30.0


class _Loop(asyncio.SelectorEventLoop):
    """A loop whose time is the demo's, so that pumps, their meters and alarms live by it."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def time(self) -> float:
        """Seconds, as the demo's clock shows them."""
        return self._clock.now().timestamp()


class Beds:
    """Pumps in the folders of a folder, each by its serial."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder, self._clock = folder, clock
        self._loop = _Loop(clock)
        self._thread = Thread(target=self._loop.run_forever, name="beds", daemon=True)
        self._failures: list[str] = []
        self._thread.start()
        self._ward = self._call(lambda: Ward(self._failures.append))

    def new(self, model: str, serial: str, since: datetime | None = None) -> tuple[str, str]:
        """A pump of a model, with nothing in it but what no needle reaches: address and card.

        Args:
            model: its key in the catalogue.
            serial: what it answers to.
            since: when it left the factory; now, if None.

        Raises:
            OSError, FolderError: it cannot be made.
        """
        profile = PumpProfile.from_catalogue(devices.pump(model))
        pump = BenchPump.create(
            self._folder / serial,
            profile,
            serial=serial,
            epoch_utc_s=int((since or self._clock.now()).timestamp()),
        )
        pump.happen(Filled(profile.not_aspirable_pl or 0))
        bring_to(pump, int(self._clock.now().timestamp()))
        address = self._wait(self._ward.admit(pump))
        return address, (pump.folder / CARDS / f"{Role.CLINICIAN}.txt").read_text("ascii")

    def do(self, serial: str, name: str, text: str = "") -> str:
        """The bench's hand on a pump: fill, aspirate, fault; a line that says what was done.

        Raises:
            ActError: it cannot be done.
        """
        return self._call(lambda: self._ward[serial].do(name, text))

    def close(self) -> None:
        """Bring every pump to the clock, fold its memory, and let none run any more.

        Raises:
            RuntimeError: a pump's memory could not be written in between.
        """
        self._call(self._fold)
        self._call(self._ward.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_PATIENCE_S)
        self._loop.close()
        if self._failures:
            raise RuntimeError(self._failures[0])

    def _fold(self) -> None:
        for running in self._ward:
            bring_to(running.pump, int(self._clock.now().timestamp()))
            running.pump.fold()

    def _call(self, work: Callable[[], T]) -> T:
        async def within() -> T:
            return work()

        return self._wait(within())

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE_S)
