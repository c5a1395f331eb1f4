"""Each threat of docs/link.md §13, tried on a pump that runs, through its socket."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from pump_cases import DAY_AND_NIGHT, DOSE, FULL, simple
from running_pumps import (
    ML,
    UL,
    Party,
    Process,
    ask,
    log_of,
    new_id,
    paired,
    start,
    status,
)
from wiretaps import FAREWELL, HELLO, SEALED, Alter, Gathered, Tapped, frames_in, tapped

from thecal.link.errors import LinkError, LinkErrorCode
from thecal.link.keys import StaticKey
from thecal.link.meter import TOKENS
from thecal.link.party_end import Contact
from thecal.link.roles import Role
from thecal.link.transports.channel import Channel, pair, pair_over
from thecal.pump import (
    GENESIS,
    Accepted,
    Bolus,
    Ceiling,
    CorrectClock,
    DaySchedule,
    EndSession,
    Entry,
    Fill,
    GiveBolus,
    Interrogate,
    ListKeys,
    LogPage,
    Mode,
    Program,
    ReadLog,
    ReadPatientStatus,
    RefusalCode,
    Refused,
    RemoveKey,
    Request,
    RequestPatientDose,
    SetClock,
    Step,
    Stop,
    Update,
    encode,
    follow,
)
from thecal.pump.permissions import MAY_ASK

BIG = Program(
    Mode.FLEX,
    tuple(
        DaySchedule(tuple(Step(100 * step, 150 * UL + day) for step in range(13)))
        for day in range(7)
    ),
    tuple(range(7)),
)
"""A program whose update takes several frames."""
FARE_WELL = re.compile(rb"\x04\x00..", re.DOTALL)


def programmed(pump: Process, program: Program = DAY_AND_NIGHT) -> Party:
    """A clinician whose pump runs a program."""
    party = paired(pump, Role.CLINICIAN)
    with party.open(pump.address) as channel:
        answer = ask(channel, Update(new_id(), status(channel).revision, program, FULL))
        assert isinstance(answer, Accepted), answer
    return party


def held(pump: Process) -> tuple[str | None, int, int]:
    """Program, revision and doses as the bench sees them, without any link."""
    believed = pump.view()["believed"]
    return believed["program_digest"], believed["revision"], believed["doses_granted"]


def boluses(folder: Path) -> int:
    """How many boluses the pump has really begun, by its log."""
    return sum(
        what in ("bolus", "patient-dose") and "refused" not in facts
        for what, facts in log_of(folder)
    )


BOLUS = Bolus(10 * UL, 600)


# A bolus or an update is replayed


def test_a_replayed_bolus_ends_the_session_and_acts_once(pump: Process) -> None:
    tap, channel = tapped(programmed(pump), pump.address)
    assert isinstance(ask(channel, GiveBolus(new_id(), BOLUS)), Accepted)
    tap.inject(tap.sent[-1])
    with pytest.raises(LinkError) as caught:
        ask(channel, Interrogate())
    assert caught.value.code in (LinkErrorCode.SEAL_BROKEN, LinkErrorCode.CUT)
    pump.end()
    assert boluses(pump.folder) == 1


def test_a_whole_recorded_session_played_again_does_nothing(pump: Process) -> None:
    tap, channel = tapped(programmed(pump), pump.address)
    ask(channel, GiveBolus(new_id(), BOLUS))
    channel.close()
    before = held(pump)
    with pump.raw() as again:
        again.sendall(b"".join(tap.sent))
        heard = read_all(again)
    assert [frame[0] for frame in frames_in(heard)] == [HELLO, 2, FAREWELL]
    assert heard.endswith(b"seal-broken")
    assert held(pump) == before
    pump.end()
    assert boluses(pump.folder) == 1


def test_an_id_sent_again_in_another_session_acts_once_even_after_a_kill(pump: Process) -> None:
    party, bolus = programmed(pump), GiveBolus(new_id(), BOLUS)
    with party.open(pump.address) as channel:
        first = ask(channel, bolus)
    pump.kill()
    again = start(pump.folder)
    with party.open(again.address) as channel:
        assert ask(channel, bolus) == first
        other = ask(channel, replace(bolus, bolus=Bolus(20 * UL, 600)))
        assert other == Refused(bolus.command_id, RefusalCode.ID_REUSED)
    again.end()
    assert boluses(pump.folder) == 1


def read_all(connection: Any) -> bytes:
    data = b""
    while chunk := connection.recv(65_536):
        data += chunk
    return bytes(data)


# Forged or altered frames


@pytest.mark.parametrize("at", [0, 1, 2, 3, 4, 10, 40, -17, -1])
def test_a_frame_altered_anywhere_is_not_acted_on(pump: Process, at: int) -> None:
    party = programmed(pump)
    before = held(pump)
    tap, channel = tapped(party, pump.address)

    def flip(frames: list[bytes]) -> list[bytes]:
        data = bytearray(frames[0])
        data[at] ^= 0x10
        return [bytes(data), bytes(2_000)]

    tap.alter = flip
    with pytest.raises(LinkError):
        ask(channel, Update(new_id(), before[1], simple(ML)))
    assert held(pump) == before


def test_a_frame_forged_without_the_key_is_not_acted_on(pump: Process) -> None:
    party = programmed(pump)
    before = held(pump)
    tap, channel = tapped(party, pump.address)
    body = encode(Update(new_id(), before[1], simple(ML)))
    tap.alter = lambda _: [
        bytes([SEALED, 0]) + (len(body) + 16).to_bytes(2, "big") + body + bytes(16)
    ]
    with pytest.raises(LinkError):
        ask(channel, Interrogate())
    assert held(pump) == before


# The wrong pump


def test_another_pump_is_not_spoken_to_even_under_the_wanted_serial(
    pump: Process, tmp_path: Path
) -> None:
    party = programmed(pump)
    other = start(tmp_path / "other", "--model", "synchromed-ii-20")
    twin = start(tmp_path / "same-serial", "--model", "synchromed-ii-20", "--serial", pump.serial)
    for wrong in (other, twin):
        with pytest.raises(LinkError) as caught:
            party.open(wrong.address)
        assert not caught.value.sent
        assert wrong.view()["believed"]["log_length"] == 0
    with pytest.raises(LinkError) as caught:
        party.open(other.address)
    assert caught.value.code is LinkErrorCode.WRONG_PUMP


def test_a_card_of_another_pump_pairs_nobody(pump: Process, tmp_path: Path) -> None:
    twin = start(tmp_path / "same-serial", "--model", "synchromed-ii-20", "--serial", pump.serial)
    with pytest.raises(LinkError) as caught:
        pair(pump.address, Contact.pairing(twin.card(Role.CLINICIAN), StaticKey.generate(), "x"))
    assert caught.value.code is LinkErrorCode.HANDSHAKE_FAILED
    assert pump.view()["paired"] == []


# Reordered or truncated updates of several parts


def big_update(pump: Process) -> Update:
    return Update(new_id(), held(pump)[1], BIG, FULL)


PARTS = -(-len(encode(Update("x" * 30, 1, BIG, FULL))) // 1_016)


@pytest.mark.parametrize(
    "alter",
    [
        pytest.param(lambda frames: frames[::-1], id="backwards"),
        pytest.param(lambda frames: [frames[1], frames[0], *frames[2:]], id="swapped"),
        pytest.param(lambda frames: [frames[0], *frames], id="doubled"),
        pytest.param(lambda frames: frames[1:], id="first-left-out"),
        pytest.param(lambda frames: [frames[0], *frames[2:]], id="second-left-out"),
    ],
)
def test_parts_out_of_order_are_not_acted_on(pump: Process, alter: Alter) -> None:
    party = programmed(pump)
    before = held(pump)
    tap, channel = tapped(party, pump.address)
    update = big_update(pump)
    tap.alter = Gathered(PARTS, alter)
    with pytest.raises(LinkError):
        ask(channel, update)
    assert held(pump) == before


@pytest.mark.parametrize("whole", range(PARTS))
@pytest.mark.parametrize("more", [0, 7])
def test_an_update_cut_off_anywhere_is_not_acted_on(pump: Process, whole: int, more: int) -> None:
    party = programmed(pump)
    before = held(pump)
    tap, channel = tapped(party, pump.address)
    update = big_update(pump)

    def cut(frames: list[bytes]) -> list[bytes]:
        tap.inject(b"".join(frames[:whole]) + frames[whole][:more])
        tap.close()
        raise BrokenPipeError

    tap.alter = Gathered(PARTS, cut)
    with pytest.raises(LinkError):
        ask(channel, update)
    assert held(pump) == before
    with party.open(pump.address) as again:
        assert isinstance(ask(again, update), Accepted)
    assert held(pump)[0] == BIG.digest


# Downgrade, and stale programmer software


class Downgraded(Tapped):
    """The attacker changes the party's hello."""

    def __init__(self, pump: Process, old: bytes, new: bytes) -> None:
        super().__init__(pump.address)
        self._old, self._new = old, new

    def send(self, data: bytes) -> None:
        if data[:1] == bytes([HELLO]):
            assert self._old in data
            body = data[4:].replace(self._old, self._new)
            data = data[:2] + len(body).to_bytes(2, "big") + body
        super().send(data)


