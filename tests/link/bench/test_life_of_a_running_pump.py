"""A bench pump's process: its time, its sounds, its door, its transports."""

from __future__ import annotations

import os
import pty
import select
import shutil
import threading
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bench_side import LoopThread
from pump_cases import DAY_AND_NIGHT, FULL, MONDAY, ROTOR, simple
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
    wait_until,
)

from thecal.bench import running
from thecal.bench.acts import ActError
from thecal.bench.door import NobodyHomeError
from thecal.bench.folder import InUseError
from thecal.bench.hand import do, look
from thecal.bench.pace import Pace, PaceError
from thecal.bench.pump import BenchPump
from thecal.bench.running import RunningPump
from thecal.link.cards import PairingCard
from thecal.link.errors import LinkError, LinkErrorCode
from thecal.link.keys import StaticKey
from thecal.link.party_end import Contact
from thecal.link.roles import Role
from thecal.link.transports.address import TcpAddress, parse_address
from thecal.link.transports.channel import Channel, pair
from thecal.pump import ALARMS, Accepted, EndSession, Fill, Stop, Update
from thecal.pump.controller.alarms import AlarmName

MODEL = ("--model", "synchromed-ii-20")


# Time


def test_time_runs_as_fast_as_told_and_stands_still_while_nobody_runs_it(tmp_path: Path) -> None:
    pump = start(tmp_path, *MODEL, "--speed", "100000")
    wait_until(lambda: pump.view()["believed"]["t_s"] > 86_400, "time does not run")
    pump.end()
    rests_at = look(tmp_path)["believed"]["t_s"]
    again = start(tmp_path)
    assert rests_at <= again.view()["believed"]["t_s"] <= rests_at + 20
    assert any(line.startswith("clock ") for line in again.heard())
    again.end()


def test_what_a_programmer_was_told_is_never_taken_back_by_a_kill(pump: Process) -> None:
    party = paired(pump, Role.CLINICIAN)
    with party.open(pump.address) as channel:
        ask(channel, Update(new_id(), 0, DAY_AND_NIGHT, FULL))
        told = status(channel)
    pump.kill()
    again = start(pump.folder)
    with party.open(again.address) as channel:
        found = status(channel)
    assert found.t_s >= told.t_s
    assert found.log_length > told.log_length
    again.kill()


def test_speeds_beyond_measure_are_refused() -> None:
    for speed in (0.0, -1.0, 0.5, 1e7, float("nan"), float("inf")):
        with pytest.raises(PaceError):
            Pace(speed, 0, 0.0)


# Sounds


def test_every_alarm_that_can_come_about_sounds(tmp_path: Path) -> None:
    """A hold at the ceiling cannot: nothing that was accepted ever comes to it."""
    pump = start(tmp_path, *MODEL, "--speed", "1000000")
    pump.do("fill", "20 mL")
    pump.do("fault", "low-battery")
    pump.do("fault", "stall+3h")
    with paired(pump, Role.CLINICIAN).open(pump.address) as channel:
        ask(channel, Update(new_id(), 0, simple(24 * ML), FULL))
    wait_until(lambda: heard(pump, AlarmName.RESERVOIR_EMPTY), "it does not run empty")
    pump.do("fault", "reset")
    wait_until(lambda: heard(pump, AlarmName.END_OF_SERVICE), "its service does not end")
    for name, rule in ALARMS.items():
        assert heard(pump, name) == (name is not AlarmName.CEILING_HELD), name
        line = next((line for line in pump.heard() if f"ALARM {name}," in line), "")
        tones = "two tones" if rule.priority == "critical" else "one tone"
        assert not line or f"{rule.priority}, {tones}" in line
    assert any("motor-stall is over" in line for line in pump.heard())
    pump.kill()


def heard(pump: Process, name: AlarmName) -> bool:
    return any(f"ALARM {name}," in line for line in pump.heard())


def test_an_alarm_sounds_again_at_its_interval(tmp_path: Path) -> None:
    pump = start(tmp_path, *MODEL, "--speed", "3600")
    pump.do("fault", "stall+1h")
    wait_until(lambda: any("is over" in line for line in pump.heard()), "the stall does not end")
    times = [line[11:19] for line in pump.heard() if "ALARM motor-stall" in line]
    assert len(times) == 6
    assert len({time[3:5][-1] + time[5:] for time in times}) == 1, "ten minutes apart"
    pump.end()


