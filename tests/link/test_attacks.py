"""Attacks on a contact, each by name: what they meet, and that nothing was acted on (§13)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bench_side import EchoHost
from conversation import Conversation, Outcome

from thecal.link import strict_cbor
from thecal.link.cards import PairingCard
from thecal.link.errors import LinkErrorCode
from thecal.link.events import Closed, FellAsleep, Opened
from thecal.link.frames import Frame, FrameKind
from thecal.link.hello import PartyHello, PumpHello
from thecal.link.keys import StaticKey
from thecal.link.party_end import Contact
from thecal.link.pump_end import PumpEnd
from thecal.link.register import Entry
from thecal.link.roles import PAIRED_ROLES, Purpose, Role
from thecal.link.states import State

KEY = StaticKey.generate()


@pytest.fixture
def host() -> EchoHost:
    pump = EchoHost()
    pump.register.add(Entry(KEY.public, Role.PATIENT, "controller", 0))
    return pump


def _session(host: EchoHost, **change: object) -> Contact:
    contact = Contact.session(Role.PATIENT, KEY, host.serial, host.key.public)
    return replace(contact, **change)  # type: ignore[arg-type]


def _refused(
    outcome: Outcome, at_pump: LinkErrorCode, at_party: LinkErrorCode | None = None
) -> None:
    assert outcome.closed("pump").code is at_pump
    assert outcome.closed("party").code is (at_party or at_pump)
    assert outcome.acted == []
    assert not any(isinstance(event, Opened) for event in outcome.pump_events)


def test_another_serial_than_wanted_is_the_wrong_pump(host: EchoHost) -> None:
    outcome = Conversation(host, _session(host, wanted_serial="TW-0002"), [b"stop"]).run()
    _refused(outcome, LinkErrorCode.WRONG_PUMP)
    assert dict(outcome.closed("party").facts)["found"] == host.serial


def test_a_pump_with_a_copied_serial_learns_nothing(host: EchoHost) -> None:
    """It has the serial, not the key: the party's first frame does not open for it."""
    impostor = EchoHost(host.serial)
    impostor.register.add(Entry(KEY.public, Role.PATIENT, "controller", 0))
    _refused(
        Conversation(impostor, _session(host), [b"stop"]).run(), LinkErrorCode.HANDSHAKE_FAILED
    )


@pytest.mark.parametrize("purpose", [Purpose.EMERGENCY, Purpose.PAIR])
def test_another_static_key_than_the_pinned_one_is_the_wrong_pump(
    host: EchoHost, purpose: Purpose
) -> None:
    host.present = True
    other = StaticKey.generate().public
    contact = (
        Contact.emergency(KEY, host.serial, pinned_key=other)
        if purpose is Purpose.EMERGENCY
        else Contact.pairing(host.card(Role.PATIENT), KEY, "controller", pinned_key=other)
    )
    _refused(Conversation(host, contact, [b"stop"]).run(), LinkErrorCode.WRONG_PUMP)


@pytest.mark.parametrize("role", PAIRED_ROLES)
def test_a_card_of_another_secret_pairs_nothing(host: EchoHost, role: Role) -> None:
    card = PairingCard.generate(host.serial, role)
    outcome = Conversation(host, Contact.pairing(card, StaticKey.generate(), "x"), []).run()
    _refused(outcome, LinkErrorCode.HANDSHAKE_FAILED)
    assert len(host.register.entries) == 1


@pytest.mark.parametrize("held", PAIRED_ROLES)
@pytest.mark.parametrize("asked", PAIRED_ROLES)
def test_a_card_pairs_in_its_own_role_only(held: Role, asked: Role) -> None:
    """The secret of one role, on a card that names another."""
    host = EchoHost()
    forged = replace(host.card(held), role=asked)
    outcome = Conversation(host, Contact.pairing(forged, KEY, "x"), []).run()
    assert outcome.paired("pump") == (held is asked)
    assert [entry.role for entry in host.register.entries] == ([asked] if held is asked else [])


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.READER])
def test_a_paired_key_does_not_rise_by_another_card(host: EchoHost, role: Role) -> None:
    outcome = Conversation(host, Contact.pairing(host.card(role), KEY, "x"), []).run()
    _refused(outcome, LinkErrorCode.ROLE)
    assert host.register.entries == (Entry(KEY.public, Role.PATIENT, "controller", 0),)


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.READER])
def test_a_paired_key_does_not_rise_by_its_hello(host: EchoHost, role: Role) -> None:
    _refused(Conversation(host, _session(host, role=role), [b"stop"]).run(), LinkErrorCode.ROLE)


