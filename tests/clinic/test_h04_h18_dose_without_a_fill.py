"""A dose changed between fills: no drug is counted that is not there, and refills keep up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import programming
import pytest
import staff
from django.test import override_settings
from django.utils import timezone
from programming import FIRST, written
from running_pumps import Process, start
from test_pump_sessions import do, last, paired, sent, sign_what_the_pump_raised

from thecal.clinic.fills.models import Fill
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.prescriptions.services import current, open_findings
from thecal.clinic.programming.prefilling import begun
from thecal.clinic.programming.standing import standing_of
from thecal.clinic.pumps.models import Came, Device, Outcome
from thecal.clinic.record import histories
from thecal.clinic.record.services import services

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
LABEL = "morphine 10 mg/mL"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Process]:
    process = start(tmp_path / "pump", "--model", programming.MODEL)
    yield process
    process.kill()


@pytest.fixture
def patient(own_record: str, tmp_path: Path) -> Iterator[Patient]:  # noqa: ARG001
    with override_settings(THECAL_PROGRAMMER=tmp_path / "programmer"):
        yield staff.patient()


def another(dose: str, volume: str) -> str:
    """Another dose of what runs, and what the reservoir is said to hold."""
    ran = '[before]\ndaily_dose = "0.5 mg/day"\n\n[[before.drugs]]\ndrug = "morphine"\n'
    text = FIRST.replace("[therapy]", f'{ran}concentration = "10 mg/mL"\n\n[therapy]')
    head, _, therapy = text.rpartition("[therapy]")
    therapy = therapy.replace("0.5 mg/day", dose)
    return head.replace('volume = "20 mL"', f'volume = "{volume}"') + "[therapy]" + therapy


def came(patient: Patient, device: Device, text: str) -> Outcome:
    """What comes of sending it, once all that asks for an answer has one."""
    standing = current(patient)
    more = {"follows": standing.pk} if standing else {}
    entry = written(patient, text, **more)
    for rule, _ in open_findings(entry, timezone.localdate()):
        programming.signed(patient, entry, rule)
    found = last(sent(patient, device, entry))
    if found.outcome == Came.REFUSED and "fill is recorded" not in found.because:
        sign_what_the_pump_raised(patient, entry, found.session)
        found = last(sent(patient, device, entry))
    return found


def filled(patient: Patient, bench: Process) -> tuple[Device, Fill]:
    """A pump that a first fill was put into, and that runs on it."""
    device = paired(patient, bench)
    entry = written(patient)
    later = (timezone.localdate() + timedelta(days=30)).isoformat()
    do(patient, "fills.begin", device=device.pk)
    do(patient, "fills.aspirate", volume="0 mL", expected="0 mL", delivered="0 mL")
    do(patient, "fills.read-label", Role.PHARMACIST, drugs=LABEL, expires=later)
    bench.do("fill", "20 mL")
    do(patient, "fills.fill", volume="20 mL")
    assert last(sent(patient, device, entry)).outcome == Came.VERIFIED
    return device, Fill.objects.get(patient=patient)


@pytest.mark.parametrize("volume", ["15 mL", "5 mL"])
def test_h04_without_a_fill_no_other_volume_than_the_pump_counts_goes_in(
    patient: Patient, bench: Process, volume: str
) -> None:
    device = paired(patient, bench)
    assert came(patient, device, another("0.5 mg/day", "10 mL")).outcome == Came.VERIFIED
    refused = came(patient, device, another("0.6 mg/day", volume))
    assert refused.outcome == Came.REFUSED
    assert f"holds {volume}, the pump counts 10 mL" in refused.because
    assert came(patient, device, another("0.6 mg/day", "10 mL")).outcome == Came.VERIFIED


def test_h18_a_higher_dose_brings_the_refill_forward(patient: Patient, bench: Process) -> None:
    device, first = filled(patient, bench)
    found = came(patient, device, another("2 mg/day", "20 mL"))
    assert found.outcome == Came.VERIFIED, found.because
    sooner = Fill.objects.current().get(patient=patient)
    assert sooner.corrects == first
    assert sooner.latest_safe is not None
    assert first.latest_safe is not None
    assert sooner.latest_safe < first.latest_safe
    assert list(histories.complaints()) == []


def test_h18_a_lower_dose_never_puts_the_refill_off(patient: Patient, bench: Process) -> None:
    device, first = filled(patient, bench)
    found = came(patient, device, another("0.49 mg/day", "20 mL"))
    assert found.outcome == Came.VERIFIED, found.because
    assert Fill.objects.get(patient=patient) == first


def test_the_editor_begins_with_what_is_left_and_not_with_what_was_prescribed(
    patient: Patient, bench: Process
) -> None:
    filled(patient, bench)
    later = timezone.now() + timedelta(days=10)  # at 0.05 mL a day, after priming by 0.336 mL
    with patch.object(timezone, "now", lambda: later):
        assert begun(standing_of(patient))["volume"] == "19.1"


def screen(volume: str, dose: str) -> str:
    """What a vendor's programmer shows."""
    return f"""
transcription = 1
read_at = 2026-03-02T10:05:00
read_by = "a nurse"

[pump]
model = "{programming.MODEL}"
serial = "{programming.SERIAL}"

[reservoir]
volume = "{volume}"
alarm_volume = "2.0 mL"

[[reservoir.drugs]]
drug = "morphine"
concentration = "10.0 mg/mL"

[program]
mode = "simple"
daily_dose = "{dose}"
patient_dose = "none"
priming = "none"
bridge = "none"
"""


@pytest.mark.parametrize(
    ("volume", "outcome"), [("20.0 mL", Came.MISMATCH), ("12.0 mL", Came.VERIFIED)]
)
def test_h04_a_vendor_s_screen_that_counts_drug_nobody_put_in_holds_something_else(
    patient: Patient, volume: str, outcome: Came
) -> None:
    device = programming.pump(patient)
    entry = written(patient, another("0.6 mg/day", volume.replace(".0", "")))
    for rule, _ in open_findings(entry, timezone.localdate()):
        programming.signed(patient, entry, rule)
    before, after = screen("12.0 mL", "0.500 mg/day"), screen(volume, "0.600 mg/day")
    of = {"device": device.pk, "prescription": entry.pk}
    order = {**of, "before": before, "after": after}
    services()["pumps.transcribe"].ask(staff.member(Role.NURSE), patient, order)
    came = Outcome.objects.get(patient=patient)
    assert came.outcome == outcome
    assert ("the pump counts 12 mL" in came.because) is (outcome == Came.MISMATCH)
