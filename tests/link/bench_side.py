"""The pump's side of the link in a thread of its own, with a host that answers by echoing."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from thecal.link.cards import PairingCard
from thecal.link.events import Event
from thecal.link.keys import StaticKey
from thecal.link.meter import WakeMeter
from thecal.link.pump_end import PumpEnd, PumpSide
from thecal.link.register import Register
from thecal.link.roles import PAIRED_ROLES, Role
from thecal.link.transports.address import TcpAddress
from thecal.link.transports.listening import Session, TcpListener

T = TypeVar("T")


class Closable(Protocol):
    def close(self) -> None: ...


class EchoHost:
    """Answers a request with the role and the request itself."""

    def __init__(self, serial: str = "TW-0001") -> None:
        self.serial = serial
        self.key = StaticKey.generate()
        self.cards = {role: PairingCard.generate(serial, role) for role in PAIRED_ROLES}
        self.register = Register()
        self.meter = WakeMeter(0.0)
        self.present = False
        self.noted: list[Event] = []
        self.requests: list[bytes] = []

    def card(self, role: Role) -> PairingCard:
        return self.cards[role]

    def pump(self) -> PumpSide:
        return PumpSide(
            serial=self.serial,
            key=self.key,
            secrets={role: card.secret for role, card in self.cards.items()},
            register=self.register,
            meter=self.meter,
            present=lambda: self.present,
            utc_s=lambda: 1_700_000_000,
        )

    def new_end(self, now_s: float) -> PumpEnd:
        return PumpEnd(self.pump(), now_s)

    def answer(self, session: Session, request: bytes) -> bytes:
        self.requests.append(request)
        return f"{session.role}:".encode() + request

    def note(self, session: Session, event: Event) -> None:  # noqa: ARG002
        self.noted.append(event)


class Side(EchoHost):
    """An echoing pump that really listens."""

    address: TcpAddress

    def __init__(self, loop: LoopThread) -> None:
        super().__init__()
        self._loop = loop

    def listen(self) -> Closable:
        async def start() -> TcpListener:
            listener = TcpListener(self)
            self.address = await listener.start()
            return listener

        return self._loop.run(start)


class LoopThread:
    """An event loop in a thread."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever)
        self._thread.start()

    def run(self, work: Callable[[], Awaitable[T]]) -> T:
        async def call() -> T:
            return await work()

        return asyncio.run_coroutine_threadsafe(call(), self.loop).result(10)

    def close(self, closable: Closable) -> None:
        async def close() -> None:
            closable.close()
            await asyncio.sleep(0.01)

        self.run(close)

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)
        self.loop.close()
