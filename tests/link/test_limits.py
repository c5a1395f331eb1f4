"""Slow, endless, oversize and worn-out: limits of size and time, and memory that stays bounded."""

from __future__ import annotations

import struct
import tracemalloc
from collections.abc import Callable

import pytest
from bench_side import EchoHost

from thecal.link import handshake, parts
from thecal.link.errors import LinkError, LinkErrorCode
from thecal.link.events import Answer, Closed, Event, Opened, Progress, Request
from thecal.link.frames import MAX_BODY_BYTES, Frame, FrameKind, FrameReader
from thecal.link.keys import StaticKey
from thecal.link.party_end import Contact, PartyEnd
from thecal.link.pump_end import PumpEnd
from thecal.link.register import Entry
from thecal.link.roles import Role
from thecal.link.states import State

KEY = StaticKey.generate()


class Standing:
    """A session that stands."""

    def __init__(self) -> None:
        self.host = EchoHost()
        self.host.register.add(Entry(KEY.public, Role.CLINICIAN, "ward", 0))
        self.pump: PumpEnd = self.host.new_end(0.0)
        contact = Contact.session(Role.CLINICIAN, KEY, self.host.serial, self.host.key.public)
        self.party = PartyEnd(contact, 0.0)
        for _ in range(2):
            self.pump.receive(self.party.take_output(), 0.0)
            self.party.receive(self.pump.take_output(), 0.0)

    def say(self, plaintext: bytes, now_s: float = 0.0) -> list[Event]:
        """Let a party that has the keys send a plaintext of its own making."""
        assert self.party._seals is not None
        frame = Frame(FrameKind.SEALED, self.party._seals.seal(plaintext))
        return self.pump.receive(frame.pack(), now_s)


def _code(events: list[Event]) -> LinkErrorCode | None:
    (closed,) = [event for event in events if isinstance(event, Closed)]
    return closed.code


@pytest.mark.parametrize("kind", FrameKind)
def test_a_frame_is_refused_by_its_header_alone(kind: FrameKind) -> None:
    limit = MAX_BODY_BYTES[kind]
    for length in (limit, limit + 1, 65_535):
        reader = FrameReader()
        header = memoryview(bytes((kind, 0)) + length.to_bytes(2, "big"))
        if length <= limit:
            assert reader.read(header, [kind]) == (None, 4)
            continue
        with pytest.raises(LinkError) as caught:
            reader.read(header, [kind])
        assert caught.value.code is LinkErrorCode.OVERSIZE
        with pytest.raises(ValueError, match="holds"):
            Frame(kind, bytes(length)).pack()


@pytest.mark.parametrize("header", [b"\x00\x00\x00\x00", b"\x05\x00\x00\x00", b"\x01\x01\x00\x00"])
def test_a_header_that_is_none_is_refused(header: bytes) -> None:
    with pytest.raises(LinkError) as caught:
        FrameReader().read(memoryview(header), list(FrameKind))
    assert caught.value.code is LinkErrorCode.UNEXPECTED_FRAME


def test_frames_come_whole_however_they_are_cut() -> None:
    frames = [Frame(FrameKind.HELLO, b"a" * n) for n in (0, 1, 256)]
    wire = b"".join(frame.pack() for frame in frames)
    for step in range(1, len(wire)):
        reader, got = FrameReader(), []
        for start in range(0, len(wire), step):
            rest = memoryview(wire[start : start + step])
            while rest:
                frame, taken = reader.read(rest, list(FrameKind))
                rest = rest[taken:]
                got += [frame] if frame else []
        assert got == frames
        assert not reader.begun


