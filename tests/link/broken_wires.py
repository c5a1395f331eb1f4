"""A bench pump and a programmer in one process, on a wire that breaks to order, byte by byte.

Both ends, the pump with its journal and the programmer with its notebook are the real ones; only
the wire between them is the test's. Time passes only where a test lets it.
"""

from __future__ import annotations

import os
from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pump_cases import FULL, MONDAY, simple

from thecal.bench.happenings import KeyPaired
from thecal.bench.pump import BenchPump
from thecal.bench.visit import Visit
from thecal.devices import pump as catalogued
from thecal.link.events import Closed, Event, Opened, Paired, Request
from thecal.link.meter import WakeMeter
from thecal.link.party_end import Contact
from thecal.link.pump_end import PumpEnd, PumpSide
from thecal.link.roles import Role
from thecal.link.transports.channel import Channel, pair_over
from thecal.programmer.notebook import Notebook, Page
from thecal.programmer.session.link_port import LinkPort
from thecal.programmer.session.session import Edit, Session
from thecal.pump import PumpProfile, Status
from thecal.pump.controller.report import status
from thecal.pump.holding import Holding

OLD, NEW = (Edit(simple(rate), FULL) for rate in (150_000_000, 165_000_000))
"""Two programs; a run goes from the one that the pump holds to the other."""
_LATELY = 200
LATER_S = 3_600
"""So much later a confirmation does not stand any more."""


class Kind(StrEnum):
    """How a frame is broken."""

    CUT = "cut"
    FLIPPED = "flipped"
    DELAYED = "delayed"
    DROPPED = "dropped"
    DOUBLED = "doubled"


@dataclass(frozen=True)
class Break:
    """What happens to one frame, counted over both ways from the start of the run."""

    kind: Kind
    frame: int
    byte: int = 0

    def __str__(self) -> str:
        return f"{self.kind} frame {self.frame} at byte {self.byte}"


class PowerCutError(Exception):
    """The pump's power is cut: it does nothing more, and tells nobody."""


class Bed:
    """One pump, and whoever speaks to it. A pump's link sees each frame once or as broken."""

    def __init__(self, folder: Path) -> None:
        profile = PumpProfile.from_catalogue(catalogued("synchromed-ii-20"))
        self.folder = folder / "pump"
        self.pump = BenchPump.create(self.folder, profile, serial="TW-1", epoch_utc_s=MONDAY)
        self.real_s = 0.0
        self.broken: Break | None = None
        self.dead = False
        self.frames: list[tuple[int, bool]] = []
        self.late: deque[tuple[PumpContact, bytes]] = deque()
        self._meet()

    def _meet(self) -> None:
        memory = self.pump.memory
        self.side = PumpSide(
            memory.serial,
            memory.key,
            memory.secrets,
            memory.register,
            WakeMeter(self.real_s),
            present=lambda: False,
            utc_s=lambda: MONDAY + self.pump.now_s,
        )

    def come_back(self) -> None:
        """The pump after its power was cut: as its folder tells, whatever this object held."""
        os.close(self.pump._journal._descriptor)
        self.pump._lock.release()
        self.pump, self.dead = BenchPump.open(self.folder), False
        self._meet()

    def pass_time(self, seconds: int) -> None:
        self.real_s += seconds
        self.pump.advance(self.pump.now_s + seconds)

    @property
    def utc_s(self) -> float:
        return MONDAY + self.real_s

    # What is true of the pump

    def status(self) -> Status:
        return status(self.pump.twin.controller.clock)

    def holds(self) -> Holding:
        return Holding.of(self.status())

    def acted(self, command_id: str) -> int:
        """How often the pump acted on a command lately, by its log."""
        entries = self.pump.twin.controller.log.entries[-_LATELY:]
        return sum(
            entry.facts.get("id") == command_id and "refused" not in entry.facts
            for entry in entries
        )

    # Who speaks to it

    def pair(self, notebook: Notebook, role: Role) -> Page:
        contact = Contact.pairing(self.pump.memory.card(role), notebook.key(role), "test")
        made = pair_over(Wire(self), contact)
        return notebook.enter(made.name, role, made.key, "the bed")

    def port(self, notebook: Notebook, page: Page, role: Role) -> LinkPort:
        entries = page.entries
        contact = Contact.session(role, notebook.key(role), entries.serial, entries.pump_key)
        return LinkPort(lambda: Channel(Wire(self), contact), now_s=lambda: self.real_s)

    def session(self, notebook: Notebook, page: Page, later_s: int = 0) -> tuple[Session, LinkPort]:
        """A session that begins from what is on the notebook's disk; its clock may be later."""
        fresh = Page.read(page.path)
        port = self.port(notebook, fresh, Role.CLINICIAN)
        return Session(port, fresh, utc_s=lambda: self.utc_s + later_s), port

    def bring_late(self) -> None:
        """What was held up arrives after all, at the contact that it was sent to."""
        while self.late:
            contact, data = self.late.popleft()
            contact.hear(data)
            contact.cut()


