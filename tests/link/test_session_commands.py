"""The programmer's commands on a running pump: exit codes, one line, one object, one truth."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from orders import Order, simple
from running_pumps import Process, start
from typer.testing import CliRunner, Result

from thecal.cli import app
from thecal.link.roles import Role
from thecal.programmer.notebook import Notebook, Page

FIRST = Order(therapy=simple("1 mg/day"), patient_dose=("0.1 mg", "10 min", "4 h", 2))
MORE = FIRST.but(
    before=(("morphine", "10 mg/mL"),), before_dose="1 mg/day", therapy=simple("1.2 mg/day")
).fully_signed()
FIRST = FIRST.fully_signed()


class Clinic:
    """A programmer's home and a running pump."""

    def __init__(self, folder: Path, pump: Process) -> None:
        self.folder, self.home, self.pump = folder, folder / "home", pump
        self.address = str(pump.address)

    def run(self, *words: object, json_too: bool = False) -> Result:
        command = [str(word) for word in words]
        command += ["--pump", self.address, "--home", str(self.home)]
        result = CliRunner().invoke(app, [*command, *(["--json"] if json_too else [])])
        assert result.exception is None or isinstance(result.exception, SystemExit), (
            result.exception
        )
        return result

    def told(self, *words: object) -> dict[str, Any]:
        result = self.run(*words, json_too=True)
        assert result.stderr == ""
        made: dict[str, Any] = json.loads(result.stdout)
        done = {"verified", "granted", "granted-before"}
        assert result.exit_code == (0 if made["outcome"] in done else 1), made
        return made

    def rx(self, order: Order, name: str = "rx.toml") -> Path:
        path = self.folder / name
        path.write_text(order.text, encoding="utf-8")
        return path

    def pair(self, role: Role = Role.CLINICIAN) -> Result:
        return self.run("pair", "--card", self.pump.folder / "cards" / f"{role}.txt")

    def page(self, role: Role = Role.CLINICIAN) -> Page:
        page = Notebook(self.home).page(self.pump.serial, role)
        assert page is not None
        return page


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    pump = start(tmp_path / "pump", "--model", "synchromed-ii-20", "--serial", "TW-1")
    yield Clinic(tmp_path, pump)
    pump.kill()


def test_a_session_from_pairing_to_the_end(clinic: Clinic) -> None:
    rx = clinic.rx(FIRST)
    unpaired = clinic.run("program", rx, "--yes")
    assert (unpaired.exit_code, unpaired.stdout) == (2, "")
    assert f"thecal pair --pump {clinic.address} --card FILE" in unpaired.stderr
    assert unpaired.stderr.count("\n") == 1
    assert clinic.pair().exit_code == 0
    clinic.pump.do("fill", "20 mL")

    unconfirmed = clinic.told("program", rx)
    assert (unconfirmed["outcome"], "--yes" in unconfirmed["why"]) == ("refused", True)
    assert clinic.pump.view()["believed"]["revision"] == 0

    report = clinic.folder / "report.pdf"
    made = clinic.told("program", rx, "--yes", "--report", report)
    assert made["outcome"] == "verified"
    assert made["after"]["program_digest"] == FIRST.contract()["program"]["digest"]
    assert made["after"]["fill"]["volume_pl"] == 20_000_000_000
    assert made["ended_well"] is True
    assert report.read_bytes().startswith(b"%PDF")
    assert clinic.page().entries.pending is None

    shown = clinic.run("interrogate")
    assert shown.exit_code == 0
    for part in ("TW-1", "priming", "morphine 10 mg/mL", "1 mg"):
        assert part in shown.stdout
    read = json.loads(clinic.run("interrogate", json_too=True).stdout)
    assert read["status"]["program_digest"] == made["after"]["program_digest"]
    assert (read["problems"], read["stands_without_order"]) == ([], False)

    again = clinic.told("program", rx, "--yes")
    assert again["outcome"] == "refused"
    assert {one["code"] for one in again["findings"]} >= {"session.again", "session.solution"}
    other = clinic.told("program", clinic.rx(MORE.but(pump="synchromed-ii-40")), "--yes")
    assert [one["code"] for one in other["findings"]] == ["session.model"]
    more = clinic.told("program", clinic.rx(MORE), "--yes")
    assert more["outcome"] == "verified"
    assert any(row["changed"] for row in more["review"])


def test_a_refused_plan_speaks_to_no_pump(clinic: Clinic) -> None:
    made = clinic.told("program", clinic.rx(FIRST.but(volume="21 mL")), "--yes")
    assert (made["outcome"], made["plan"]["accepted"]) == ("refused", False)
    fixed = FIRST.but(pump="codman-3000-16", patient_dose=(), volume="16 mL").fully_signed()
    assert clinic.told("program", clinic.rx(fixed), "--yes")["outcome"] == "refused"