def test_a_hello_altered_to_force_another_version_or_role_fails(pump: Process) -> None:
    party = paired(pump, Role.CLINICIAN)
    for old, new in ((b"\x81\x01", b"\x82\x01\x02"), (b"\x81\x01", b"\x82\x01\x18\x2a")):
        with pytest.raises(LinkError) as caught:
            Channel(Downgraded(pump, old, new), party.contact())
        assert caught.value.code is LinkErrorCode.HANDSHAKE_FAILED
    reader = paired(pump, Role.READER)
    with pytest.raises(LinkError) as caught:
        Channel(Downgraded(pump, b"freader", b"iclinician"), reader.contact())
    assert caught.value.code in (LinkErrorCode.HANDSHAKE_FAILED, LinkErrorCode.ROLE)
    assert pump.view()["believed"]["revision"] == 0


def test_software_that_speaks_no_version_of_the_pump_is_told_so(pump: Process) -> None:
    party = paired(pump, Role.CLINICIAN)
    for versions in ((2,), (7, 9)):
        with pytest.raises(LinkError) as caught:
            Channel.open(pump.address, replace(party.contact(), versions=versions))
        assert caught.value.code is LinkErrorCode.VERSION


# Pairing anew, pairing up


def test_a_card_pairs_in_its_own_role_alone(pump: Process) -> None:
    card = pump.card(Role.READER)
    for role in (Role.CLINICIAN, Role.PATIENT):
        raised = replace(card, role=role)
        with pytest.raises(LinkError) as caught:
            pair(pump.address, Contact.pairing(raised, StaticKey.generate(), "x"))
        assert caught.value.code is LinkErrorCode.HANDSHAKE_FAILED
    assert pump.view()["paired"] == []


