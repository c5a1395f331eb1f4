"""FHIR of what a pump told, and of the program that it is known to hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import programming
import pytest
import staff
from django.test import override_settings
from django.utils import timezone
from exchanging import got, judged, reader
from running_pumps import Process, start

from thecal.clinic.people.roles import Role
from thecal.clinic.pumps.models import Came, Outcome, Session
from thecal.clinic.record.services import services
from thecal.fhir import Resources
from thecal.fhir.devices import read_status


@pytest.fixture
def bench(own_record: str, tmp_path: Path) -> Iterator[Process]:  # noqa: ARG001
    process = start(tmp_path / "pump", "--model", programming.MODEL)
    with override_settings(THECAL_PROGRAMMER=tmp_path / "programmer"):
        yield process
    process.kill()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_what_a_pump_told_and_what_it_holds_go_out(bench: Process) -> None:
    patient, nurse = staff.patient(), staff.member(Role.NURSE)
    over = {
        "happened_at": timezone.now(),
        "indication": "pain",
        "pump": programming.MODEL,
        "pump_serial": bench.serial,
        "from_whom": "another clinic",
    }
    services()["implants.take-over"].ask(staff.member(Role.PHYSICIAN), patient, over)
    device = programming.pump(patient, str(bench.address), bench.serial)
    card = (bench.folder / "cards" / "clinician.txt").read_text()
    services()["pumps.pair"].ask(nurse, patient, {"device": device.pk, "card": card})
    order = {"device": device.pk, "prescription": programming.written(patient).pk}
    services()["pumps.send"].ask(nurse, patient, order)
    session = Session.objects.get(patient=patient)
    assert Outcome.objects.get(session=session).outcome == Came.VERIFIED
    with judged():
        resources = Resources.of_bundle(got(reader(), f"/fhir/Patient/{patient.pk}/$everything"))
        (reprogrammed,) = [one for one in resources.all("Procedure") if one.get("note")]
        assert reprogrammed.only("note").need("text").text() == f"program {session.digest}"
        assert infusion_of(resources) == "in-progress"
        (told,) = [one for one in resources.all("Observation") if one.get("hasMember")]
        assert read_status(told, resources).program_digest == session.digest
        explant = {"happened_at": timezone.now(), "reason": "no more need"}
        services()["implants.record-explant"].ask(staff.member(Role.PHYSICIAN), patient, explant)
        resources = Resources.of_bundle(got(reader(), f"/fhir/Patient/{patient.pk}/$everything"))
        assert infusion_of(resources) == "completed"


def infusion_of(resources: Resources) -> str:
    (infusion,) = resources.all("MedicationAdministration")
    return infusion.need("status").text()