class PumpContact:
    """The pump's side of one contact."""

    def __init__(self, bed: Bed) -> None:
        self._bed = bed
        self._end = PumpEnd(bed.side, bed.real_s)
        self._visit: Visit | None = None

    def hear(self, data: bytes) -> list[bytes]:
        """Bytes come in; the frames that go out."""
        self._take(self._end.receive(data, self._bed.real_s))
        return list(iter(self._end.take_frame, b""))

    def cut(self) -> None:
        if not self._bed.dead:
            self._take(self._end.cut(self._bed.real_s))

    def _take(self, events: list[Event]) -> None:
        pump = self._bed.pump
        for event in events:
            if isinstance(event, Opened):
                self._visit = Visit(pump, event.role, event.key, event.name)
                self._visit.open()
            elif isinstance(event, Request):
                assert self._visit is not None
                self._end.send(self._visit.answer(event.message), self._bed.real_s)
            elif isinstance(event, Paired):
                pump.happen(KeyPaired(event.key, event.role, event.name, MONDAY))
            elif isinstance(event, Closed) and self._visit is not None and not self._visit.ended:
                self._visit.lose(str(event.code))


class Wire:
    """A transport between one party and the bed's pump."""

    def __init__(self, bed: Bed) -> None:
        self._bed, self._contact = bed, PumpContact(bed)
        self._inbox: deque[bytes] = deque()
        self._ended = self._held = False

    def send(self, data: bytes) -> None:
        if not data:
            return
        if self._ended:
            raise BrokenPipeError
        try:
            for piece in self._broken(data, to_pump=True):
                for frame in self._contact.hear(piece):
                    self._inbox.extend(self._broken(frame, to_pump=False))
        except PowerCutError:
            self._bed.dead = self._ended = True

    def receive(self, timeout_s: float) -> bytes:
        """A party that waits for what never comes gives up."""
        if self._inbox:
            return self._inbox.popleft()
        if timeout_s == 0 and not self._ended:
            raise TimeoutError
        return b""

    def close(self) -> None:
        """The party goes; the pump learns of it, unless something is still on its way."""
        self._ended = True
        if not self._held:
            self._contact.cut()

    def _broken(self, frame: bytes, *, to_pump: bool) -> list[bytes]:
        """What arrives of a frame."""
        bed, number = self._bed, len(self._bed.frames)
        bed.frames.append((len(frame), to_pump))
        if bed.broken is None or bed.broken.frame != number or self._ended:
            return [] if self._ended else [frame]
        kind, at = bed.broken.kind, bed.broken.byte
        if kind is Kind.FLIPPED:
            return [frame[:at] + bytes([frame[at] ^ 1 << at % 8]) + frame[at + 1 :]]
        if kind is Kind.DOUBLED:
            return [frame, frame]
        if kind is Kind.DROPPED:
            return []
        if kind is Kind.DELAYED and to_pump:
            self._held = True
            bed.late.append((self._contact, frame[at:]))
        if kind is Kind.CUT:
            self._ended = True
            if to_pump:
                self._contact.hear(frame[:at])
            self._contact.cut()
            return [] if to_pump else [frame[:at]]
        return [frame[:at]]