def test_a_paired_key_keeps_its_role_even_with_the_right_card(pump: Process) -> None:
    party = paired(pump, Role.PATIENT)
    with pytest.raises(LinkError) as caught:
        pair(pump.address, Contact.pairing(pump.card(Role.CLINICIAN), party.key, "x"))
    assert caught.value.code is LinkErrorCode.ROLE
    assert [one["role"] for one in pump.view()["paired"]] == ["patient"]
    pair(pump.address, Contact.pairing(pump.card(Role.PATIENT), party.key, "again"))
    assert [one["name"] for one in pump.view()["paired"]] == ["test"]


def test_a_removed_key_is_a_stranger_at_once_and_after_a_kill(pump: Process) -> None:
    clinician, reader = paired(pump, Role.CLINICIAN), paired(pump, Role.READER)
    with reader.open(pump.address) as open_session, clinician.open(pump.address) as channel:
        status(open_session)
        removed = ask(channel, RemoveKey(new_id(), reader.key.public.hex()))
        assert isinstance(removed, Accepted)
        with pytest.raises(LinkError):
            status(open_session)
    pump.kill()
    again = start(pump.folder)
    with pytest.raises(LinkError) as caught:
        reader.open(again.address)
    assert caught.value.code is LinkErrorCode.NOT_PAIRED
    clinician.open(again.address).close()


# The clock is set, to defeat lockout or schedule


def test_no_clock_that_can_be_set_shortens_a_lockout(pump: Process) -> None:
    clinician, patient = programmed(pump), paired(pump, Role.PATIENT)
    with patient.open(pump.address) as channel:
        assert isinstance(ask(channel, RequestPatientDose(new_id())), Accepted)
    with clinician.open(pump.address) as channel:
        for offset_s in (14 * 3_600, -14 * 3_600):
            assert isinstance(ask(channel, SetClock(new_id(), offset_s)), Accepted)
        assert isinstance(ask(channel, CorrectClock(new_id(), 300)), Accepted)
        for shift_s in (1, -1, 14_400, 1 << 40):
            answer = ask(channel, CorrectClock(new_id(), shift_s))
            assert answer.code is RefusalCode.CLOCK_OUT_OF_RANGE
        answer = ask(channel, SetClock(new_id(), 24 * 3_600))
        assert answer.code is RefusalCode.CLOCK_OUT_OF_RANGE
    with patient.open(pump.address) as channel:
        answer = ask(channel, RequestPatientDose(new_id()))
        assert answer.code is not RefusalCode.NO_PATIENT_DOSE
        assert answer.wait_s > DOSE.lockout_s - 60
    pump.end()
    corrections = [facts for what, facts in log_of(pump.folder) if what == "correct-clock"]
    assert [facts.get("shift_s") for facts in corrections] == [300, None, None, None, None]