# The hand


def test_the_bench_sees_what_the_pump_cannot(pump: Process) -> None:
    with paired(pump, Role.CLINICIAN).open(pump.address) as channel:
        ask(channel, Update(new_id(), 0, simple(ML), Fill(10 * ML, ML)))
        assert status(channel).remaining_pl == 10 * ML
    pump.do("fault", "leak=40%")
    seen = pump.view()
    assert seen["believed"]["remaining_pl"] <= 10 * ML < seen["true"]["remaining_pl"]
    assert seen["true"]["leak_ppm"] == 400_000
    assert pump.do("aspirate").startswith("aspirated 18.")


def test_what_cannot_be_done_is_refused_and_changes_nothing(pump: Process) -> None:
    before = pump.view()["true"]
    for name, text in (("fill", "1 mL"), ("fault", "fire"), ("fill", "-1 mL"), ("fill", "1")):
        with pytest.raises(ActError):
            pump.do(name, text)
    assert pump.view()["true"] == before


def test_one_pump_has_one_process(pump: Process) -> None:
    with pytest.raises(InUseError):
        BenchPump.open(pump.folder)


def test_nobody_is_felt_and_no_link_drops_where_no_process_runs(tmp_path: Path) -> None:
    start(tmp_path, *MODEL).end()
    for name in ("touch", "drop"):
        with pytest.raises(NobodyHomeError):
            do(tmp_path, name)
    assert do(tmp_path, "fill", "20 mL").startswith("filled 20 mL")
    assert look(tmp_path)["true"]["remaining_pl"] == 20 * ML
    assert not look(tmp_path)["running"]


def test_a_door_that_a_killed_process_left_is_no_door(pump: Process) -> None:
    pump.kill()
    assert (pump.folder / "door").exists()
    assert not look(pump.folder)["running"]
    again = start(pump.folder)
    assert again.view()["running"]
    again.end()
    assert not (pump.folder / "door").exists()


def test_a_folder_deeper_than_a_sockets_path_is_reached(tmp_path: Path) -> None:
    folder = tmp_path / ("deep" * 20) / ("deeper" * 20)
    pump = start(folder, *MODEL)
    assert pump.do("touch").startswith("somebody")
    pump.end()


def test_a_pump_whose_folder_is_gone_ends(
    tmp_path: Path, loop: LoopThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "SAVE_TIME_EVERY_S", 0.1)
    said: list[str] = []

    async def run() -> RunningPump:
        made = BenchPump.create(tmp_path / "pump", ROTOR, serial="S", epoch_utc_s=MONDAY)
        return RunningPump(made, on_failure=said.append)

    pump = loop.run(run)
    loop.loop.set_exception_handler(lambda _loop, _context: None)
    shutil.rmtree(tmp_path / "pump")
    wait_until(lambda: said, "it does not notice")
    assert "folder is gone" in said[0]
    loop.run(lambda: soon(pump.close))


# How sessions end


@pytest.mark.parametrize(
    ("way", "last"),
    [
        ("ended", "end-session"),
        ("left", "farewell"),
        ("dropped", "cut"),
        ("pump ended", "farewell"),
    ],
)
def test_the_log_says_how_a_session_ended(pump: Process, way: str, last: str) -> None:
    channel = paired(pump, Role.READER).open(pump.address)
    status(channel)
    if way == "ended":
        ask(channel, EndSession())
    if way == "dropped":
        pump.do("drop", "0")
    if way == "pump ended":
        pump.end()
    channel.close()
    pump.end()
    what, facts = log_of(pump.folder)[-1]
    assert last in (what, facts.get("code"))


# Transports


def paired_over(folder: Path, address: str) -> tuple[Party, Channel]:
    where = parse_address(address)
    key = StaticKey.generate()
    card = PairingCard.parse((folder / "cards" / "clinician.txt").read_text())
    made = pair(where, Contact.pairing(card, key, "by wire"))
    party = Party(Role.CLINICIAN, made.name, made.key, key)
    return party, Channel.open(where, party.contact())


