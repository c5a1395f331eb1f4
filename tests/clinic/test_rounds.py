"""A round of the pumps: all that can be reached are read, and alarms become tasks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import programming
import pytest
import staff
from django.test import override_settings
from programming import FIRST, written
from running_pumps import Process, start

from thecal.clinic.pathway.models import OpenTask
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.pumps.models import Device, Status
from thecal.clinic.pumps.rounds import NobodyError, go_round
from thecal.clinic.record.services import services


@pytest.fixture
def programmer(own_record: str, tmp_path: Path) -> Iterator[str]:
    with override_settings(THECAL_PROGRAMMER=tmp_path / "programmer"):
        yield own_record


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Process]:
    process = start(tmp_path / "pump", "--model", programming.MODEL)
    yield process
    process.kill()


def at_the_bench(bench: Process) -> tuple[Patient, Device]:
    patient = staff.patient()
    device = programming.pump(patient, str(bench.address), bench.serial)
    card = (bench.folder / "cards" / "clinician.txt").read_text()
    nurse = staff.member(Role.NURSE)
    services()["pumps.pair"].ask(nurse, patient, {"device": device.pk, "card": card})
    return patient, device


@pytest.mark.usefixtures("programmer")
def test_every_pump_that_can_be_reached_is_read_and_the_others_are_named(bench: Process) -> None:
    patient, device = at_the_bench(bench)
    entry = written(patient, FIRST)
    nurse, asked = staff.member(Role.NURSE), {"device": device.pk, "prescription": entry.pk}
    services()["pumps.send"].ask(nurse, patient, asked)
    before = Status.objects.count()
    gone = staff.patient()
    programming.pump(gone, "127.0.0.1:9", "SERIAL-GONE")
    by_hand = staff.patient()
    programming.pump(by_hand, "", "SERIAL-BY-HAND")
    found = go_round("nurse-one")
    assert (found.read, found.missed) == (1, 1)
    assert any("SERIAL-GONE: NOT READ" in line for line in found.lines)
    assert Status.objects.count() == before + 1
    assert go_round("nurse-two").read == 0
    with pytest.raises(NobodyError):
        go_round("stranger")


@pytest.mark.usefixtures("programmer")
def test_an_alarm_that_a_round_finds_is_a_task(bench: Process) -> None:
    patient, _ = at_the_bench(bench)
    bench.do("fault", "reset")
    found = go_round("nurse-one")
    assert found.read == 1
    assert any("ALARMS: reset" in line for line in found.lines)
    (task,) = OpenTask.objects.filter(patient=patient, code="pump.alarm")
    assert task.urgency == "emergency"
    assert "reset" in task.reason