# The patient's role rises to the clinician's


def one_of_each(pump: Process) -> Iterator[Any]:
    """Every request that there is."""
    revision = held(pump)[1]
    yield from (Interrogate(), ReadLog(0, 64), ReadPatientStatus(), ListKeys())
    yield Update(new_id(), revision, simple(ML), FULL, Ceiling(ML, 24 * ML))
    yield GiveBolus(new_id(), BOLUS)
    yield from (Stop(new_id()), RequestPatientDose(new_id()), SetClock(new_id(), 3_600))
    yield CorrectClock(new_id(), 60)
    for kind in get_args(Request):
        if kind.__name__ == "Silence":
            yield kind(new_id(), "low-reservoir")
        elif kind.__name__ == "PrepareForMri":
            yield kind(new_id())
    yield RemoveKey(new_id(), "00" * 32)
    yield EndSession()


@pytest.mark.parametrize("role", [Role.PATIENT, Role.READER])
def test_a_role_does_what_is_its_own_and_nothing_else(pump: Process, role: Role) -> None:
    programmed(pump)
    before = held(pump)
    requests = list(one_of_each(pump))
    assert {type(request) for request in requests} == set(MAY_ASK)
    with paired(pump, role).open(pump.address) as channel:
        for request in requests:
            answer = ask(channel, request)
            turned_away = getattr(answer, "code", None) is RefusalCode.ROLE
            assert turned_away == (role not in MAY_ASK[type(request)]), request
    assert held(pump)[:2] == before[:2]
    pump.end()
    logged = [what for what, _ in log_of(pump.folder)].count("turned-away")
    assert logged == sum(role not in MAY_ASK[type(request)] for request in requests)


def test_a_patients_key_cannot_say_that_it_is_a_clinicians(pump: Process) -> None:
    patient = paired(pump, Role.PATIENT)
    with pytest.raises(LinkError) as caught:
        Channel.open(pump.address, replace(patient.contact(), role=Role.CLINICIAN))
    assert caught.value.code is LinkErrorCode.ROLE


# Eavesdropping


def test_nothing_but_the_serial_can_be_read_on_the_wire(pump: Process) -> None:
    tap = Tapped(pump.address)
    key = StaticKey.generate()
    made = pair_over(tap, Contact.pairing(pump.card(Role.CLINICIAN), key, "ward seven"))
    party = Party(Role.CLINICIAN, made.name, made.key, key)
    other, channel = tapped(party, pump.address)
    fill = Fill(20 * ML, 2 * ML, ("baclofen 2000",))
    ask(channel, Update("secret-id-001", 0, DAY_AND_NIGHT, fill))
    told = status(channel)
    channel.close()
    wire = b"".join([*tap.sent, tap.received, *other.sent, other.received])
    assert pump.serial.encode() in wire
    secrets = (
        b"ward seven",
        b"baclofen",
        b"secret-id",
        b"synchromed",
        b"Update",
        b"Status",
        key.public,
        made.key,
        pump.card(Role.CLINICIAN).secret,
        told.program_digest.encode() if told.program_digest else b"",
        told.log_digest.encode(),
    )
    assert [secret for secret in secrets if secret in wire] == []


def test_a_stranger_learns_the_serial_and_no_more(pump: Process) -> None:
    programmed(pump)
    with pytest.raises(LinkError):
        Channel.open(
            pump.address,
            Contact.session(
                Role.READER, StaticKey.generate(), pump.serial, StaticKey.generate().public
            ),
        )
    with pump.raw() as connection:
        connection.settimeout(0.3)
        with pytest.raises(TimeoutError):
            connection.recv(1)


# Wake-up floods drain the battery