def test_pairing_again_in_the_same_role_changes_nothing(host: EchoHost) -> None:
    contact = Contact.pairing(host.card(Role.PATIENT), KEY, "another name")
    assert Conversation(host, contact, []).run().paired("party")
    assert host.register.entries == (Entry(KEY.public, Role.PATIENT, "controller", 0),)


def test_a_full_register_takes_no_more(host: EchoHost) -> None:
    for _ in range(31):
        host.register.add(Entry(StaticKey.generate().public, Role.READER, "r", 0))
    contact = Contact.pairing(host.card(Role.CLINICIAN), StaticKey.generate(), "late")
    _refused(Conversation(host, contact, []).run(), LinkErrorCode.REGISTER_FULL)
    assert Conversation(host, _session(host), [b"x"]).run().acted == [b"x"]


def test_an_unknown_key_is_not_let_in(host: EchoHost) -> None:
    contact = _session(host, key=StaticKey.generate())
    _refused(Conversation(host, contact, [b"stop"]).run(), LinkErrorCode.NOT_PAIRED)


def test_a_removed_key_loses_its_open_session(host: EchoHost) -> None:
    talk = Conversation(host, _session(host), [b"one", b"two"])
    answer = host.answer

    def remove_then_answer(session: object, request: bytes) -> bytes:
        host.register.remove(KEY.public)
        return answer(session, request)  # type: ignore[arg-type]

    host.answer = remove_then_answer  # type: ignore[method-assign]
    outcome = talk.run()
    assert outcome.acted == [b"one"]
    assert outcome.closed("pump").code is LinkErrorCode.NOT_PAIRED


PARTY_HELLO: dict[str, object] = {
    "link": "thecal",
    "versions": [1],
    "purpose": "session",
    "role": "patient",
}
PUMP_HELLO: dict[str, object] = {"link": "thecal", "serial": "TW-0001", "version": 1}


def _rewrite(plain: dict[str, object], **change: object) -> bytes:
    return Frame(FrameKind.HELLO, strict_cbor.write({**plain, **change})).pack()


@pytest.mark.parametrize(
    ("at", "altered", "expected"),
    [
        (0, _rewrite(PARTY_HELLO, role="clinician"), LinkErrorCode.HANDSHAKE_FAILED),
        (0, _rewrite(PARTY_HELLO, versions=[1, 2]), LinkErrorCode.HANDSHAKE_FAILED),
        (0, _rewrite(PARTY_HELLO, purpose="pair"), LinkErrorCode.HANDSHAKE_FAILED),
        (0, _rewrite(PARTY_HELLO, purpose="emergency"), LinkErrorCode.PRESENCE),
        (0, _rewrite(PARTY_HELLO, versions=[7]), LinkErrorCode.VERSION),
        (1, _rewrite(PUMP_HELLO, serial="TW-0002"), LinkErrorCode.WRONG_PUMP),
        (1, _rewrite(PUMP_HELLO, version=2), LinkErrorCode.VERSION),
    ],
)
def test_an_altered_hello_ends_in_the_handshake(
    host: EchoHost, at: int, altered: bytes, expected: LinkErrorCode
) -> None:
    outcome = Conversation(host, _session(host), [b"stop"], at, lambda _: [altered]).run()
    assert expected in (outcome.closed("pump").code, outcome.closed("party").code)
    assert outcome.acted == []
    assert outcome.answers == []


def test_a_downgrade_between_two_ends_that_speak_more_is_noticed(host: EchoHost) -> None:
    """Both speak 1 and 2; somebody in between strikes 2 from the party's hello."""
    versions = (1, 2)
    host.versions = versions
    contact = _session(host, versions=versions)
    assert Conversation(host, contact, [b"x"]).run().answers
    struck = _rewrite(PARTY_HELLO)
    outcome = Conversation(host, contact, [b"x"], 0, lambda _: [struck]).run()
    _refused(outcome, LinkErrorCode.HANDSHAKE_FAILED)


