"""A whole contact over real TCP on loopback: pair, session, ask, answer, emergency."""

from __future__ import annotations

import pytest
from bench_side import Side

from thecal.link.errors import LinkError, LinkErrorCode
from thecal.link.events import Opened, Paired
from thecal.link.keys import StaticKey
from thecal.link.party_end import Contact
from thecal.link.roles import Role
from thecal.link.transports.address import TcpAddress
from thecal.link.transports.channel import Channel, pair
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