@pytest.mark.parametrize("size", [1, 1_015, 1_016, 1_017, 2_032, 65_023, 65_024])
def test_a_message_of_any_size_comes_whole(size: int) -> None:
    standing = Standing()
    message = bytes(i % 251 for i in range(size))
    standing.party.send(message, 0.0)
    opened, *progress, request = standing.pump.receive(standing.party.take_output(), 0.0)
    assert isinstance(opened, Opened)
    assert request == Request(message)
    count = -(-size // 1_016)
    assert progress == [Progress(done, count) for done in range(1, count)]
    standing.pump.send(message, 0.0)
    assert standing.party.receive(standing.pump.take_output(), 0.0)[-1] == Answer(message)


def test_a_message_that_is_too_long_is_not_begun() -> None:
    standing = Standing()
    for end in (standing.party, standing.pump):
        if end is standing.pump:
            standing.party.send(b"x", 0.0)
            standing.pump.receive(standing.party.take_output(), 0.0)
        with pytest.raises(LinkError) as caught:
            end.send(bytes(65_025), 0.0)
        assert caught.value.code is LinkErrorCode.OVERSIZE
        assert end.take_output() == b""
        with pytest.raises(ValueError, match="at least one byte"):
            end.send(b"", 0.0)
    standing.pump.send(b"y", 0.0)
    assert standing.party.receive(standing.pump.take_output(), 0.0) == [Answer(b"y")]


@pytest.mark.parametrize(
    "headers",
    [
        [(1, 0, 1)],
        [(0, 1, 2)],
        [(0, 0, 0)],
        [(0, 0, 65)],
        [(0, 0, 2), (0, 0, 2)],
        [(0, 0, 3), (0, 2, 3)],
        [(0, 0, 2), (0, 1, 3)],
        [(0, 0, 2), (1, 1, 2)],
        [(0, 0, 2), (1, 0, 1)],
    ],
)
def test_parts_out_of_order_end_the_session(headers: list[tuple[int, int, int]]) -> None:
    standing = Standing()
    events: list[Event] = []
    for header in headers:
        events += standing.say(struct.pack(">IHH", *header) + b"x" * parts.PART_BYTES)
    assert _code(events) is LinkErrorCode.BAD_SEQUENCE
    assert not any(isinstance(event, Request) for event in events)


@pytest.mark.parametrize("plaintext", [b"", b"\x00" * 7, struct.pack(">IHH", 0, 0, 1)])
def test_a_part_without_content_ends_the_session(plaintext: bytes) -> None:
    assert _code(Standing().say(plaintext)) is LinkErrorCode.BAD_SEQUENCE


def test_a_part_that_is_not_full_ends_the_session_unless_it_is_the_last() -> None:
    standing = Standing()
    events = standing.say(struct.pack(">IHH", 0, 0, 2) + b"x" * (parts.PART_BYTES - 1))
    assert _code(events) is LinkErrorCode.BAD_SEQUENCE


def test_a_second_request_before_the_answer_is_out_of_turn() -> None:
    standing = Standing()
    events = standing.say(struct.pack(">IHH", 0, 0, 1) + b"one")
    events += standing.say(struct.pack(">IHH", 1, 0, 1) + b"two")
    assert [event.message for event in events if isinstance(event, Request)] == [b"one"]
    assert _code(events) is LinkErrorCode.OUT_OF_TURN


def test_a_key_seals_a_million_frames_and_no_more() -> None:
    assert handshake.MAX_SEALED_FRAMES == 2**20


def test_a_pump_acts_on_nothing_that_it_could_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handshake, "MAX_SEALED_FRAMES", 65)
    standing = Standing()
    standing.say(struct.pack(">IHH", 0, 0, 1) + b"x")
    standing.pump.send(b"y" * 1_017, 0.0)
    events = standing.say(struct.pack(">IHH", 1, 0, 1) + b"x")
    assert events == [Closed(LinkErrorCode.WORN_OUT)]


def test_an_opening_key_wears_out_too(monkeypatch: pytest.MonkeyPatch) -> None:
    standing = Standing()
    frames = [struct.pack(">IHH", 0, part, 64) + b"x" * parts.PART_BYTES for part in range(3)]
    sealed = standing.party._seals
    assert sealed is not None
    wire = [Frame(FrameKind.SEALED, sealed.seal(frame)).pack() for frame in frames]
    monkeypatch.setattr(handshake, "MAX_SEALED_FRAMES", 2)
    events = [event for frame in wire for event in standing.pump.receive(frame, 0.0)]
    assert _code(events) is LinkErrorCode.WORN_OUT