@pytest.mark.parametrize("after", [100, 800, 1200, 1700, 2200])
def test_a_link_that_drops_is_told_as_it_is(clinic: Clinic, after: int) -> None:
    """By itself a visit makes contact again; what it then says is what the pump holds."""
    clinic.pair()
    clinic.pump.do("fill", "20 mL")
    clinic.pump.do("drop", str(after))
    result = clinic.run("program", clinic.rx(FIRST), "--yes", json_too=True)
    revision = clinic.pump.view()["believed"]["revision"]
    if result.exit_code == 2:  # before anything was sent
        assert (result.stdout, result.stderr.count("\n"), revision) == ("", 1, 0)
        return
    assert json.loads(result.stdout)["outcome"] == "verified"
    assert revision == 1


def test_a_pump_that_dies_leaves_unknown_and_the_next_contact_finds_out(clinic: Clinic) -> None:
    clinic.pair()
    clinic.pump.do("fill", "20 mL")
    rx = clinic.rx(FIRST)
    page = clinic.page()
    _die_with_a_command_under_way(clinic, page)
    result = clinic.run("program", rx, "--yes", json_too=True)
    assert result.exit_code == 1
    made = json.loads(result.stdout)
    assert made["outcome"] == "unknown"
    assert any("make contact" in one for one in made["to_do"])
    assert any("runs the old settings" in one for one in made["unknown"])

    clinic.pump = start(clinic.pump.folder, "--model", "synchromed-ii-20")
    clinic.address = str(clinic.pump.address)
    found_out = clinic.told("program", rx, "--yes", "--serial", "TW-1")
    assert (found_out["outcome"], found_out["reconciled"]["outcome"]) == ("verified", "verified")
    assert clinic.pump.view()["believed"]["revision"] == 1, "sent once, not twice"


def _die_with_a_command_under_way(clinic: Clinic, page: Page) -> None:
    """A session was confirmed, the command written down, and the pump is gone."""
    from thecal.programmer.session.pending import Pending  # noqa: PLC0415
    from thecal.programmer.session.session import random_id  # noqa: PLC0415
    from thecal.pump import Update  # noqa: PLC0415
    from thecal.pump.holding import Holding  # noqa: PLC0415

    case = FIRST.plan().case
    update = Update(random_id(), 0, case.program, case.fill, case.ceiling)
    before = Holding("synchromed-ii-20", "TW-1", 0, None, None, None)
    page.keep(Pending(update, before, _now()))
    clinic.pump.kill()


def _now() -> int:
    from time import time  # noqa: PLC0415

    return int(time())


def test_patient_gets_a_dose_a_reason_and_the_time_left(clinic: Clinic) -> None:
    clinic.pair()
    clinic.pair(Role.PATIENT)
    assert clinic.told("patient-dose")["code"] == "no-program"
    clinic.told("program", clinic.rx(MORE.but(before_dose="1.2 mg/day")), "--yes")
    given = clinic.told("patient-dose")
    assert (given["outcome"], given["doses_left"]) == ("granted", 1)
    refused = clinic.told("patient-dose")
    assert (refused["outcome"], refused["code"]) == ("refused", "bolus-running")
    assert 0 < refused["wait_s"] <= 4 * 3_600
    screen = clinic.run("patient-dose")
    assert screen.exit_code == 1
    assert "You can ask again in 4 h 0 min." in screen.stdout


@pytest.mark.parametrize("after", [300, 620, 1000])
def test_a_lost_answer_never_gives_the_patient_two_doses(clinic: Clinic, after: int) -> None:
    clinic.pair()
    clinic.pair(Role.PATIENT)
    clinic.told("program", clinic.rx(MORE.but(before_dose="1.2 mg/day")), "--yes")
    clinic.pump.do("drop", str(after))
    result = clinic.run("patient-dose", json_too=True)
    granted = clinic.pump.view()["believed"]["doses_granted"]
    if result.exit_code == 2:
        assert granted == 0
    else:
        assert json.loads(result.stdout)["outcome"] == "granted"
        assert granted == 1
    clinic.run("patient-dose")
    assert clinic.pump.view()["believed"]["doses_granted"] == 1