def test_a_flood_puts_the_pump_to_sleep_silently_and_presence_gets_through(
    lonely_pump: Process,
) -> None:
    pump = lonely_pump
    party = paired(pump, Role.CLINICIAN)
    answered = 0
    for _ in range(2 * TOKENS):
        with pump.raw() as connection:
            connection.sendall(b"\xff" * 64)
            answered += bool(read_all(connection))
    assert TOKENS <= answered <= TOKENS + 1
    with pytest.raises(LinkError) as caught:
        party.open(pump.address)
    assert caught.value.code is LinkErrorCode.CUT
    pump.do("touch")
    with party.open(pump.address) as channel:
        status(channel)
    pump.end()
    assert [what for what, _ in log_of(pump.folder)].count("asleep") == 1


def test_a_paired_key_costs_nothing_however_often_it_comes(lonely_pump: Process) -> None:
    party = paired(lonely_pump, Role.READER)
    for _ in range(2 * TOKENS):
        with party.open(lonely_pump.address) as channel:
            status(channel)


# Log erasure


def test_no_request_shortens_the_log_and_it_goes_on_after_a_kill(pump: Process) -> None:
    party = programmed(pump)
    with party.open(pump.address) as channel:
        seen = status(channel)
        for request in one_of_each(pump):
            if not isinstance(request, EndSession):
                before = status(channel).log_length
                ask(channel, request)
                assert status(channel).log_length >= before
    pump.kill()
    again = start(pump.folder)
    with party.open(again.address) as channel:
        digest = whole_log(channel, seen.log_length)
    assert digest == seen.log_digest


def whole_log(channel: Channel, length: int) -> str:
    """The digest of the first entries of the log, which must continue each other to its end."""
    digest, seq, at_length = GENESIS, 0, ""
    while True:
        page = ask(channel, ReadLog(seq, 5))
        assert isinstance(page, LogPage)
        for one in page.entries:
            facts = {fact.name: fact.value for fact in one.facts}
            digest = follow(digest, one.seq, [Entry(one.seq, one.t_s, one.what, facts, one.digest)])
            at_length = digest if one.seq == length - 1 else at_length
        seq += len(page.entries)
        if seq == page.log_length:
            assert digest == page.log_digest
            return at_length


# A lost acknowledgement, and a bolus sent twice


SENT = len(encode(GiveBolus(new_id(), BOLUS))) + 28
"""Bytes on the wire of a bolus: header, part header, tag."""


@pytest.mark.parametrize("lost", [1, SENT - 1, SENT, SENT + 1, SENT + 40, SENT + 70])
def test_an_acknowledgement_lost_at_any_byte_leaves_one_bolus(pump: Process, lost: int) -> None:
    party, bolus = programmed(pump), GiveBolus(new_id(), BOLUS)
    with party.open(pump.address) as channel:
        status(channel)
        pump.do("drop", str(lost))
        with pytest.raises(LinkError) as caught:
            ask(channel, bolus)
    assert caught.value.sent
    with party.open(pump.address) as channel:
        assert isinstance(ask(channel, bolus), Accepted)
    pump.end()
    assert boluses(pump.folder) == 1


# The pump is left stopped by a session that broke off


def test_a_session_that_breaks_off_in_an_update_leaves_the_pump_delivering(pump: Process) -> None:
    party = programmed(pump)
    old, update = held(pump)[0], big_update(pump)
    whole = len(encode(update)) + 28 * PARTS
    for passed in (1, 500, 1_044, 1_045, 2_000, whole - 1, whole, whole + 30):
        channel = party.open(pump.address)
        status(channel)
        pump.do("drop", str(passed))
        with pytest.raises(LinkError):
            ask(channel, update)
        believed = pump.view()["believed"]
        assert believed["program_digest"] in (old, BIG.digest)
        assert believed["running"] == "base"
        assert believed["rate_pl_per_day"] > 0
    pump.do("drop", "0")
    with party.open(pump.address) as channel:
        assert isinstance(ask(channel, update), Accepted)
        assert isinstance(ask(channel, EndSession()), Accepted)
    pump.end()
    ways = [what for what, _ in log_of(pump.folder)]
    assert ways.count("update") == 2
    assert ways.count("session-lost") >= 8


