"""Keys in files, cards on paper, and the register that remembers them."""

from __future__ import annotations

import base64
import hashlib
import os
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from thecal.link.cards import CardError, PairingCard, pre_shared_key
from thecal.link.errors import LinkError, LinkErrorCode
from thecal.link.keys import KeyFileError, StaticKey, write_private
from thecal.link.meter import WakeMeter
from thecal.link.register import Entry, Register
from thecal.link.roles import PAIRED_ROLES, Role

CARD = PairingCard("TW-0001", Role.CLINICIAN, bytes(range(32)))
PRINTED = (
    "THECAL-PAIR 1 TW-0001 clinician "
    "AAAQ-EAYE-AUDA-OCAJ-BIFQ-YDIO-B4IB-CEQT-CQKR-MFYY-DENB-WHA5-DYPQ"
)


def test_a_key_comes_back_from_its_file(tmp_path: Path) -> None:
    key = StaticKey.generate()
    key.save(tmp_path / "key")
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    loaded = StaticKey.load(tmp_path / "key")
    assert (loaded.public, loaded.private) == (key.public, key.private)


def test_a_key_is_never_overwritten_nor_shown(tmp_path: Path) -> None:
    key = StaticKey.generate()
    key.save(tmp_path / "key")
    with pytest.raises(FileExistsError):
        StaticKey.generate().save(tmp_path / "key")
    assert key.private.hex() not in repr(key)
    assert key.public.hex() in repr(key)


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o660, 0o644, 0o700])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    StaticKey.generate().save(tmp_path / "key")
    (tmp_path / "key").chmod(mode)
    with pytest.raises(KeyFileError, match="mode 0600"):
        StaticKey.load(tmp_path / "key")


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    write_private(tmp_path / "text", b"no key at all")
    other = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    write_private(tmp_path / "other", other)
    for name in ("text", "other"):
        with pytest.raises(KeyFileError):
            StaticKey.load(tmp_path / name)
    with pytest.raises(FileNotFoundError):
        StaticKey.load(tmp_path / "none")
    with pytest.raises(ValueError, match="32"):
        StaticKey(b"short")


def test_a_fifo_is_no_key_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo", 0o600)
    writer = os.open(tmp_path / "fifo", os.O_RDWR)
    with pytest.raises(KeyFileError):
        StaticKey.load(tmp_path / "fifo")
    os.close(writer)


def test_a_card_reads_as_it_is_printed() -> None:
    lines = CARD.print().splitlines()
    assert lines[0] == PRINTED
    assert len(lines[1]) == 8
    assert PairingCard.parse(CARD.print()) == CARD
    assert PairingCard.parse("\n  " + CARD.print().replace("\n", "\r\n\r\n")) == CARD


@given(st.integers(0, 10**6), st.integers(1, 127))
def test_a_card_with_a_wrong_letter_is_refused(at: int, change: int) -> None:
    text = CARD.print().strip()
    k = at % len(text)
    wrong = text[:k] + chr((ord(text[k]) + change) % 128) + text[k + 1 :]
    if PRINTED[:10] in wrong and wrong.split() == text.split():
        return  # white space for white space
    with pytest.raises(CardError) as caught:
        PairingCard.parse(wrong)
    assert "AAAQ" not in str(caught.value)


def _with_check(line: str) -> str:
    return f"{line}\n{base64.b32encode(hashlib.sha256(line.encode()).digest()).decode()[:8]}\n"


@pytest.mark.parametrize(
    "line",
    [
        PRINTED.replace("PAIR 1", "PAIR 2"),
        PRINTED.replace("clinician", "emergency"),
        PRINTED.replace("clinician", "surgeon"),
        PRINTED.replace("TW-0001", "TW/0001"),
        PRINTED.replace("TW-0001 ", ""),
        PRINTED[:-5],
        PRINTED + "-AAAA",
        PRINTED.replace("-", ""),
        PRINTED[:-1] + "R",
        PRINTED.replace("AAAQ", "AAA1"),
        "",
    ],
)
def test_a_card_that_is_none_is_refused_even_with_its_check(line: str) -> None:
    with pytest.raises(CardError):
        PairingCard.parse(_with_check(line))


