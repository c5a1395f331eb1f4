"""The whole way from referral to a healed wound and beyond, by the pages and by the services."""

from __future__ import annotations

import pytest
import staff
from journey import (
    HOME,
    IMPLANTED,
    Route,
    by_page,
    by_service,
    running,
    walk,
)

from thecal.clinic.audit.verifying import verify
from thecal.clinic.patients.models import Patient

pytestmark = pytest.mark.usefixtures("record")


@pytest.mark.parametrize("route", [by_page, by_service])
def test_from_referral_to_a_healed_wound(route: Route) -> None:
    with running() as clock:
        patient = staff.patient()
        walk(patient, [*IMPLANTED, *HOME], clock, route)
        row = Patient.objects.get(pk=patient.pk)
        assert row.stage == "follow-up"
    assert verify().holds