def test_a_party_with_a_worn_key_asks_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handshake, "MAX_SEALED_FRAMES", 1)
    standing = Standing()
    with pytest.raises(LinkError) as caught:
        standing.party.send(b"x" * 1_017, 0.0)
    assert caught.value.code is LinkErrorCode.WORN_OUT
    assert standing.party.state is State.CLOSED
    farewell = Frame(FrameKind.FAREWELL, b"worn-out").pack()
    assert standing.party.take_output() == farewell


def test_dripping_bytes_are_too_slow() -> None:
    host = EchoHost()
    end = host.new_end(0.0)
    hello = Frame(FrameKind.HELLO, b"x" * 256).pack()
    events: list[Event] = []
    for second, byte in enumerate(hello):
        events += end.receive(bytes([byte]), float(second))
    assert events == [Closed(LinkErrorCode.TOO_SLOW)]
    assert end.state is State.CLOSED


def test_a_frame_that_drips_in_a_session_is_too_slow() -> None:
    standing = Standing()
    standing.party.send(b"request", 5.0)
    frame = standing.party.take_output()
    assert standing.pump.receive(frame[:10], 5.0) == []
    assert standing.pump.deadline_s == 15.0
    assert standing.pump.receive(frame[10:-1], 14.9) == []
    assert _code(standing.pump.receive(frame[-1:], 15.0)) is LinkErrorCode.TOO_SLOW


@pytest.mark.parametrize(
    ("wait", "limit_s"),
    [
        (lambda standing: standing.pump, 120.0),
        (lambda standing: (standing.party.send(b"x", 0.0), standing.party)[1], 30.0),
    ],
    ids=["between requests", "for an answer"],
)
def test_waiting_has_its_limit(
    wait: Callable[[Standing], PumpEnd | PartyEnd], limit_s: float
) -> None:
    end = wait(Standing())
    assert end.deadline_s == limit_s
    assert end.tick(limit_s - 0.1) == []
    assert _code(end.tick(limit_s)) is LinkErrorCode.TOO_SLOW


def test_a_session_lasts_an_hour_at_most() -> None:
    standing = Standing()
    for now_s in range(0, 3_600, 100):
        standing.party.send(b"x", float(now_s))
        (*_, request) = standing.pump.receive(standing.party.take_output(), float(now_s))
        assert request == Request(b"x")
        standing.pump.send(b"y", float(now_s))
        standing.party.receive(standing.pump.take_output(), float(now_s))
    assert standing.pump.deadline_s == 3_600.0
    assert _code(standing.pump.tick(3_600.0)) is LinkErrorCode.TOO_SLOW


def test_endless_bytes_from_a_stranger_take_no_memory() -> None:
    chunk = Frame(FrameKind.HELLO, b"x" * 250).pack() * 250
    peak = _peak(lambda: _feed(EchoHost().new_end(0.0), chunk, 300))
    assert peak < 400_000


def test_endless_parts_from_a_party_take_no_memory() -> None:
    """A message that would not end is ended at its 64th part."""

    def endless() -> None:
        standing = Standing()
        for part in range(10_000):
            standing.say(struct.pack(">IHH", 0, part % 65_536, 65_535) + b"x" * parts.PART_BYTES)
        assert standing.pump.state is State.CLOSED

    assert _peak(endless) < 400_000


def test_the_longest_message_takes_little_more_than_itself() -> None:
    def longest() -> None:
        standing = Standing()
        for part in range(64):
            standing.say(struct.pack(">IHH", 0, part, 64) + b"x" * parts.PART_BYTES)
        assert standing.pump.state is State.ANSWERING

    assert _peak(longest) < 400_000


def _feed(end: PumpEnd, chunk: bytes, times: int) -> None:
    for _ in range(times):
        end.receive(chunk, 0.0)
    assert end.state is State.CLOSED


def _peak(work: Callable[[], None]) -> int:
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak
