"""The state tables of both ends are walked whole: every state meets everything that can happen."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from bench_side import EchoHost
from conversation import Conversation

from thecal.link.end import End
from thecal.link.errors import LinkError, LinkErrorCode
from thecal.link.events import Closed, Event
from thecal.link.frames import Frame, FrameKind
from thecal.link.keys import StaticKey
from thecal.link.meter import WakeMeter
from thecal.link.party_end import Contact, PartyEnd
from thecal.link.pump_end import PumpEnd
from thecal.link.register import Entry
from thecal.link.roles import Role
from thecal.link.states import PARTY_TABLE, PUMP_TABLE, STEP_OF_FRAME, State, Step, Table

KEY = StaticKey.generate()
FRAME = Frame(FrameKind.SEALED, b"junk").pack()
WHAT_JUNK_MEANS = {
    FrameKind.HELLO: LinkErrorCode.MALFORMED_HELLO,
    FrameKind.HANDSHAKE: LinkErrorCode.HANDSHAKE_FAILED,
    FrameKind.SEALED: LinkErrorCode.SEAL_BROKEN,
}


class Pair:
    """Both ends of a session, walked to a state."""

    def __init__(self) -> None:
        self.host = EchoHost()
        self.host.register.add(Entry(KEY.public, Role.READER, "ward", 0))
        self.pump: PumpEnd = self.host.new_end(0.0)
        contact = Contact.session(Role.READER, KEY, self.host.serial, self.host.key.public)
        self.party = PartyEnd(contact, 0.0)

    def to_pump(self) -> list[Event]:
        return self.pump.receive(self.party.take_frame(), 0.0)

    def to_party(self) -> list[Event]:
        return self.party.receive(self.pump.take_frame(), 0.0)

    def shake(self) -> None:
        self.to_pump()
        self.to_party()
        self.to_pump()
        self.to_party()

    def ask(self) -> None:
        self.shake()
        self.party.send(b"how are you", 0.0)

    @classmethod
    def walk_all_the_way(cls) -> None:
        pair = cls()
        pair.ask()
        pair.to_pump()
        pair.pump.send(b"well", 0.0)
        pair.to_party()
        assert pair.party.state is State.OPEN
        half_heard = cls()
        half_heard.pump.receive(b"\x01", 0.0)
        assert half_heard.pump.state is State.HELLO
        half_heard.pump.cut(0.0)


def _ask_and_hear(pair: Pair) -> None:
    pair.ask()
    pair.to_pump()


Walk = Callable[[Pair], object]

PUMP_WALKS: dict[State, Walk] = {
    State.ASLEEP: lambda _: None,
    State.HANDSHAKE: Pair.to_pump,
    State.OPEN: Pair.shake,
    State.ANSWERING: _ask_and_hear,
    State.CLOSED: lambda pair: pair.pump.close(),
}
"""How to bring a pump to a state. It listens (``hello``) only with a frame half heard."""

PARTY_WALKS: dict[State, Walk] = {
    State.HELLO: lambda _: None,
    State.HANDSHAKE: lambda pair: (pair.to_pump(), pair.to_party()),
    State.OPEN: Pair.shake,
    State.WAITING: Pair.ask,
    State.CLOSED: lambda pair: pair.party.close(),
}
"""How to bring a party to a state. It never sleeps: it speaks as soon as it is made."""


@pytest.mark.parametrize("state", PUMP_WALKS)
@pytest.mark.parametrize("kind", STEP_OF_FRAME)
def test_a_pump_in_each_state_meets_each_frame(state: State, kind: FrameKind) -> None:
    """A pump asleep is woken by the first byte, and reads the frame as one that listens."""
    pair = Pair()
    PUMP_WALKS[state](pair)
    assert pair.pump.state is state
    events = pair.pump.receive(Frame(kind, b"junk").pack(), 0.0)
    reads_as = State.HELLO if state is State.ASLEEP else state
    _check(events, pair.pump, _expected(PUMP_TABLE, reads_as, kind))


@pytest.mark.parametrize("state", PARTY_WALKS)
@pytest.mark.parametrize("kind", STEP_OF_FRAME)
def test_a_party_in_each_state_meets_each_frame(state: State, kind: FrameKind) -> None:
    pair = Pair()
    PARTY_WALKS[state](pair)
    assert pair.party.state is state
    events = pair.party.receive(Frame(kind, b"junk").pack(), 0.0)
    _check(events, pair.party, _expected(PARTY_TABLE, state, kind))


ENDINGS: dict[str, tuple[Callable[[End], list[Event]], LinkErrorCode | None]] = {
    "close": (lambda end: end.close(), None),
    "cut": (lambda end: end.cut(0.0), LinkErrorCode.CUT),
    "time": (lambda end: end.tick(5_000.0), LinkErrorCode.TOO_SLOW),
    "farewell": (
        lambda end: end.receive(Frame(FrameKind.FAREWELL, b"role").pack(), 0.0),
        LinkErrorCode.ROLE,
    ),
    "farewell without a reason": (
        lambda end: end.receive(Frame(FrameKind.FAREWELL, b"").pack(), 0.0),
        None,
    ),
    "farewell with no reason that there is": (
        lambda end: end.receive(Frame(FrameKind.FAREWELL, b"boredom").pack(), 0.0),
        LinkErrorCode.UNEXPECTED_FRAME,
    ),
}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("state", [*PUMP_WALKS, *PARTY_WALKS])
def test_each_ending_ends_each_state(state: State, ending: str) -> None:
    end_it, code = ENDINGS[ending]
    for side, walks in (("pump", PUMP_WALKS), ("party", PARTY_WALKS)):
        if state in walks:
            pair = Pair()
            walks[state](pair)
            end: End = pair.pump if side == "pump" else pair.party
            events = end_it(end)
            _check(events, end, code if state is not State.CLOSED else "nothing")
            assert end.deadline_s is None


@pytest.mark.parametrize("state", [*PUMP_WALKS, *PARTY_WALKS])
def test_a_message_is_sent_only_in_its_state(state: State) -> None:
    for side, walks in (("pump", PUMP_WALKS), ("party", PARTY_WALKS)):
        if state not in walks:
            continue
        pair = Pair()
        walks[state](pair)
        end = pair.pump if side == "pump" else pair.party
        table = PUMP_TABLE if side == "pump" else PARTY_TABLE
        if (state, Step.SEND) in table:
            end.send(b"message", 0.0)
            assert end.state is table[state, Step.SEND]
            continue
        end.take_output()
        with pytest.raises(LinkError) as caught:
            end.send(b"message", 0.0)
        assert caught.value.code in (LinkErrorCode.CUT, LinkErrorCode.OUT_OF_TURN)
        assert end.state is state
        assert end.take_output() == b""


@pytest.mark.parametrize("end_type", [PumpEnd, PartyEnd])
def test_every_row_of_the_table_is_gone_through(
    end_type: type[End], monkeypatch: pytest.MonkeyPatch
) -> None:
    table = PUMP_TABLE if end_type is PumpEnd else PARTY_TABLE
    walked: dict[tuple[State, Step], object] = {}
    step = End._step

    def record(end: End, taken: Step) -> None:
        before = end.state
        try:
            step(end, taken)
        except LinkError as error:
            if type(end) is end_type:
                walked[before, taken] = error.code
            raise
        if type(end) is end_type:
            walked[before, taken] = end.state

    monkeypatch.setattr(End, "_step", record)
    _go_everywhere()
    assert walked == dict(table)


def test_the_specification_has_these_tables_and_codes() -> None:
    section = _section("## 11")
    assert set(re.findall(r"^\| `([a-z]+)`", section, re.MULTILINE)) == {
        str(state) for state in State if state is not State.CLOSED
    }
    codes = re.findall(r"^\| `([a-z-]+)` \|", _section("## 8"), re.MULTILINE)
    assert codes == [str(code) for code in LinkErrorCode]


def _go_everywhere() -> None:
    for walk in PUMP_WALKS.values():
        pair = Pair()
        walk(pair)
        pair.pump.cut(0.0)
    for walk in PARTY_WALKS.values():
        pair = Pair()
        walk(pair)
        pair.party.cut(0.0)
    Pair.walk_all_the_way()
    pair = Pair()
    pair.host.meter = _spent()
    pair.pump = pair.host.new_end(0.0)
    pair.to_pump()
    waiting = Pair()
    PUMP_WALKS[State.ANSWERING](waiting)
    waiting.pump.receive(FRAME, 0.0)
    _pair_a_key()


def _pair_a_key() -> None:
    host = EchoHost()
    contact = Contact.pairing(host.card(Role.READER), KEY, "ward")
    outcome = Conversation(host, contact, []).run()
    assert outcome.paired("party")


def _spent() -> WakeMeter:
    meter = WakeMeter(0.0)
    while meter.take(0.0):
        pass
    return meter


def _expected(table: Table, state: State, kind: FrameKind) -> LinkErrorCode | str:
    if state is State.CLOSED:
        return "nothing"
    after = table.get((state, STEP_OF_FRAME[kind]))
    if isinstance(after, State):
        return WHAT_JUNK_MEANS[kind]
    return after or LinkErrorCode.UNEXPECTED_FRAME


def _check(events: list[Event], end: End, code: LinkErrorCode | str | None) -> None:
    assert end.state is State.CLOSED
    closed = [event.code for event in events if isinstance(event, Closed)]
    assert closed == ([] if code == "nothing" else [code])


def _section(heading: str) -> str:
    text = (Path(__file__).parents[2] / "docs" / "link.md").read_text()
    start = text.index(heading)
    return text[start : text.index("\n## ", start + 1)]