def test_a_session_does_not_end_while_the_pump_stands_unordered(pump: Process) -> None:
    party = programmed(pump)
    with party.open(pump.address) as channel:
        pump.do("fault", "reset")
        refused = ask(channel, EndSession())
        assert refused == Refused("", RefusalCode.NOT_DELIVERING)
        update = Update(new_id(), status(channel).revision, DAY_AND_NIGHT, FULL)
        assert isinstance(ask(channel, update), Accepted)
        assert isinstance(ask(channel, EndSession()), Accepted)
    with party.open(pump.address) as channel:
        assert isinstance(ask(channel, Stop(new_id())), Accepted)
        assert isinstance(ask(channel, EndSession()), Accepted)


def test_a_session_cut_while_the_pump_stands_leaves_it_sounding_and_logged(pump: Process) -> None:
    party = programmed(pump)
    channel = party.open(pump.address)
    status(channel)
    pump.do("fault", "reset")
    pump.do("drop", "0")
    with pytest.raises(LinkError):
        status(channel)
    assert [alarm["name"] for alarm in pump.view()["believed"]["alarms"]] == ["reset"]
    assert any("ALARM reset, critical, two tones" in line for line in pump.heard())
    pump.end()
    assert "session-lost" in [what for what, _ in log_of(pump.folder)]


# Emergency access abused


def emergency(pump: Process) -> Channel:
    return Channel.open(pump.address, Contact.emergency(StaticKey.generate()))


def test_an_emergency_needs_somebody_at_the_pump(lonely_pump: Process) -> None:
    with pytest.raises(LinkError) as caught:
        emergency(lonely_pump)
    assert caught.value.code is LinkErrorCode.PRESENCE
    lonely_pump.do("touch")
    emergency(lonely_pump).close()


def test_an_emergency_stops_and_interrogates_audibly_and_does_nothing_else(pump: Process) -> None:
    programmed(pump)
    requests = list(one_of_each(pump))
    with emergency(pump) as channel:
        status(channel)
        key = next(line for line in pump.heard() if "EMERGENCY" in line).rpartition(" ")[2]
        for request in requests:
            answer = ask(channel, request)
            allowed = isinstance(request, (Interrogate, Stop, EndSession))
            assert (getattr(answer, "code", None) is RefusalCode.ROLE) != allowed
    believed = pump.view()["believed"]
    assert believed["running"] == "stopped"
    assert believed["program_digest"] == DAY_AND_NIGHT.digest
    pump.end()
    opened = [facts for what, facts in log_of(pump.folder) if what == "session-opened"]
    assert opened[-1] == {"role": "emergency", "key": key, "name": ""}


# Slow or endless frames


@pytest.mark.parametrize(
    "header", [b"\x01\x00\xff\xff", b"\x01\x00\x01\x01", b"\x03\x00\x04\x11", b"\x09\x00\x00\x01"]
)
def test_a_length_beyond_its_limit_ends_the_contact_at_once(pump: Process, header: bytes) -> None:
    with pump.raw() as connection:
        connection.sendall(header)
        heard = read_all(connection)
    assert heard[:1] == bytes([FAREWELL])
    assert heard[4:] in (b"oversize", b"unexpected-frame")


def test_a_frame_without_end_is_cut_and_others_are_served_meanwhile(pump: Process) -> None:
    """The limit is 10 s (§9), for the handshake and for a frame."""
    party = programmed(pump)
    tap, channel = tapped(party, pump.address)
    status(channel)
    tap.inject(bytes([SEALED, 0, 4, 0]))
    with pump.raw() as slow:
        slow.sendall(b"\x01")
        with party.open(pump.address) as other:
            status(other)
        assert read_all(slow).endswith(b"too-slow")
    with pytest.raises(LinkError):
        status(channel)


# Limits of another pump


def test_a_pump_holds_to_its_own_limits_whoever_asks(pump: Process, tmp_path: Path) -> None:
    fast = simple(28 * ML)
    other = start(tmp_path / "other", "--model", "prometra-ii-20")
    other.do("fill", "20 mL")
    with paired(pump, Role.CLINICIAN).open(pump.address) as channel:
        answer = ask(channel, Update(new_id(), 0, fast, FULL))
        assert (answer.code, answer.limit) == (RefusalCode.RATE_ABOVE_HIGHEST, 24 * ML)
        answer = ask(channel, Update(new_id(), 0, simple(ML), Fill(40 * ML, ML)))
        assert (answer.code, answer.asked) == (RefusalCode.OVER_CAPACITY, 40 * ML)
        assert status(channel).program is None
    with paired(other, Role.CLINICIAN).open(other.address) as channel:
        assert isinstance(ask(channel, Update(new_id(), 0, fast, FULL)), Accepted)