def test_a_pump_is_programmed_over_two_fifos(tmp_path: Path) -> None:
    pump = start(tmp_path / "pump", *MODEL, "--pipe", str(tmp_path / "wire"))
    pump.do("fill", "20 mL")
    party, channel = paired_over(pump.folder, f"pipe:{tmp_path / 'wire'}")
    assert isinstance(ask(channel, Update(new_id(), 0, DAY_AND_NIGHT, FULL)), Accepted)
    channel.close()
    assert pump.view()["believed"]["program_digest"] == DAY_AND_NIGHT.digest
    assert party.serial == pump.serial
    pump.end()


@pytest.fixture
def serial_line() -> Iterator[tuple[str, str]]:
    """A line between two serial devices: what goes in at one comes out of the other."""
    (one, one_end), (two, two_end) = pty.openpty(), pty.openpty()
    for descriptor in (one, one_end, two, two_end):
        tty.setraw(descriptor)
    over = threading.Event()
    relay = threading.Thread(target=carry, args=(one, two, over))
    relay.start()
    yield os.ttyname(one_end), os.ttyname(two_end)
    over.set()
    relay.join()
    for descriptor in (one, one_end, two, two_end):
        os.close(descriptor)


def carry(one: int, two: int, over: threading.Event) -> None:
    other = {one: two, two: one}
    while not over.is_set():
        for ready in select.select([one, two], [], [], 0.05)[0]:
            os.write(other[ready], os.read(ready, 4_096))


def test_a_pump_is_programmed_over_a_serial_line(
    tmp_path: Path, serial_line: tuple[str, str]
) -> None:
    pump = start(tmp_path / "pump", *MODEL, "--line", serial_line[0])
    pump.do("fill", "20 mL")
    _, channel = paired_over(pump.folder, f"serial:{serial_line[1]}")
    assert isinstance(ask(channel, Update(new_id(), 0, DAY_AND_NIGHT, FULL)), Accepted)
    assert isinstance(ask(channel, EndSession()), Accepted)
    channel.close()
    pump.end()
    assert [what for what, _ in log_of(pump.folder)][-1] == "end-session"


# Presence


@pytest.fixture
def loop() -> Iterator[LoopThread]:
    thread = LoopThread()
    yield thread
    thread.stop()


def test_when_nobody_is_at_the_pump_any_more_an_emergency_ends(
    tmp_path: Path, loop: LoopThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "PRESENCE_S", 1.5)
    monkeypatch.setattr(running, "EMERGENCY_TONE_EVERY_S", 0.4)
    sounds: list[str] = []

    async def run() -> tuple[RunningPump, str]:
        made = BenchPump.create(tmp_path, ROTOR, serial="S", epoch_utc_s=MONDAY)
        pump = RunningPump(made, say=sounds.append)
        return pump, await pump.listen(TcpAddress("127.0.0.1", 0))

    pump, address = loop.run(run)
    loop.run(lambda: soon(lambda: pump.do("touch", "")))
    channel = Channel.open(parse_address(address), Contact.emergency(StaticKey.generate()))
    assert isinstance(ask(channel, Stop(new_id())), Accepted)
    wait_until(lambda: len(sounds) >= 3, "it does not sound through the session")
    wait_until(lambda: "session-lost" in told(pump), "the session does not end")
    with pytest.raises(LinkError) as caught:
        ask(channel, Stop(new_id()))
    assert caught.value.code is LinkErrorCode.PRESENCE
    loop.run(lambda: soon(pump.close))


async def soon(work: Callable[[], object]) -> None:
    work()


def told(pump: RunningPump) -> list[str]:
    return [entry.what for entry in pump.pump.twin.controller.log.entries]


def test_a_full_life_of_presence_lasts_120_seconds() -> None:
    assert running.PRESENCE_S == 120


def test_small_amounts_are_filled_exactly(pump: Process) -> None:
    pump.do("aspirate")
    before = pump.view()["true"]["remaining_pl"]
    pump.do("fill", "0.001 mL")
    assert pump.view()["true"]["remaining_pl"] == before + UL
