"""A whole contact without sockets or clocks, in which one frame can be tampered with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bench_side import EchoHost

from thecal.link.events import Answer, Closed, Event, Opened, Paired, Request
from thecal.link.party_end import Contact, PartyEnd
from thecal.link.states import State
from thecal.link.transports.listening import Session

CUT = None
Delivery = list[bytes | float | None]
"""What arrives in a frame's place: bytes, seconds of delay, or the end of the transport."""

Tamper = Callable[[bytes], Delivery]
GENEROUS_S = 10_000.0


@dataclass
class Outcome:
    """What came of a contact."""

    frames: list[tuple[str, bytes]] = field(default_factory=list)
    acted: list[bytes] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    pump_events: list[Event] = field(default_factory=list)
    party_events: list[Event] = field(default_factory=list)

    def closed(self, side: str) -> Closed:
        events = self.pump_events if side == "pump" else self.party_events
        (closed,) = [event for event in events if isinstance(event, Closed)]
        return closed

    def paired(self, side: str) -> bool:
        events = self.pump_events if side == "pump" else self.party_events
        return any(isinstance(event, Paired) for event in events)


class Conversation:
    """Runs one contact to its end; frame ``at``, counted over both directions, is tampered with."""

    def __init__(
        self,
        host: EchoHost,
        contact: Contact,
        requests: list[bytes],
        at: int = -1,
        tamper: Tamper | None = None,
    ) -> None:
        self.now_s = 0.0
        self.host, self.requests = host, list(requests)
        self.at, self.tamper = at, tamper
        self.pump, self.party = host.new_end(0.0), PartyEnd(contact, 0.0)
        self.outcome = Outcome()
        self.session = Session("conversation")
        self.asked = 0

    def run(self) -> Outcome:
        while True:
            moved = self._move("party") or self._move("pump")
            if moved:
                continue
            if self._both_closed():
                return self.outcome
            self._pass_time()
            assert self.now_s < GENEROUS_S, "an end waits for ever"

    def _both_closed(self) -> bool:
        if self.pump.state is State.CLOSED is not self.party.state:
            self._on_party(self.party.cut(self.now_s))
        if self.party.state is State.CLOSED is not self.pump.state:
            self._on_pump(self.pump.cut(self.now_s))
        return self.pump.state is self.party.state is State.CLOSED

    def _move(self, sender: str) -> bool:
        frame = (self.party if sender == "party" else self.pump).take_frame()
        if not frame:
            return False
        index = len(self.outcome.frames)
        self.outcome.frames.append((sender, frame))
        tampered = index == self.at and self.tamper is not None
        for item in self.tamper(frame) if tampered and self.tamper else [frame]:
            self._deliver(sender, item)
        return True

    def _deliver(self, sender: str, item: bytes | float | None) -> None:
        if isinstance(item, float):
            self._pass_time(self.now_s + item)
        elif item is CUT:
            self._on_pump(self.pump.cut(self.now_s))
            self._on_party(self.party.cut(self.now_s))
        elif sender == "party":
            self._on_pump(self.pump.receive(item, self.now_s))
        else:
            self._on_party(self.party.receive(item, self.now_s))

    def _pass_time(self, until_s: float | None = None) -> None:
        deadlines = [
            end.deadline_s for end in (self.pump, self.party) if end.deadline_s is not None
        ]
        next_s = min([*deadlines, self.now_s + 1_000.0])
        if until_s is None:
            until_s = next_s
        while self.now_s < until_s:
            self.now_s = min(until_s, max(next_s, self.now_s + 0.001))
            self._on_pump(self.pump.tick(self.now_s))
            self._on_party(self.party.tick(self.now_s))
            next_s = until_s

    def _on_pump(self, events: list[Event]) -> None:
        self.outcome.pump_events += events
        for event in events:
            if isinstance(event, Opened):
                self.session.role = event.role
            if isinstance(event, Request):
                self.outcome.acted.append(event.message)
                answer = self.host.answer(self.session, event.message)
                if self.pump.state is State.ANSWERING:
                    self.pump.send(answer, self.now_s)

    def _on_party(self, events: list[Event]) -> None:
        self.outcome.party_events += events
        for event in events:
            if isinstance(event, Answer):
                self.outcome.answers.append(event.message)
            if isinstance(event, (Opened, Answer)) and self.party.state is State.OPEN:
                self._ask_next()

    def _ask_next(self) -> None:
        if self.asked == len(self.requests):
            self.outcome.party_events += self.party.close()
            return
        self.party.send(self.requests[self.asked], self.now_s)
        self.asked += 1
