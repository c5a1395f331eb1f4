"""A whole contact over real TCP on loopback: pair, session, ask, answer, emergency."""

from __future__ import annotations

import socket
import time

import pytest
from bench_side import Side

from thecal.link.errors import LinkError, LinkErrorCode
from thecal.link.events import Opened, Paired
from thecal.link.keys import StaticKey
from thecal.link.party_end import Contact
from thecal.link.register import Entry
from thecal.link.roles import Role
from thecal.link.transports.address import TcpAddress
from thecal.link.transports.channel import Channel, pair
from thecal.link.transports.listening import MAX_CONTACTS, Session
from thecal.link.transports.transport import UnreachableError


def test_a_party_pairs_and_then_asks(side: Side) -> None:
    key = StaticKey.generate()
    paired = pair(side.address, Contact.pairing(side.card(Role.CLINICIAN), key, "ward 3"))
    assert paired == Paired(side.key.public, Role.CLINICIAN, side.serial)
    contact = Contact.session(Role.CLINICIAN, key, paired.name, paired.key)
    with Channel.open(side.address, contact) as channel:
        assert channel.opened == Opened(side.key.public, Role.CLINICIAN, side.serial)
        assert channel.ask(b"how are you") == b"clinician:how are you"
        assert channel.ask(b"x" * 65_000) == b"clinician:" + b"x" * 65_000
    assert Paired(key.public, Role.CLINICIAN, "ward 3") in side.noted
    assert Opened(key.public, Role.CLINICIAN, "ward 3") in side.noted


def test_a_stranger_is_not_let_in(side: Side) -> None:
    contact = Contact.session(Role.CLINICIAN, StaticKey.generate(), side.serial, side.key.public)
    with pytest.raises(LinkError) as caught:
        Channel.open(side.address, contact)
    assert caught.value.code is LinkErrorCode.NOT_PAIRED
    assert not caught.value.sent


def test_an_emergency_needs_somebody_at_the_pump(side: Side) -> None:
    with pytest.raises(LinkError) as caught:
        Channel.open(side.address, Contact.emergency(StaticKey.generate()))
    assert caught.value.code is LinkErrorCode.PRESENCE
    side.present = True
    with Channel.open(side.address, Contact.emergency(StaticKey.generate())) as channel:
        assert channel.opened.name == side.serial
        assert channel.ask(b"stop") == b"emergency:stop"


def test_nobody_at_an_address_is_said_plainly() -> None:
    with pytest.raises(UnreachableError, match=r"127\.0\.0\.1:1: "):
        Channel.open(TcpAddress("127.0.0.1", 1), Contact.emergency(StaticKey.generate()))


def test_a_crowd_that_only_connects_does_not_keep_a_party_out(side: Side) -> None:
    key = StaticKey.generate()
    side.register.add(Entry(key.public, Role.READER, "ward", 0))
    contact = Contact.session(Role.READER, key, side.serial, side.key.public)
    with Channel.open(side.address, contact) as first:
        assert first.ask(b"x") == b"reader:x"
        crowd = [_connect(side) for _ in range(60)]
        with Channel.open(side.address, contact) as second:
            assert second.ask(b"x") == b"reader:x"
        assert first.ask(b"x") == b"reader:x"
        assert sum(_is_closed(one) for one in crowd) >= 60 - MAX_CONTACTS
    for one in crowd:
        one.close()


def test_a_host_that_breaks_gives_no_answer(side: Side, caplog: pytest.LogCaptureFixture) -> None:
    side.present = True

    def broken(session: object, request: bytes) -> bytes:
        raise RuntimeError(f"disk full at {request!r} of {session}")

    side.answer = broken  # type: ignore[method-assign]
    channel = Channel.open(side.address, Contact.emergency(StaticKey.generate()))
    with pytest.raises(LinkError) as caught:
        channel.ask(b"stop")
    assert caught.value.sent
    assert "disk full" in caplog.text


def test_a_session_that_the_pump_finishes_gives_its_last_answer(side: Side) -> None:
    side.present = True

    def last(session: Session, request: bytes) -> bytes:
        session.finish = True
        return request

    side.answer = last  # type: ignore[method-assign]
    channel = Channel.open(side.address, Contact.emergency(StaticKey.generate()))
    assert channel.ask(b"bye") == b"bye"
    with pytest.raises(LinkError) as caught:
        _ask_until_it_ends(channel)
    assert not caught.value.sent
    assert caught.value.code is LinkErrorCode.CUT


def _ask_until_it_ends(channel: Channel) -> None:
    time.sleep(0.2)
    channel.ask(b"more")


def _connect(side: Side) -> socket.socket:
    return socket.create_connection((side.address.host, side.address.port), 1.0)


def _is_closed(connection: socket.socket) -> bool:
    connection.settimeout(0.05)
    try:
        return connection.recv(1) == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True
