"""A bench pump that runs: its time passes, its alarms sound, and it answers its link."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from thecal.bench.acts import act
from thecal.bench.drops import BreakableEnd, Wire
from thecal.bench.folder import holds_pump
from thecal.bench.happenings import KeyPaired, Noted
from thecal.bench.pace import Pace
from thecal.bench.pump import BenchPump, PumpFailedError
from thecal.bench.sounds import Listening, pump_time
from thecal.bench.view import view
from thecal.bench.visit import Visit
from thecal.link.events import Closed, Event, FellAsleep, Opened, Paired
from thecal.link.meter import WakeMeter
from thecal.link.pump_end import PumpEnd, PumpSide
from thecal.link.roles import Role
from thecal.link.transports.address import PipeAddress, SerialAddress, TcpAddress
from thecal.link.transports.listening import (
    LineListener,
    Session,
    TcpListener,
    serve_pipe,
    serve_serial,
)

PRESENCE_S = 120.0
"""How long somebody is felt after a touch (docs/link.md §4.3; assumed)."""
SAVE_TIME_EVERY_S = 10.0
"""So much real time is lost by a kill at the most, and only if nobody was told of it."""
EMERGENCY_TONE_EVERY_S = 10.0
"""How often a pump sounds through an emergency session (assumed)."""

AT_UPDATE = "update"
"""When the link may be told to drop, in place of a count of bytes."""
AWAY_S = 60.0
"""How long nobody reaches a pump whose link dropped at an update (assumed)."""
_FAREWELL = "farewell"
"""How a session is lost that somebody left without ending it."""


class RunningPump:
    """One pump, driven by a running event loop. It is what stands behind its listeners.

    The meter of wake-ups begins full: a battery that was spared while no process ran is spared.
    """

    def __init__(
        self,
        pump: BenchPump,
        *,
        speed: float = 1.0,
        say: Callable[[str], None] = lambda _line: None,
        on_failure: Callable[[str], None] = lambda _line: None,
    ) -> None:
        """Let a pump run from now on, in a running loop.

        Args:
            pump: the pump, which is closed with :meth:`close`.
            speed: pump seconds in a real one.
            say: takes each line that the pump sounds.
            on_failure: called once, when the pump's memory cannot be written any more.

        Raises:
            PaceError: no such speed.
        """
        self._loop = asyncio.get_running_loop()
        self.pump = pump
        self._pace = Pace(speed, pump.now_s, self._loop.time())
        self._say, self._on_failure = say, on_failure
        self._listening = Listening(pump.twin)
        self._wire = Wire(self._cut_soon)
        self._listeners: list[TcpListener | LineListener] = []
        self._visits: dict[int, Visit] = {}
        self._drops_at_update = False
        self._away_until_s = float("-inf")
        self._touched_s = float("-inf")
        self._saved_s = self._loop.time()
        self._timer: asyncio.TimerHandle | None = None
        memory = pump.memory
        self._side = PumpSide(
            serial=memory.serial,
            key=memory.key,
            secrets=memory.secrets,
            register=memory.register,
            meter=WakeMeter(self._loop.time()),
            present=self._present,
            utc_s=self._utc_s,
        )
        self._tick()

    async def listen(self, address: TcpAddress | SerialAddress | PipeAddress) -> str:
        """Answer at an address; the address as a party writes it, with the port it became.

        Raises:
            OSError: it cannot be listened at.
        """
        try:
            listener, at = await self._listener(address)
        except OSError as error:
            raise OSError(error.errno, error.strerror or str(error), str(address)) from error
        self._listeners.append(listener)
        return at

    async def _listener(
        self, address: TcpAddress | SerialAddress | PipeAddress
    ) -> tuple[TcpListener | LineListener, str]:
        if isinstance(address, TcpAddress):
            tcp = TcpListener(self)
            return tcp, str(await tcp.start(address.host, address.port))
        if isinstance(address, SerialAddress):
            return serve_serial(self, address), str(address)
        return serve_pipe(self, address), str(address)

    def close(self) -> None:
        """End every session, write down how late it is, and let go of the folder."""
        self._pass_time()
        for listener in self._listeners:
            listener.close()
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        self.pump.close()

    # Time

    def _pass_time(self) -> None:
        self.pump.advance(self._pace.pump_at(self._loop.time()))
        for line in self._listening.hear():
            self._say(line)

    def _tick(self) -> None:
        """Time has come to the next event, or nothing was written for a while."""
        self._pass_time()
        if self._loop.time() >= self._saved_s + SAVE_TIME_EVERY_S:
            self._guarded(self._save_time)
            self._saved_s = self._loop.time()
        self._rearm()

    def _save_time(self) -> None:
        if not holds_pump(self.pump.folder):
            raise PumpFailedError(f"{self.pump.folder}: the pump's folder is gone")
        self.pump.save_time()

    def _rearm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        instants = (self.pump.twin.next_event(), self._listening.next_s())
        real = [self._pace.real_at(at_s) for at_s in instants if at_s is not None]
        at = min([self._loop.time() + SAVE_TIME_EVERY_S, *real])
        self._timer = self._loop.call_at(at, self._tick)

    def _guarded(self, work: Callable[[], Any]) -> Any:
        try:
            return work()
        except PumpFailedError as error:
            self._on_failure(str(error))
            raise

    # The bench's hand

    def do(self, name: str, text: str) -> str:
        """Do something to the pump; a line that says what.

        Raises:
            ActError: it cannot be done.
        """
        self._pass_time()
        try:
            if name == "touch":
                return self._touch()
            if name == "drop":
                return self._drop(text)
            done: str = self._guarded(lambda: act(self.pump, name, text))
            self._keep_pace()
            return done
        finally:
            self._pass_time()
            self._rearm()

    def _keep_pace(self) -> None:
        """Go on at the same speed from where the pump is, if the bench let its time jump."""
        real_s = self._loop.time()
        if self.pump.now_s > self._pace.pump_at(real_s):
            self._pace = Pace(self._pace.speed, self.pump.now_s, real_s)

    def view(self) -> dict[str, Any]:
        """What it believes beside what is true, now."""
        self._pass_time()
        return view(self.pump)

    def _touch(self) -> str:
        self._touched_s = self._loop.time()
        return f"somebody is at the pump for {PRESENCE_S:g} s"

    def _drop(self, text: str) -> str:
        if text == AT_UPDATE:
            self._drops_at_update = True
            return f"the next update is done, then nobody reaches the pump for {AWAY_S:g} s"
        count = int(text or "0")
        self._wire.break_after(count)
        return f"the link drops after {count} bytes" if count else "the link has dropped"

    def _cut_soon(self) -> None:
        self._loop.call_soon(self._cut)

    def _cut(self) -> None:
        for listener in self._listeners:
            listener.cut()
        self._wire.mend()

    def _present(self) -> bool:
        return self._loop.time() < self._touched_s + PRESENCE_S

    def _utc_s(self) -> int:
        self._pass_time()
        return self.pump.now_s + self.pump.twin.controller.state.epoch_utc_s

    # The link

    def new_end(self, now_s: float) -> PumpEnd:
        """A contact begins; while the pump is out of reach, it is cut at once."""
        if self._loop.time() < self._away_until_s:
            self._wire.break_after(0)
        return BreakableEnd(self._side, now_s, self._wire)

    def answer(self, session: Session, request: bytes) -> bytes:
        """Answer a request; all that it did is on disk when this returns."""
        self._pass_time()
        visit = self._visits[id(session)]
        revision = self.pump.twin.controller.state.revision
        answer: bytes = self._guarded(lambda: visit.answer(request))
        session.finish = visit.ended
        if self._drops_at_update and self.pump.twin.controller.state.revision != revision:
            self._drops_at_update = False
            self._away_until_s = self._loop.time() + AWAY_S
            self._wire.break_after(0)
        self._pass_time()
        self._rearm()
        return answer

    def note(self, session: Session, event: Event) -> None:
        """Write down what else happened on the link."""
        self._pass_time()
        self._guarded(lambda: self._note(session, event))
        self._rearm()

    def _note(self, session: Session, event: Event) -> None:
        if isinstance(event, Opened):
            self._open(session, event)
        elif isinstance(event, Closed):
            self._close(session, event)
        elif isinstance(event, Paired):
            state = self.pump.twin.controller.state
            paired_utc_s = self.pump.now_s + state.epoch_utc_s
            self.pump.happen(KeyPaired(event.key, event.role, event.name, paired_utc_s))
        elif isinstance(event, FellAsleep):
            self.pump.happen(Noted("asleep", {}))

    def _open(self, session: Session, event: Opened) -> None:
        visit = Visit(self.pump, event.role, event.key, event.name)
        visit.open()
        self._visits[id(session)] = visit
        if event.role is Role.EMERGENCY:
            self._sound_emergency(session)

    def _sound_emergency(self, session: Session) -> None:
        """The pump sounds as long as the session stands."""
        if id(session) in self._visits:
            key = session.key.hex()
            self._say(f"{pump_time(self.pump.twin, self.pump.now_s)}  EMERGENCY session, key {key}")
            self._loop.call_later(EMERGENCY_TONE_EVERY_S, self._sound_emergency, session)

    def _close(self, session: Session, event: Closed) -> None:
        visit = self._visits.pop(id(session), None)
        if visit is not None and not visit.ended:
            visit.lose(str(event.code or _FAREWELL))