def test_stop_by_order_and_in_an_emergency(clinic: Clinic) -> None:
    away = clinic.run("stop", "--emergency", "--yes")
    assert (away.exit_code, away.stderr.count("\n")) == (2, 1)
    assert "presence" in away.stderr
    clinic.pump.do("touch")
    assert clinic.run("stop", "--emergency", "--yes").exit_code == 0
    assert clinic.run("stop", "--yes").exit_code == 2, "not paired"
    clinic.pair()
    assert clinic.told("stop")["outcome"] == "refused", "nobody confirmed"
    assert clinic.told("stop", "--yes")["outcome"] == "verified"
    assert clinic.run("interrogate").exit_code == 0, "it stands by an order"
    clinic.pump.do("fault", "reset")
    standing = clinic.run("interrogate")
    assert standing.exit_code == 1
    assert "STANDS STILL" in standing.stdout


def test_another_pump_at_the_address_is_not_programmed(clinic: Clinic, tmp_path: Path) -> None:
    clinic.pair()
    clinic.told("program", clinic.rx(MORE), "--yes")
    other = start(tmp_path / "other", "--model", "synchromed-ii-20", "--serial", "TW-2")
    try:
        clinic.page().change(address=str(other.address))
        clinic.address = str(other.address)
        result = clinic.run("program", clinic.rx(MORE), "--yes")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "wrong-pump" in result.stderr
        assert "TW-2" in result.stderr
        clinic.page().change(address="")
        assert "TW-2 is not paired" in clinic.run("program", clinic.rx(MORE), "--yes").stderr
        assert other.view()["believed"]["revision"] == 0
    finally:
        other.kill()


def test_a_log_that_does_not_go_on_is_reported_and_must_be_signed(clinic: Clinic) -> None:
    clinic.pair()
    clinic.told("program", clinic.rx(MORE), "--yes")
    page = clinic.page()
    assert page.entries.log is not None
    for forged in ({"length": 10_000}, {"digest": "0" * 64}):
        seen = type(page.entries.log)(**{**_plain(page), **forged})
        page.change(log=seen)
        shown = clinic.run("interrogate")
        assert (shown.exit_code, "DOES NOT GO ON" in shown.stdout) == (1, True)
        order = MORE.but(before_dose="1.2 mg/day")
        made = clinic.told("program", clinic.rx(order), "--yes")
        assert "session.log" in {one["code"] for one in made["findings"]}
        assert made["outcome"] == "refused"
    signed = order.but(signed=("session.log",))
    assert clinic.told("program", clinic.rx(signed), "--yes")["outcome"] == "verified"
    assert clinic.run("interrogate").exit_code == 0


def _plain(page: Page) -> dict[str, Any]:
    log = page.entries.log
    assert log is not None
    return {"length": log.length, "digest": log.digest}


def test_notebook_is_its_owners_alone_and_what_is_wrong_with_it_is_one_line(
    clinic: Clinic,
) -> None:
    clinic.pair()
    clinic.told("program", clinic.rx(MORE), "--yes")
    for path in clinic.home.rglob("*"):
        assert not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO), path
    page = clinic.page().path
    kept = page.read_text()
    for text in ("", "{}", "[]", "nonsense", kept.replace('"format": 1', '"format": 2'),
                 kept.replace("clinician", "reader", 1).replace('"log"', '"logs"')):  # fmt: skip
        page.write_text(text)
        result = clinic.run("interrogate")
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
        assert str(page) in result.stderr
    page.write_text(kept)
    key = clinic.home / "keys" / "clinician.pem"
    key.chmod(0o644)
    assert clinic.run("interrogate").exit_code == 2
    key.chmod(0o600)
    with clinic.page().held():
        busy = clinic.run("interrogate")
    assert (busy.exit_code, "another session" in busy.stderr) == (2, True)
    assert clinic.run("interrogate").exit_code == 0


@pytest.mark.parametrize(
    "words",
    [
        ["interrogate", "--pump", "nonsense"],
        ["interrogate", "--pump", "127.0.0.1:1"],
        ["interrogate", "--pump", "127.0.0.1:1", "--serial", "no serial"],
        ["interrogate"],
        ["pair", "--pump", "127.0.0.1:1", "--card", "/dev/null"],
        ["pair", "--pump", "127.0.0.1:1", "--card", "/none"],
        ["program", "/none", "--pump", "127.0.0.1:1"],
        ["stop", "--pump", "127.0.0.1:1", "--emergency", "--yes"],
        ["patient-dose", "--pump", "pipe:/none/at/all"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_read_or_reached_is_exit_2_and_never_a_traceback(
    tmp_path: Path, words: list[str]
) -> None:
    result = CliRunner().invoke(app, words, env={"THECAL_HOME": str(tmp_path)})
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Traceback" not in result.output
