"""The demo clinic: founded whole or not at all, marked on every page, and true to its pumps."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import databases
import pytest
from browsing import Browser
from django.utils import timezone

from thecal.bench.hand import look
from thecal.care.result import Stage
from thecal.clinic.audit.verifying import verify
from thecal.clinic.demo import mark
from thecal.clinic.demo.cast import PARTS
from thecal.clinic.demo.folder import DemoError, environment
from thecal.clinic.demo.staff import ACCOUNTS, PASSWORD
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.project.environment import sqlite
from thecal.clinic.pumps.models import Came, Device, Session, Status
from thecal.clinic.record.histories import complaints

PATIENCE_S = 300.0


def started(folder: Path, *words: str, **variables: str) -> subprocess.Popen[str]:
    clean = {name: one for name, one in os.environ.items() if not name.startswith("THECAL_")}
    return subprocess.Popen(
        [sys.executable, "-m", "thecal", "clinic", "demo", "--data", str(folder), *words],
        env=clean | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=PATIENCE_S)
    return process.returncode, out, err


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < until, "it never came about"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo that was killed while it was being founded, and then founded."""
    made = tmp_path_factory.mktemp("demo")
    process = started(made, "--no-serve")
    pumps = made / "founding" / "pumps"
    wait_until(lambda: process.poll() is not None or (pumps.is_dir() and any(pumps.iterdir())))
    assert process.poll() is None, ended(process)
    process.kill()
    ended(process)
    assert not (made / "clinic").exists()
    code, out, err = ended(started(made, "--no-serve"))
    assert (code, err) == (0, ""), (out, err)
    assert {one.name for one in made.iterdir()} == {"clinic", "lock", "READ-ME.txt"}
    return made


@pytest.fixture
def founded(folder: Path) -> Iterator[Path]:
    """The demo's own record at hand."""
    databases.use(sqlite(folder / "clinic" / "clinic.sqlite3"))
    yield folder / "clinic"
    databases.leave()


def pumps_of(home: Path) -> dict[str, Any]:
    return {one.name: look(one) for one in sorted((home / "pumps").iterdir())}


@pytest.mark.usefixtures("founded")
def test_its_record_is_one_that_the_clinic_s_rules_allow() -> None:
    assert mark.is_demo()
    assert verify().holds
    assert list(complaints()) == []
    assert Patient.objects.count() == len(PARTS)


@pytest.mark.usefixtures("founded")
def test_its_patients_stand_at_every_stage_of_the_pathway() -> None:
    there = set(Patient.objects.values_list("stage", flat=True))
    assert there == {str(one) for one in Stage}


@pytest.mark.usefixtures("founded")
def test_one_outcome_is_unknown_and_one_pump_sounds_an_alarm() -> None:
    sent = Session.objects.filter(purpose="send")
    came = [one.certainty for one in sent]
    assert came.count(Came.UNKNOWN) == 1
    assert Came.MISMATCH not in came
    assert any("motor-stall" in one.alarms for one in Status.objects.all())


def test_its_pumps_hold_what_the_record_says(founded: Path) -> None:
    pumps = pumps_of(founded)
    devices = Device.objects.current().exclude(address="")
    assert {one.serial for one in devices} == set(pumps)
    for device in devices:
        seen = pumps[device.serial]["believed"]
        sent = Session.objects.filter(device__serial=device.serial, purpose="send")
        last = sent.latest("recorded_at")
        if last.certainty == Came.VERIFIED:
            assert seen["program_digest"] == last.digest
        told = Status.objects.filter(device__serial=device.serial).latest("recorded_at")
        assert seen["utc_s"] >= told.told["utc_s"]


def test_it_is_served_marked_and_ends_with_nothing_left_behind(folder: Path) -> None:
    process = started(folder, "--port", "0")
    assert process.stdout is not None
    said = ""
    while not (found := re.search(r"listens at (http://\S+)/", said)):
        line = process.stdout.readline()
        assert line, ended(process)
        said += line
    assert PASSWORD in said
    assert all(one.username in said for one in ACCOUNTS)
    browser = Browser(found[1])
    for path in ("/accounts/login/", "/nowhere"):
        assert "Demo: invented patients; nothing here is for care." in browser.get(path)[1]
    answer = browser.submit("/accounts/login/", login=Role.PHYSICIAN.value, password=PASSWORD)
    assert answer[0] == 302
    again = started(folder, "--no-serve")
    code, _, err = ended(again)
    assert (code, "another process serves this demo" in err) == (2, True)
    process.send_signal(signal.SIGTERM)
    assert ended(process)[0] == 0
    assert all(not one["running"] for one in pumps_of(folder / "clinic").values())


def test_it_is_never_in_production_nor_in_a_folder_that_holds_anything_else(tmp_path: Path) -> None:
    code, _, err = ended(started(tmp_path / "new", THECAL_CLINIC_MODE="production"))
    assert (code, "never served in production" in err) == (2, True)
    (tmp_path / "letters.txt").write_text("mine")
    code, _, err = ended(started(tmp_path))
    assert (code, "letters.txt" in err) == (2, True)
    assert [one.name for one in tmp_path.iterdir() if one.name != "new"] == ["letters.txt"]


def test_a_demo_s_record_is_not_served_in_production(folder: Path) -> None:
    variables = {
        **os.environ,
        "THECAL_CLINIC_MODE": "production",
        "THECAL_CLINIC_SECRET_KEY": "0123456789abcdefghij" * 3,
        "THECAL_CLINIC_HOSTS": "clinic.example",
        "THECAL_CLINIC_PROXY": "127.0.0.1",
    }
    command = [sys.executable, "-m", "thecal", "clinic", "--data", str(folder / "clinic")]
    done = subprocess.run(
        [*command, "--port", "0"],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert (done.returncode, "a demo's" in done.stderr) == (2, True)


def test_of_the_clinic_s_own_variables_a_demo_takes_none(tmp_path: Path) -> None:
    told = {"DATABASE_URL": "postgresql:///record", "THECAL_CLINIC_HOSTS": "a", "PATH": "/bin"}
    kept = environment(tmp_path, told)
    assert kept == {
        "PATH": "/bin",
        "THECAL_CLINIC_MODE": "development",
        "THECAL_CLINIC_HOME": str(tmp_path),
    }
    with pytest.raises(DemoError):
        environment(tmp_path, {"THECAL_CLINIC_MODE": "production"})


@pytest.mark.usefixtures("record")
def test_a_record_that_has_begun_never_becomes_a_demo() -> None:
    assert not mark.is_demo()
    with pytest.raises(mark.NotADemoError):
        mark.make_it_a_demo(timezone.now())
    assert not mark.is_demo()