def test_stale_software_is_told_so(host: EchoHost) -> None:
    host.versions = (2,)
    _refused(Conversation(host, _session(host), [b"x"]).run(), LinkErrorCode.VERSION)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        strict_cbor.write([]),
        strict_cbor.write({**PARTY_HELLO, "link": "other"}),
        strict_cbor.write({**PARTY_HELLO, "more": 1}),
        strict_cbor.write({k: v for k, v in PARTY_HELLO.items() if k != "role"}),
        strict_cbor.write({**PARTY_HELLO, "role": "emergency"}),
        strict_cbor.write({**PARTY_HELLO, "role": "surgeon"}),
        strict_cbor.write({**PARTY_HELLO, "role": ["patient"]}),
        strict_cbor.write({**PARTY_HELLO, "purpose": None}),
        strict_cbor.write({**PARTY_HELLO, "versions": []}),
        strict_cbor.write({**PARTY_HELLO, "versions": [2, 1]}),
        strict_cbor.write({**PARTY_HELLO, "versions": [1, 1]}),
        strict_cbor.write({**PARTY_HELLO, "versions": [True]}),
        strict_cbor.write({**PARTY_HELLO, "versions": [0]}),
        strict_cbor.write({**PARTY_HELLO, "versions": list(range(1, 10))}),
        strict_cbor.write({**PARTY_HELLO, "versions": 1}),
    ],
)
def test_a_hello_that_is_not_exactly_one_is_refused(host: EchoHost, body: bytes) -> None:
    end = host.new_end(0.0)
    (closed,) = end.receive(Frame(FrameKind.HELLO, body).pack(), 0.0)
    assert isinstance(closed, Closed)
    assert closed.code is LinkErrorCode.MALFORMED_HELLO


@pytest.mark.parametrize("version", [0, True, "1", None, 65_536])
def test_a_pumps_hello_is_read_as_strictly(host: EchoHost, version: object) -> None:
    altered = _rewrite(PUMP_HELLO, version=version)
    outcome = Conversation(host, _session(host), [], 1, lambda _: [altered]).run()
    assert outcome.closed("party").code is LinkErrorCode.MALFORMED_HELLO


def test_hellos_read_back() -> None:
    party = PartyHello((1, 3), Purpose.PAIR, Role.READER)
    assert PartyHello.read(party.pack()) == party
    pump = PumpHello("TW-0001", 1)
    assert PumpHello.read(pump.pack()) == pump


def test_a_recorded_session_played_again_does_nothing(host: EchoHost) -> None:
    recorded = Conversation(host, _session(host), [b"bolus"]).run()
    assert recorded.acted == [b"bolus"]
    end = host.new_end(0.0)
    events = [
        event
        for sender, frame in recorded.frames
        if sender == "party"
        for event in end.receive(frame, 0.0)
    ]
    assert [type(event) for event in events] == [Closed]
    assert end.state is State.CLOSED
    assert events[0] == Closed(LinkErrorCode.SEAL_BROKEN)


def test_a_recording_costs_a_token_and_a_session_none(host: EchoHost) -> None:
    recorded = Conversation(host, _session(host), [b"x"]).run()
    assert host.meter.tokens(0.0) == 20
    end = host.new_end(0.0)
    for sender, frame in recorded.frames:
        if sender == "party":
            end.receive(frame, 0.0)
    assert host.meter.tokens(0.0) == 19


def test_nothing_but_hellos_and_farewells_can_be_read_on_the_wire(host: EchoHost) -> None:
    host.present = True
    secret = b"morphine 5 mg per day"
    contacts = [
        _session(host),
        Contact.emergency(KEY),
        Contact.pairing(host.card(Role.PATIENT), KEY, "Anna's controller"),
    ]
    for contact in contacts:
        outcome = Conversation(host, contact, [secret]).run()
        wire = b"".join(frame for _, frame in outcome.frames)
        known = (secret, KEY.public, host.key.public, b"Anna", host.card(Role.PATIENT).secret)
        assert not [text for text in known if text in wire]


