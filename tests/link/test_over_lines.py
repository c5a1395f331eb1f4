"""The same link over a serial line (a real pseudo-terminal) and over two FIFOs."""

from __future__ import annotations

import contextlib
import os
import pty
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from bench_side import Closable, EchoHost, LoopThread

from thecal.link.errors import LinkError, LinkErrorCode
from thecal.link.frames import Frame, FrameKind
from thecal.link.keys import StaticKey
from thecal.link.party_end import Contact, PartyEnd
from thecal.link.roles import Role
from thecal.link.transports.address import Address, PipeAddress, SerialAddress
from thecal.link.transports.channel import Channel, pair
from thecal.link.transports.listening import (
    LINE_REST_S,
    LineListener,
    serve_pipe,
    serve_serial,
)
from thecal.link.transports.serial import set_up
from thecal.link.transports.transport import UnreachableError, connect


class Line:
    """A pump on a line, and the address at which a party finds it."""

    def __init__(self, host: EchoHost, address: Address) -> None:
        self.host, self.address = host, address
        self.key = StaticKey.generate()

    def pair(self) -> Contact:
        card = self.host.card(Role.CLINICIAN)
        paired = pair(self.address, Contact.pairing(card, self.key, "ward"))
        return Contact.session(Role.CLINICIAN, self.key, paired.name, paired.key)


@pytest.fixture(params=["serial", "pipe"])
def line(request: pytest.FixtureRequest, loop_thread: LoopThread, tmp_path: Path) -> Iterator[Line]:
    host = EchoHost()
    if request.param == "pipe":
        address: Address = PipeAddress(tmp_path / "pump")
        listener = _start(loop_thread, lambda: serve_pipe(host, PipeAddress(tmp_path / "pump")))
    else:
        ours, theirs = pty.openpty()
        set_up(ours)
        os.set_blocking(ours, False)
        address = SerialAddress(Path(os.ttyname(theirs)))
        listener = _start(loop_thread, lambda: LineListener(host, ours, ours, "serial line"))
    yield Line(host, address)
    loop_thread.close(listener)
    if request.param == "serial":
        os.close(theirs)


def _start(loop_thread: LoopThread, make: object) -> Closable:
    async def start() -> Closable:
        return make()  # type: ignore[operator, no-any-return]

    return loop_thread.run(start)


def test_a_party_pairs_asks_and_comes_again(line: Line) -> None:
    contact = line.pair()
    for number in range(3):
        with Channel.open(line.address, contact) as channel:
            assert channel.ask(b"how are you") == b"clinician:how are you"
            assert channel.ask(b"x" * 3_000) == b"clinician:" + b"x" * 3_000
        assert len(line.host.requests) == 2 * (number + 1)


def test_a_hello_right_after_a_farewell_is_a_new_contact(line: Line) -> None:
    contact = line.pair()
    first = PartyEnd(contact, 0.0)
    hello = first.take_output()
    wire = connect(line.address, 1.0)
    wire.send(hello + Frame(FrameKind.FAREWELL, b"").pack() + hello)
    answers = b""
    with contextlib.suppress(TimeoutError):
        while True:
            answers += wire.receive(0.3)
    wire.close()
    assert answers.count(line.host.serial.encode()) == 2


def test_progress_is_told_part_by_part(line: Line) -> None:
    told: list[tuple[str, int, int]] = []
    with Channel.open(line.address, line.pair()) as channel:
        channel.ask(b"x" * 3_000, lambda *progress: told.append(progress))
    assert [("sent", done, 3) for done in (1, 2, 3)] == told[:3]
    assert [("received", done, 3) for done in (1, 2)] == told[3:]


def test_a_line_comes_to_rest_after_noise(line: Line) -> None:
    contact = line.pair()
    noise = connect(line.address, 1.0)
    noise.send(b"\xffnoise")
    time.sleep(LINE_REST_S / 5)
    noise.send(b"\x01\x00")
    noise.close()
    time.sleep(2 * LINE_REST_S)
    with Channel.open(line.address, contact) as channel:
        assert channel.ask(b"x") == b"clinician:x"
    assert line.host.requests == [b"x"]


def test_nobody_at_a_line_is_said_plainly(tmp_path: Path) -> None:
    contact = Contact.emergency(StaticKey.generate())
    for address in (
        SerialAddress(tmp_path / "ttyNONE"),
        PipeAddress(tmp_path / "none"),
        SerialAddress(_file(tmp_path)),
    ):
        with pytest.raises(UnreachableError, match=str(address)):
            Channel.open(address, contact)


def test_a_pipe_without_its_pump_is_said_plainly(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pump.in")
    os.mkfifo(tmp_path / "pump.out")
    with pytest.raises(UnreachableError):
        connect(PipeAddress(tmp_path / "pump"), 1.0)


def test_a_pump_takes_no_file_for_its_line(tmp_path: Path, loop_thread: LoopThread) -> None:
    _file(tmp_path).rename(tmp_path / "pump.in")
    with pytest.raises(FileExistsError):
        _start(loop_thread, lambda: serve_pipe(EchoHost(), PipeAddress(tmp_path / "pump")))
    with pytest.raises(OSError, match="not a serial device"):
        _start(loop_thread, lambda: serve_serial(EchoHost(), SerialAddress(_file(tmp_path))))


def test_a_pump_that_dies_within_a_request_leaves_it_unknown(
    loop_thread: LoopThread, tmp_path: Path
) -> None:
    class Dying(EchoHost):
        def answer(self, session: object, request: bytes) -> bytes:  # noqa: ARG002
            self.requests.append(request)
            listener.close()
            return b"never sent"

    host, address = Dying(), PipeAddress(tmp_path / "pump")
    host.present = True
    listener = _start(loop_thread, lambda: serve_pipe(host, address))
    channel = Channel.open(address, Contact.emergency(StaticKey.generate()))
    with pytest.raises(LinkError) as caught:
        channel.ask(b"stop")
    assert caught.value.sent
    assert caught.value.code is LinkErrorCode.CUT
    assert host.requests == [b"stop"]
    with pytest.raises(LinkError) as again:
        channel.ask(b"stop")
    assert not again.value.sent


def _file(folder: Path) -> Path:
    path = folder / "file"
    path.write_text("no device")
    return path
