"""`thecal pump`: what it prints, and how it refuses; tests/link/bench tries its processes."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from running_pumps import Process, nursery, start, wait_until
from typer.testing import CliRunner, Result

from thecal import devices
from thecal.cli import app
from thecal.devices import PumpKind
from thecal.link.cards import PairingCard
from thecal.link.roles import PAIRED_ROLES

RUNNER = CliRunner()
MODEL = "synchromed-ii-20"


def thecal(*words: str) -> Result:
    return RUNNER.invoke(app, ["pump", *words])


def made(folder: Path, *options: str) -> Path:
    """A pump at rest."""
    start(folder, *(options or ("--model", MODEL))).end()
    return folder


def refused_to_start(folder: Path, *options: str) -> str:
    """The one line with which a start ends in exit 2."""
    out = folder.with_name("said.txt")
    pid = nursery().start(["pump", "start", "--state", str(folder), *options], out)
    wait_until(lambda: nursery().ended(pid) is not None, "it does not end")
    assert nursery().ended(pid) == 2
    lines = [line for line in out.read_text().splitlines() if line.startswith("thecal: ")]
    assert len(lines) == 1
    assert "Traceback" not in out.read_text()
    return lines[0].removeprefix("thecal: ")


@pytest.mark.parametrize("model", devices.pumps())
def test_every_pump_of_the_catalogue_starts(tmp_path: Path, model: str) -> None:
    fixed = devices.pump(model).kind is PumpKind.FIXED_RATE
    options = ("--factory-rate", "1.0 mL/day") if fixed else ()
    pump = start(tmp_path / "pump", "--model", model, *options)
    words = [line.partition(" ")[0] for line in pump.heard()]
    assert words == ["serial", "model", "cards", "address"]
    believed = pump.view()["believed"]
    assert believed["model"] == model
    assert (believed["rate_pl_per_day"] == 1_000_000_000) == fixed
    pump.end()
    assert pump.code == 0


def test_a_fixed_rate_pump_needs_the_rate_of_its_factory_and_no_other_takes_one(
    tmp_path: Path,
) -> None:
    said = refused_to_start(tmp_path / "pump", "--model", "codman-3000-30")
    assert "measured in its factory" in said
    said = refused_to_start(tmp_path / "pump", "--model", MODEL, "--factory-rate", "1 mL/day")
    assert said.startswith("--factory-rate")
    assert not (tmp_path / "pump").exists()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--model", "nothing"), "--model"),
        ((), "--model says which to make"),
        (("--model", MODEL, "--speed", "0.5"), "--speed"),
        (("--model", MODEL, "--serial", "a b"), "no serial"),
        (("--model", MODEL, "--zone", "Europe/Nowhere"), "--zone"),
        (("--model", MODEL, "--line", "/dev/null"), "/dev/null"),
        (("--model", MODEL, "--line", "a", "--pipe", "b"), "at most one"),
        (("--model", MODEL, "--host", "host.invalid"), "host.invalid"),
    ],
)
def test_a_start_that_cannot_be_is_refused_in_one_line(
    tmp_path: Path, options: tuple[str, ...], says: str
) -> None:
    assert says in refused_to_start(tmp_path / "pump", *options)


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = refused_to_start(tmp_path / "pump", "--model", MODEL, "--port", port)
    assert "in use" in said


def test_a_folder_that_is_in_use_or_holds_another_model_is_refused(pump: Process) -> None:
    assert "another process" in refused_to_start(pump.folder)
    pump.end()
    assert f"holds a {MODEL}" in refused_to_start(pump.folder, "--model", "prometra-ii-20")
    assert "for a new one" in refused_to_start(pump.folder, "--serial", "OTHER")


def test_a_damaged_journal_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    journal = made(tmp_path / "pump") / "journal"
    data = bytearray(journal.read_bytes())
    data[100] ^= 1
    journal.write_bytes(data)
    assert "damaged at byte 0" in refused_to_start(tmp_path / "pump")
    result = thecal("list", str(tmp_path))
    assert result.exit_code == 2
    assert "damaged" in result.stderr
    assert journal.read_bytes() == data


@pytest.fixture
def pump(tmp_path: Path) -> Iterator[Process]:
    process = start(tmp_path / "ward" / "one", "--model", MODEL)
    yield process
    process.kill()


def test_list_shows_belief_beside_truth_running_or_not(pump: Process) -> None:
    made(pump.folder.parent / "two", "--model", "prometra-ii-20", "--serial", "TWO")
    assert thecal("fill", str(pump.folder), "20 mL").exit_code == 0
    result = thecal("list", str(pump.folder.parent), "--json")
    one, two = json.loads(result.stdout)["pumps"]
    assert (one["running"], two["running"], two["serial"]) == (True, False, "TWO")
    assert one["believed"]["remaining_pl"] is None
    assert one["true"]["remaining_pl"] == 20_000_000_000
    shown = thecal("list", str(pump.folder.parent)).stdout
    for word in ("believed", "true", "not known", "20 mL", "TWO", "no process runs it"):
        assert word in shown


@pytest.mark.parametrize("words", [["list"], ["fill", "1 mL"], ["aspirate"], ["stop"], ["touch"]])
def test_a_folder_without_a_pump_is_said_in_one_line(tmp_path: Path, words: list[str]) -> None:
    result = thecal(words[0], str(tmp_path / "nothing"), *words[1:])
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""


@pytest.mark.parametrize("runs", [True, False])
def test_the_same_words_reach_a_pump_that_runs_and_one_that_does_not(
    pump: Process, runs: bool
) -> None:
    folder = str(pump.folder)
    if not runs:
        pump.end()
    assert thecal("fill", folder, "20 mL").stdout.startswith("filled 20 mL")
    assert thecal("fault", folder, "leak=40%", "stall@1h+3h").exit_code == 0
    assert thecal("aspirate", folder).stdout == "aspirated 18.6 mL\n"
    assert thecal("open-valve", folder).exit_code == 0
    result = thecal("fill", folder, "19 mL")
    assert result.exit_code == 1
    assert result.stderr == "refused: the reservoir would hold 20.4 mL, and takes 20 mL\n"


@pytest.mark.parametrize(
    "words",
    [("fault", "fire"), ("fault", "drop=x"), ("fault", "leak"), ("fill", "20"), ("fill", "1 h")],
)
def test_what_cannot_be_read_is_exit_2_and_nothing_happens(
    pump: Process, words: tuple[str, str]
) -> None:
    before = pump.view()["true"]
    result = thecal(words[0], str(pump.folder), words[1])
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert pump.view()["true"] == before


def test_faults_are_all_read_before_the_first_happens(pump: Process) -> None:
    assert thecal("fault", str(pump.folder), "leak=40%", "fire").exit_code == 2
    assert pump.view()["true"]["leak_ppm"] == 0


def test_a_fault_that_this_pump_cannot_show_is_refused(tmp_path: Path) -> None:
    options = ("--model", "codman-3000-30", "--factory-rate", "1 mL/day")
    folder = made(tmp_path / "fixed", *options)
    result = thecal("fault", str(folder), "reset")
    assert result.exit_code == 1
    assert "has no part" in result.stderr


@pytest.mark.parametrize("role", PAIRED_ROLES)
def test_a_card_is_printed(pump: Process, role: str) -> None:
    card = PairingCard.parse(thecal("card", str(pump.folder), role).stdout)
    assert (card.serial, card.role) == (pump.serial, role)


def test_there_is_no_card_for_an_emergency(pump: Process) -> None:
    assert thecal("card", str(pump.folder), "emergency").exit_code == 2


def test_a_pump_started_in_the_background_ends_when_told(tmp_path: Path) -> None:
    folder = tmp_path / "pump"
    out = tmp_path / "said.txt"
    words = ["pump", "start", "--state", str(folder), "--model", MODEL, "--serial", "BACK"]
    pid = nursery().start([*words, "--detach"], out)
    wait_until(lambda: nursery().ended(pid) is not None, "it does not return")
    assert nursery().ended(pid) == 0, out.read_text()
    assert out.read_text().splitlines()[0] == "serial BACK"
    assert out.read_text() == (folder / "sounds.txt").read_text()
    assert thecal("touch", str(folder)).exit_code == 0
    assert thecal("stop", str(folder)).stdout == "ended\n"
    assert thecal("touch", str(folder)).exit_code == 2
    assert thecal("aspirate", str(folder)).exit_code == 0


def test_a_background_start_that_fails_says_why(tmp_path: Path) -> None:
    assert "--model" in refused_to_start(tmp_path / "pump", "--detach")