def test_a_pump_that_is_not_spoken_to_says_nothing(host: EchoHost) -> None:
    end = host.new_end(0.0)
    end.tick(9.9)
    assert end.state is State.ASLEEP
    (closed,) = end.tick(10.0)
    assert closed == Closed(LinkErrorCode.TOO_SLOW)
    assert end.take_output() == b""
    assert host.meter.tokens(10.0) == 20


def _hello_to(end: PumpEnd, now_s: float = 0.0) -> bytes:
    body = PartyHello((1,), Purpose.SESSION, Role.PATIENT).pack()
    end.receive(Frame(FrameKind.HELLO, body).pack(), now_s)
    return end.take_output()


def test_a_flood_of_contacts_meets_silence(host: EchoHost) -> None:
    answered = [bool(_hello_to(host.new_end(0.0))) for _ in range(200)]
    assert answered == [True] * 20 + [False] * 180


def test_a_flood_is_told_once_until_the_meter_is_full(host: EchoHost) -> None:
    def flood(now_s: float) -> int:
        ends = [host.new_end(now_s) for _ in range(100)]
        events = [event for end in ends for event in end.receive(b"\x01", now_s)]
        codes = {event.code for event in events if isinstance(event, Closed)}
        assert codes == {LinkErrorCode.ASLEEP}
        return events.count(FellAsleep())

    assert flood(0.0) == 1
    assert flood(100.0) == 0
    assert flood(100.0 + 20 * 15.0) == 1


def test_a_flood_does_not_keep_those_at_the_pump_out(host: EchoHost) -> None:
    while _hello_to(host.new_end(0.0)):
        pass
    host.present = True
    assert Conversation(host, _session(host), [b"stop"]).run().acted == [b"stop"]
    host.present = False
    assert not _hello_to(host.new_end(0.0))
    assert _hello_to(host.new_end(15.0), 15.0)


def test_a_sleeping_pump_does_no_arithmetic(
    host: EchoHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = Conversation(host, _session(host), [b"x"]).run()
    while host.meter.take(0.0):
        pass
    monkeypatch.setattr("thecal.link.pump_end.Handshake", None)  # any use of it would raise
    end = host.new_end(0.0)
    for sender, frame in recorded.frames:
        if sender == "party":
            end.receive(frame, 0.0)
    assert end.state is State.CLOSED
    assert end.take_output() == b""


def test_an_emergency_ends_with_presence(host: EchoHost) -> None:
    host.present = True
    contact = Contact.emergency(StaticKey.generate())
    answer = host.answer

    def walk_away(session: object, request: bytes) -> bytes:
        host.present = False
        return answer(session, request)  # type: ignore[arg-type]

    host.answer = walk_away  # type: ignore[method-assign]
    outcome = Conversation(host, contact, [b"interrogate", b"stop"]).run()
    assert outcome.acted == [b"interrogate"]
    assert outcome.closed("pump").code is LinkErrorCode.PRESENCE


def test_an_emergency_without_requests_ends_with_presence_too(host: EchoHost) -> None:
    host.present = True
    talk = Conversation(host, Contact.emergency(StaticKey.generate()), [])
    for _ in range(2):
        talk.pump.receive(talk.party.take_output(), 0.0)
        talk.party.receive(talk.pump.take_output(), 0.0)
    (opened,) = talk.pump.receive(talk.party.take_output(), 0.0)
    assert isinstance(opened, Opened)
    assert opened.role is Role.EMERGENCY
    deadline_s = talk.pump.deadline_s
    assert deadline_s == 1.0
    assert talk.pump.tick(1.0) == []
    host.present = False
    assert talk.pump.tick(2.0) == [Closed(LinkErrorCode.PRESENCE)]


@pytest.mark.parametrize("role", list(Role))
def test_an_emergency_has_its_role_whatever_it_says(host: EchoHost, role: Role) -> None:
    host.present = True
    contact = replace(Contact.emergency(KEY), role=role)
    outcome = Conversation(host, contact, [b"x"]).run()
    assert outcome.answers == [b"emergency:x"]