@pytest.mark.parametrize("text", ["", "x", "a\nb\nc", "é\nb", "a" * 600 + "\nb"])
def test_what_is_no_card_is_refused(text: str) -> None:
    with pytest.raises(CardError):
        PairingCard.parse(text)


def test_a_card_does_not_show_its_secret_by_chance() -> None:
    assert "secret" not in repr(CARD)
    with pytest.raises(CardError):
        PairingCard("TW-0001", Role.CLINICIAN, b"short")
    with pytest.raises(CardError):
        PairingCard("TW-0001", Role.EMERGENCY, bytes(32))
    with pytest.raises(CardError):
        PairingCard("", Role.READER, bytes(32))


def test_each_role_and_pump_has_a_key_of_its_own() -> None:
    keys = {
        pre_shared_key(serial, role, secret)
        for serial in ("TW-0001", "TW-0002")
        for role in PAIRED_ROLES
        for secret in (bytes(32), bytes(range(32)))
    }
    assert len(keys) == 12
    assert PairingCard.generate("A", Role.READER) != PairingCard.generate("A", Role.READER)


def test_a_register_comes_back_from_its_plain_form() -> None:
    entries = tuple(
        Entry(bytes([i]) * 32, role, f"é {i}", i) for i, role in enumerate(PAIRED_ROLES)
    )
    register = Register(entries)
    assert Register.from_plain(register.to_plain()).entries == entries
    for spoiled in (
        [*register.to_plain(), register.to_plain()[0]],
        [{**register.to_plain()[0], "role": "emergency"}],
        [{**register.to_plain()[0], "key": "00"}],
        [{**register.to_plain()[0], "name": ""}],
    ):
        with pytest.raises(ValueError, match=r"register|name"):
            Register.from_plain(spoiled)


def test_a_register_is_full_at_32_and_takes_again_when_one_is_removed() -> None:
    register = Register()
    for i in range(32):
        register.add(Entry(bytes([i]) * 32, Role.READER, "r", 0))
    with pytest.raises(LinkError) as caught:
        register.add(Entry(b"z" * 32, Role.READER, "r", 0))
    assert caught.value.code is LinkErrorCode.REGISTER_FULL
    assert register.remove(bytes(32))
    assert not register.remove(bytes(32))
    register.add(Entry(b"z" * 32, Role.READER, "r", 0))
    assert register.find(b"z" * 32) is not None


def test_a_meter_gains_a_token_each_15_seconds_up_to_20() -> None:
    meter = WakeMeter(0.0)
    assert [meter.take(0.0) for _ in range(21)] == [True] * 20 + [False]
    assert not meter.take(14.9)
    assert meter.take(15.0)
    assert not meter.take(15.0)
    assert [meter.take(10_000.0) for _ in range(21)] == [True] * 20 + [False]
    meter.refund()
    assert meter.take(10_000.0)


def test_a_meter_does_not_fill_by_a_restart() -> None:
    meter = WakeMeter(1_000.0)
    while meter.take(1_000.0):
        pass
    assert meter.falls_asleep()
    again = WakeMeter.from_plain(meter.to_plain(1_000.0), 5.0)
    assert again.tokens(5.0) == 0
    assert not again.falls_asleep()
    assert again.take(20.0)
    hostile = WakeMeter.from_plain({"full_in_ms": 10**12, "asleep": False}, 0.0)
    assert hostile.tokens(300.0) == 20


def test_an_error_carries_its_facts() -> None:
    error = LinkError(LinkErrorCode.WRONG_PUMP, wanted="A", found="B")
    assert str(error) == ("wrong-pump: another pump than the one wanted (wanted: A; found: B)")
    assert error.facts == {"wanted": "A", "found": "B"}
    assert all(str(LinkError(code)) for code in LinkErrorCode)
