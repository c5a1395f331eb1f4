"""Every frame of every kind of contact is cut, dropped, doubled, delayed, swapped and flipped.

Cut and flipped at every byte. However it is done, both ends close, each with a named
reason; the pump acts only on requests that came whole, in order and once; the party believes only
answers that the pump gave. How many cases of each were tried is printed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from bench_side import EchoHost
from conversation import CUT, Conversation, Delivery, Outcome, Tamper

from thecal.link.frames import FrameKind
from thecal.link.keys import StaticKey
from thecal.link.parts import PART_BYTES
from thecal.link.party_end import Contact
from thecal.link.register import Entry
from thecal.link.roles import Role

REQUESTS = [b"interrogate", b"u" * 1_020, b"read back"]
HOST = EchoHost()
KEY = StaticKey.generate()

Make = Callable[[], tuple[EchoHost, Contact, list[bytes]]]


def _fresh() -> EchoHost:
    host = EchoHost()
    host.key, host.cards = HOST.key, HOST.cards
    return host


def _pairing() -> tuple[EchoHost, Contact, list[bytes]]:
    return _fresh(), Contact.pairing(HOST.card(Role.PATIENT), KEY, "Anna's controller"), []


def _session() -> tuple[EchoHost, Contact, list[bytes]]:
    host = _fresh()
    host.register.add(Entry(KEY.public, Role.CLINICIAN, "ward 3", 0))
    contact = Contact.session(Role.CLINICIAN, KEY, host.serial, host.key.public)
    return host, contact, REQUESTS


def _emergency() -> tuple[EchoHost, Contact, list[bytes]]:
    host = _fresh()
    host.present = True
    return host, Contact.emergency(KEY, host.serial), [b"interrogate", b"stop"]


CONTACTS: dict[str, Make] = {"pairing": _pairing, "session": _session, "emergency": _emergency}


def _honest(make: Make) -> Outcome:
    host, contact, requests = make()
    return Conversation(host, contact, requests).run()


# The session's keys are fresh in each case, so its frames differ from the honest ones recorded:
# a tamper says what to do with the frame that comes, not what it will be.


def _cut(frame: bytes) -> Iterator[Tamper]:
    return (partial(_cut_at, k) for k in range(len(frame)))


def _cut_at(k: int, frame: bytes) -> Delivery:
    return [frame[:k], CUT]


def _flipped(frame: bytes) -> Iterator[Tamper]:
    return (partial(_flip_at, k) for k in range(len(frame)))


def _flip_at(k: int, frame: bytes) -> Delivery:
    return [frame[:k] + bytes([frame[k] ^ (1 << k % 8)]) + frame[k + 1 :]]


def _dropped(_: bytes) -> Iterator[Tamper]:
    yield lambda _: []


def _doubled(_: bytes) -> Iterator[Tamper]:
    yield lambda frame: [frame, frame]
    yield lambda frame: [frame + frame]


def _delayed(frame: bytes) -> Iterator[Tamper]:
    yield lambda whole: [121.0, whole]
    for k in {1, 3, 4, len(frame) // 2, len(frame) - 1} - {len(frame)}:
        yield partial(_stalled_at, k)


def _stalled_at(k: int, frame: bytes) -> Delivery:
    return [frame[:k], 10.5, frame[k:]]


KINDS = {
    "cut": _cut,
    "dropped": _dropped,
    "doubled": _doubled,
    "delayed": _delayed,
    "flipped": _flipped,
}


@pytest.mark.parametrize("name", CONTACTS)
@pytest.mark.parametrize("kind", KINDS)
def test_each_frame_tampered_with(name: str, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    honest = _honest(CONTACTS[name])
    ended: Counter[str] = Counter()
    for at, (_, frame) in enumerate(honest.frames):
        for tamper in KINDS[kind](frame):
            ended[_check(name, honest, at, tamper, kind)] += 1
    _report(capsys, f"{name}, {len(honest.frames)} frames, {kind}", ended)


@pytest.mark.parametrize("name", CONTACTS)
def test_each_frame_swapped_for_each_other(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each frame is replaced by, or comes after, every other that its sender sent."""
    honest = _honest(CONTACTS[name])
    ended: Counter[str] = Counter()
    for at, (sender, _) in enumerate(honest.frames):
        for other, (other_sender, recorded) in enumerate(honest.frames):
            if other == at or other_sender != sender:
                continue
            for tamper in (_replace(recorded), _before(recorded)):
                ended[_check(name, honest, at, tamper, "swapped")] += 1
    _report(capsys, f"{name}, {len(honest.frames)} frames, swapped", ended)


def test_an_honest_contact_is_whole() -> None:
    for make in CONTACTS.values():
        _, _, requests = make()
        outcome = _honest(make)
        assert outcome.acted == requests
        assert len(outcome.answers) == len(requests)
        assert outcome.closed("pump").code is outcome.closed("party").code is None
    assert _honest(_pairing).paired("pump")
    assert _honest(_pairing).paired("party")


def _replace(recorded: bytes) -> Tamper:
    return lambda _: [recorded]


def _before(recorded: bytes) -> Tamper:
    return lambda frame: [recorded, frame]


def _report(capsys: pytest.CaptureFixture[str], what: str, ended: Counter[str]) -> None:
    with capsys.disabled():
        print(f"\n{what}: {ended.total()} cases; {dict(ended.most_common())}", end="")


def _check(name: str, honest: Outcome, at: int, tamper: Tamper, kind: str) -> str:
    """Run one case and hold it to what must never happen; how it ended."""
    host, contact, requests = CONTACTS[name]()
    outcome = Conversation(host, contact, requests, at, tamper).run()
    codes = {side: outcome.closed(side).code for side in ("pump", "party")}
    harmless = kind == "doubled" and at >= len(honest.frames) - 2  # its first copy ends it well
    if not harmless:
        assert any(codes.values()), f"frame {at} was tampered with and nobody noticed"
    whole = _requests_whole_before(honest, at)
    allowed = (whole, whole + 1) if kind == "doubled" else (whole,)  # its first copy is honest
    assert outcome.acted in [requests[:count] for count in allowed]
    assert outcome.answers == honest.answers[: len(outcome.answers)]
    assert len(outcome.answers) <= len(outcome.acted)
    _check_pairing(name, outcome, host, at, kind)
    return "/".join(str(codes[side] or "well") for side in ("pump", "party"))


def _requests_whole_before(honest: Outcome, at: int) -> int:
    """How many requests were whole before frame ``at`` came."""
    sealed = [
        index
        for index, (sender, frame) in enumerate(honest.frames)
        if sender == "party" and frame[0] == FrameKind.SEALED
    ]
    whole = 0
    for request in honest.acted:
        parts, sealed = sealed[: _parts_of(request)], sealed[_parts_of(request) :]
        whole += parts[-1] < at
    return whole


def _parts_of(message: bytes) -> int:
    return -(-len(message) // PART_BYTES)


def _check_pairing(name: str, outcome: Outcome, host: EchoHost, at: int, kind: str) -> None:
    if name != "pairing":
        return
    at_pump = outcome.paired("pump")
    assert (host.register.find(KEY.public) is not None) == at_pump
    assert at_pump or not outcome.paired("party")
    assert at_pump == (at > 4 or (at >= 3 and kind == "doubled"))
