"""First fill, refill and MRI as visits, with a real bench pump over the real link."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import programming
import pytest
import staff
from django.test import override_settings
from django.utils import timezone
from running_pumps import Process, start
from visiting import Visiting, problems

from thecal import care
from thecal.clinic.fills.models import Aspirate, Fill
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.pumps.models import Device
from thecal.clinic.record.services import services
from thecal.clinic.visits.engine import Call
from thecal.clinic.visits.offering import flows_now

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
PHYSICIAN, NURSE, PHARMACIST = Role.PHYSICIAN, Role.NURSE, Role.PHARMACIST
LABEL = "morphine 10 mg/mL"
NO = dict.fromkeys(care.surveillance_questions(), "no")
LATER = (timezone.localdate() + timedelta(days=30)).isoformat()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Process]:
    process = start(tmp_path / "pump", "--model", programming.MODEL)
    yield process
    process.kill()


@pytest.fixture
def patient(own_record: str, tmp_path: Path, bench: Process) -> Iterator[Patient]:  # noqa: ARG001
    """A patient taken over with a pump that a bench runs, and a prescription."""
    with override_settings(THECAL_PROGRAMMER=tmp_path / "programmer"):
        patient = staff.patient()
        services()["implants.take-over"].ask(
            staff.member(PHYSICIAN),
            patient,
            {
                "happened_at": timezone.now() - timedelta(hours=2),
                "indication": "pain",
                "pump": programming.MODEL,
                "pump_serial": bench.serial,
                "from_whom": "elsewhere",
            },
        )
        programming.pump(patient, str(bench.address), bench.serial)
        programming.written(patient)
        yield patient


def choice(flow: Visiting, role: Role, name: str) -> str:
    """The one choice that a select of the page offers."""
    text = flow.look(role).text
    select = text[text.index(f'name="{name}"') :]
    return select.split('<option value="', 2)[1].split('"')[0]


def paired(flow: Visiting, bench: Process) -> None:
    card = (bench.folder / "cards" / "clinician.txt").read_text()
    flow.do("pumps.pair", step="pair", device=the_pump(flow), card=card)


def the_pump(flow: Visiting) -> str:
    return str(Device.objects.current().get(patient=flow.patient).pk)


def filled(flow: Visiting, bench: Process, **aspirate: Any) -> Any:
    """From the beginning of a visit to its fill."""
    flow.do("fills.begin", device=the_pump(flow))
    flow.do("pumps.interrogate", device=the_pump(flow))
    flow.do("fills.aspirate", **aspirate)
    flow.do("fills.read-label", PHARMACIST, drugs=LABEL, expires=LATER)
    bench.do("fill", "20 mL")
    return flow.do("fills.fill", volume="20 mL")


def test_a_refill_goes_from_the_needle_to_a_program_that_was_read_back(
    patient: Patient, bench: Process
) -> None:
    flow = Visiting(patient, "refill")
    page = flow.look()
    assert page.current == "pair"
    assert page.steps["prescription"] == "done"
    paired(flow, bench)
    assert flow.do("fills.begin", device=the_pump(flow)).current == "read"
    page = flow.do("pumps.interrogate", device=the_pump(flow))
    assert page.current == "aspirate"
    for slip, said in (
        ("400 mL", "more than the reservoir holds"),
        ("3,8 mL", "comma"),
        ("4", "no unit"),
    ):
        refused = flow.send("fills.aspirate", volume=slip, expected="0 mL", delivered="0 mL")
        assert refused.status == 422
        assert said in refused.text, slip
    assert not Aspirate.objects.exists()
    page = flow.do("fills.aspirate", volume="0 mL", expected="0 mL", delivered="0 mL")
    assert page.current == "label"
    label = flow.look(PHARMACIST)
    shown = label.text[label.text.index('class="visit__now"') :]
    assert "10 mg/mL" not in shown
    page = flow.do("fills.read-label", PHARMACIST, drugs="morphine 50 mg/mL", expires=LATER)
    assert page.current == "label"
    assert "THE LABEL IS NOT WHAT WAS PRESCRIBED" in page.text
    assert "DIFFERENT" in flow.look(step="fill").text
    page = flow.do("fills.read-label", PHARMACIST, drugs=LABEL, expires=LATER)
    assert page.current == "fill"
    for slip in ("200 mL", "2 mL"):
        assert flow.send("fills.fill", volume=slip).status == 409
    assert not Fill.objects.exists()
    bench.do("fill", "20 mL")
    assert flow.do("fills.fill", volume="20 mL").current == "program"
    entry = choice(flow, NURSE, "prescription")
    page = flow.do("pumps.send", device=the_pump(flow), prescription=entry, ten_fold_is_right=False)
    assert page.current == "watch", problems(page)
    assert "Verified: read back, and exactly what was sent" in page.text
    flow.do("followup.record-surveillance", step="ask", happened_at=timezone.now(), answers=NO)
    flow.do("fills.watch", overdose_signs="yes")
    assert flow.look().current == "watch"
    assert flow.do("fills.watch", overdose_signs="no").current == "close"
    page = flow.do("fills.close")
    assert page.current == "prescription"  # it primes, which is for one fill alone
    assert "would run once more" in page.text
    offered = {one.key: one for one in flows_now(patient)}
    assert offered["refill"].call is Call.MAY


def test_a_session_that_was_refused_is_not_said_to_be_done(
    patient: Patient, bench: Process
) -> None:
    flow = Visiting(patient, "refill")
    paired(flow, bench)
    filled(flow, bench, volume="0 mL", expected="0 mL", delivered="0 mL")
    order = {"device": the_pump(flow), "prescription": choice(flow, NURSE, "prescription")}
    client = flow.client(NURSE)
    for level, said in (
        ("ok", "Done: Send the prescription to the pump. Verified"),
        ("stop", "Send the prescription to the pump. Refused: nothing changed"),
    ):
        told = client.post(f"/patients/{patient.pk}/do/pumps.send", order, follow=True)
        assert f'<p class="notice notice--{level}" role="status">{said}' in told.content.decode()


def test_an_mri_is_read_before_and_twice_after(patient: Patient, bench: Process) -> None:
    refill = Visiting(patient, "refill")
    paired(refill, bench)
    filled(refill, bench, volume="0 mL", expected="0 mL", delivered="0 mL")
    entry = choice(refill, NURSE, "prescription")
    refill.do("pumps.send", device=the_pump(refill), prescription=entry, ten_fold_is_right=False)
    flow = Visiting(patient, "mri")
    now = timezone.now
    page = flow.do("followup.record-scan-plan", happened_at=now(), planned=now(), tesla="1.5")
    assert page.current == "read"
    assert "mri.read-before" in flow.look(step="scan").text
    page = flow.do("pumps.interrogate", device=the_pump(flow))
    assert page.current == "scan"
    page = flow.do("followup.record-scan", happened_at=now())
    assert page.current == "after"
    flow.do("pumps.interrogate", device=the_pump(flow))
    assert flow.look().current == "after"
    page = flow.do("pumps.interrogate", device=the_pump(flow))
    assert page.current == "close"
    flow.do("followup.record-scan-closed", happened_at=now())
    assert flow.look().current == "plan"
