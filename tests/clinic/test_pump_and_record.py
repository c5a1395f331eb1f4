"""Where a pump, as it was read, holds something else than the record says, the pages say it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import staff
from programming import written
from running_pumps import Process
from test_programmer_editor import browser, text_of
from test_pump_sessions import bench, do, last, paired, programmer, sent

from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.programming.differing import differing
from thecal.clinic.programming.standing import standing_of
from thecal.clinic.pumps.models import Came, Device

__all__ = ["bench", "programmer"]  # fixtures
SHOUT, SOUND = "THE PUMP HOLDS SOMETHING ELSE", "ALARMS THAT SOUND"


def page_of(patient: Patient) -> str:
    return text_of(browser(Role.NURSE).get(f"/patients/{patient.pk}"))


def said(patient: Patient) -> dict[str, tuple[str, str]]:
    return {one.what: (one.record, one.pump) for one in differing(standing_of(patient))}


def filled(patient: Patient, device: Device, volume: str, label: str = "morphine 10 mg/mL") -> None:
    """A fill as it is written down."""
    steps: tuple[tuple[str, dict[str, Any]], ...] = (
        ("fills.begin", {"device": device.pk}),
        ("fills.aspirate", {"volume": "20 mL", "expected": "20 mL", "delivered": "0 mL"}),
        ("fills.read-label", {"drugs": label, "expires": "2099-01-01"}),
        ("fills.fill", {"volume": volume}),
    )
    for action, order in steps:
        do(patient, action, **order)


@pytest.mark.usefixtures("programmer")
def test_a_pump_that_holds_what_was_put_in_is_not_shouted_about(bench: Process) -> None:
    patient = staff.patient()
    assert not said(patient)
    session = sent(patient, paired(patient, bench), written(patient))
    assert last(session).outcome == Came.VERIFIED, last(session).because
    assert not said(patient)
    page = page_of(patient)
    assert SHOUT not in page
    assert SOUND not in page
    standing = replace(standing_of(patient), verified=None)
    assert differing(standing)[0].record == "no program is known to have been put in"
    assert not differing(replace(standing, unknown=(session,)))


@pytest.mark.usefixtures("programmer")
def test_a_lost_program_and_an_alarm_are(bench: Process) -> None:
    patient = staff.patient()
    device = paired(patient, bench)
    session = sent(patient, device, written(patient))
    filled(patient, device, "20 mL")
    assert not said(patient)  # the pump was not read since
    bench.do("fault", "reset")
    read = do(patient, "pumps.interrogate", device=device.pk)
    found = said(patient)
    assert session.digest[:12] in found["program"][0]
    assert found["program"][1] == "none"
    assert "solution" not in found  # a reset leaves what the pump believes of its reservoir
    for page in (
        page_of(patient),
        text_of(browser(Role.NURSE).get(f"/patients/{patient.pk}/programmer/sessions/{read.pk}")),
    ):
        assert SHOUT in page
        assert session.digest[:12] in page
        assert SOUND in page
    before = text_of(
        browser(Role.NURSE).get(f"/patients/{patient.pk}/programmer/sessions/{session.pk}")
    )
    assert SHOUT not in before  # what an earlier reading showed is not today's


@pytest.mark.usefixtures("programmer")
def test_another_fill_than_the_pump_was_told_of_is(bench: Process) -> None:
    patient = staff.patient()
    device = paired(patient, bench)
    sent(patient, device, written(patient))
    filled(patient, device, "20 mL")
    do(patient, "pumps.interrogate", device=device.pk)
    standing = standing_of(patient)
    assert not differing(standing)
    fill = standing.fill
    assert fill is not None
    fill.volume, fill.drugs = "18 mL", [{"drug": "morphine", "concentration": "20 mg/mL"}]
    volume, solution = differing(standing)
    assert (volume.record, volume.pump) == ("18 mL", "20 mL")
    assert (solution.record, solution.pump) == ("morphine 20 mg/mL", "morphine 10 mg/mL")
