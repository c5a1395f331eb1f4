"""What is fuzzed: each reader, and honest inputs to start from."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from thecal.link import parts, strict_cbor
from thecal.link.cards import CardError, PairingCard
from thecal.link.end import End
from thecal.link.errors import LinkError
from thecal.link.events import Closed
from thecal.link.frames import Frame, FrameKind, FrameReader
from thecal.link.handshake import Handshake, Pattern
from thecal.link.hello import PartyHello, PumpHello
from thecal.link.keys import StaticKey
from thecal.link.meter import WakeMeter
from thecal.link.party_end import Contact, PartyEnd
from thecal.link.pump_end import PumpEnd, PumpSide
from thecal.link.register import Entry, Register
from thecal.link.roles import PAIRED_ROLES, Purpose, Role
from thecal.link.states import State
from thecal.link.transports.address import AddressError, parse_address
from thecal.pump import (
    Bolus,
    DaySchedule,
    Fill,
    GiveBolus,
    Interrogate,
    Mode,
    NotLanguageError,
    Program,
    Step,
    Stop,
    Update,
    decode,
    encode,
)

SERIAL = "TW-0001"
PUMP_KEY, PARTY_KEY = StaticKey(bytes(range(32))), StaticKey(bytes(range(1, 33)))
CARD = PairingCard(SERIAL, Role.CLINICIAN, bytes(32))
MAX_HELD_BYTES = 70_000
"""An end holds at most one frame and one message."""


class BrokenPromiseError(AssertionError):
    """A reader did what it must not do."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something that reads bytes.

    Attributes:
        read: raises nothing, whatever it reads; anything raised is a finding.
        seeds: honest inputs.
    """

    read: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]


def _pump_end(purpose: Purpose | None = None) -> PumpEnd:
    register = Register((Entry(PARTY_KEY.public, Role.CLINICIAN, "ward", 0),))
    secrets = {role: bytes(32) for role in PAIRED_ROLES}
    side = PumpSide(SERIAL, PUMP_KEY, secrets, register, WakeMeter(0.0), lambda: True, lambda: 0)
    end = PumpEnd(side, 0.0)
    if purpose is not None:
        end.receive(PartyEnd(_contact(purpose), 0.0).take_output(), 0.0)
        end.take_output()
    return end


def _contact(purpose: Purpose) -> Contact:
    if purpose is Purpose.PAIR:
        return Contact.pairing(CARD, PARTY_KEY, "ward")
    if purpose is Purpose.EMERGENCY:
        return Contact.emergency(PARTY_KEY)
    return Contact.session(Role.CLINICIAN, PARTY_KEY, SERIAL, PUMP_KEY.public)


def _party_end(purpose: Purpose, *, greeted: bool) -> PartyEnd:
    end = PartyEnd(_contact(purpose), 0.0)
    if greeted:
        end.receive(Frame(FrameKind.HELLO, PumpHello(SERIAL, 1).pack()).pack(), 0.0)
    return end


def _feed(end: End, data: bytes) -> None:
    """Bytes in two pieces, then the end of time."""
    events = end.receive(data[: len(data) // 2], 0.0) + end.receive(data[len(data) // 2 :], 1.0)
    if len(end.take_output()) > MAX_HELD_BYTES:
        raise BrokenPromiseError("answers with more than it may")
    events += end.tick(1e9)
    if end.state is not State.CLOSED or sum(isinstance(e, Closed) for e in events) != 1:
        raise BrokenPromiseError(f"does not close once: {events}")


def _read_pump(data: bytes) -> None:
    _feed(_pump_end(), data)


def _read_pump_greeted(data: bytes) -> None:
    purposes = list(Purpose)
    _feed(_pump_end(purposes[len(data) % len(purposes)]), data)


def _read_party(data: bytes) -> None:
    purposes = list(Purpose)
    _feed(_party_end(purposes[len(data) % len(purposes)], greeted=len(data) % 2 == 0), data)


def _read_frames(data: bytes) -> None:
    reader, rest, total = FrameReader(), memoryview(data), 0
    with suppress(LinkError):
        while rest:
            frame, taken = reader.read(rest, list(FrameKind))
            total += len(frame.pack()) if frame is not None else 0
            rest = rest[taken:]
    if total > len(data):
        raise BrokenPromiseError("frames from nothing")


def _read_parts(data: bytes) -> None:
    """Each length byte pair is followed by a plaintext of that length."""
    reader, position = parts.PartReader(), 0
    with suppress(LinkError):
        while position + 2 <= len(data):
            length = int.from_bytes(data[position : position + 2], "big")
            message = reader.read(data[position + 2 : position + 2 + length])
            position += 2 + length
            if message is not None and not 0 < len(message) <= parts.MAX_MESSAGE_BYTES:
                raise BrokenPromiseError("a message of a size that there is not")


def _read_hellos(data: bytes) -> None:
    for kind in (PartyHello, PumpHello):
        with suppress(LinkError):
            if kind.read(data).pack() != data:
                raise BrokenPromiseError("a hello in two forms")


def _read_cbor(data: bytes) -> None:
    with suppress(strict_cbor.NotPlainError):
        if strict_cbor.write(strict_cbor.read(data, max_bytes=65_024, max_depth=8)) != data:
            raise BrokenPromiseError("a value in two forms")


def _read_language(data: bytes) -> None:
    with suppress(NotLanguageError):
        if encode(decode(data)) != data:
            raise BrokenPromiseError("a message in two forms")


def _read_card(data: bytes) -> None:
    with suppress(CardError):
        PairingCard.parse(data.decode("utf-8", "replace"))


def _read_address(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    with suppress(AddressError):
        if str(parse_address(str(parse_address(text)))) != str(parse_address(text)):
            raise BrokenPromiseError("an address in two forms")


def _read_handshake(data: bytes) -> None:
    pattern = list(Pattern)[len(data) % 3]
    pre_shared = bytes(32) if pattern is Pattern.PAIR else None
    with suppress(LinkError):
        Handshake(
            pattern,
            initiator=False,
            prologue=b"",
            private=PUMP_KEY.private,
            pre_shared=pre_shared,
        ).read(data)


def _honest_party_bytes() -> list[bytes]:
    seeds = []
    for purpose in Purpose:
        pump, party = _pump_end(), PartyEnd(_contact(purpose), 0.0)
        said = b""
        for _ in range(3):
            output = party.take_output()
            said += output
            pump.receive(output, 0.0)
            party.receive(pump.take_output(), 0.0)
        seeds.append(said)
    return seeds


def _honest_pump_bytes() -> list[bytes]:
    hello = Frame(FrameKind.HELLO, PumpHello(SERIAL, 1).pack()).pack()
    return [hello, hello + Frame(FrameKind.HANDSHAKE, bytes(48)).pack()]


def _handshake_bytes() -> list[bytes]:
    return [seed[63:] for seed in _honest_party_bytes()] + [bytes(32), bytes(96)]


def _language_bytes() -> list[bytes]:
    day = DaySchedule((Step(0, 10**9), Step(420, 2 * 10**9)))
    program = Program(Mode.FLEX, (day,), (0,) * 7, priming=Bolus(10**9, 600))
    update = Update("0123456789", 3, program, Fill(2 * 10**10, 10**9, ("morphine 20 mg/mL",)))
    values = (update, Interrogate(), Stop("0123456789"), GiveBolus("0123456789", Bolus(1, 2)))
    return [encode(value) for value in values]


def _part_bytes() -> list[bytes]:
    messages = (b"x" * 5, b"y" * 1_016, b"z" * 1_100)
    plaintexts = [part for i, message in enumerate(messages) for part in parts.cut(message, i)]
    return [b"".join(len(part).to_bytes(2, "big") + part for part in plaintexts)]


def _hello_bytes() -> list[bytes]:
    return [PartyHello((1, 2), Purpose.PAIR, Role.READER).pack(), PumpHello(SERIAL, 1).pack()]


def _address_bytes() -> list[bytes]:
    return [b"127.0.0.1:7001", b"[::1]:7001", b"pump.example:1", b"serial:/dev/ttyUSB0", b"pipe:/x"]


TARGETS = {
    "frames": Target(_read_frames, _honest_party_bytes),
    "parts": Target(_read_parts, _part_bytes),
    "hellos": Target(_read_hellos, _hello_bytes),
    "cbor": Target(_read_cbor, _language_bytes),
    "language": Target(_read_language, _language_bytes),
    "cards": Target(_read_card, lambda: [CARD.print().encode()]),
    "addresses": Target(_read_address, _address_bytes),
    "handshakes": Target(_read_handshake, _handshake_bytes),
    "pump": Target(_read_pump, _honest_party_bytes),
    "pump-greeted": Target(_read_pump_greeted, _handshake_bytes),
    "party": Target(_read_party, _honest_pump_bytes),
}
