"""Any order in which people take the steps of refills: what holds of every fill that came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import staff
from counting import counts_hold
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from journey import Clock, running
from programming import BACLOFEN, pump, written

from thecal.clinic.fills.models import Aspirate, Fill, Label, mixture, ordered_by
from thecal.clinic.pathway.services import follow
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.record.histories import complaints
from thecal.clinic.record.orders import Nothing
from thecal.clinic.record.refusals import RefusalError
from thecal.clinic.record.services import services

pytestmark = pytest.mark.usefixtures("record")


@dataclass(frozen=True)
class Asked:
    """A step of a refill."""

    action: str
    order: dict[str, Any]
    role: Role = Role.NURSE


BEGIN = Asked("fills.begin", {})
DRAWN = Asked("fills.aspirate", {"volume": "4 mL", "expected": "4 mL", "delivered": "16 mL"})
NOTHING = Asked("fills.aspirate", {"volume": "0 mL", "expected": "4 mL", "delivered": "16 mL"})
LABEL = Asked("fills.read-label", {"drugs": "baclofen 500 ug/mL"})
WRONG = Asked("fills.read-label", {"drugs": "baclofen 2000 ug/mL"})
LOOKED = Asked("fills.investigate", {"finding": "Seen.", "may_fill": True}, Role.PHYSICIAN)
FILL = Asked("fills.fill", {"volume": "20 mL"})
SEEN = Asked("fills.watch", {"overdose_signs": "no"})
SIGN = Asked("fills.watch", {"overdose_signs": "yes"})
CLOSE = Asked("fills.close", {})
TAKE_BACK = Asked("fills.correct", {"why": "Of another patient."})
ANEW = Asked("prescriptions.write", {}, Role.PHYSICIAN)
GOOD = [BEGIN, DRAWN, LABEL, FILL, SEEN, CLOSE]
ASTRAY = [*GOOD, NOTHING, WRONG, LOOKED, SIGN, TAKE_BACK, ANEW]


@st.composite
def ways(draw: st.DrawFn) -> list[Asked]:
    """Two good refills with steps left out and put in."""
    way = [*GOOD, *GOOD]
    for _ in range(draw(st.integers(0, 3))):
        del way[draw(st.integers(0, len(way) - 1))]
    for _ in range(draw(st.integers(0, 5))):
        way.insert(draw(st.integers(0, len(way))), draw(st.sampled_from(ASTRAY)))
    return way


def tried(patient: Patient, device: UUID, one: Asked, clock: Clock) -> None:
    """A step, which may well be refused."""
    clock.wait(minutes=5)
    order = dict(one.order)
    if one is BEGIN:
        order["device"] = device
    if one.action == "fills.read-label":
        order["expires"] = timezone.localdate() + timedelta(days=9)
    if one is TAKE_BACK:
        rows = [*Aspirate.objects.current().of(patient), *Label.objects.current().of(patient)]
        order["step"] = rows[0].pk if rows else patient.pk
    try:
        if one is ANEW:
            written(patient, BACLOFEN)
        else:
            services()[one.action].ask(staff.member(one.role), patient, order)
    except RefusalError:
        return


def is_by_the_rules(fill: Fill) -> bool:
    """By the rows alone: drawn out before, and a label that is what was ordered."""
    before = {"visit": fill.visit_id, "recorded_at__lt": fill.recorded_at}
    drawn = Aspirate.objects.current().filter(**before)
    labels = Label.objects.current().filter(**before).order_by("-recorded_at")
    wanted = set(mixture(ordered_by(fill.visit.prescription)))
    return drawn.exists() and set(mixture(labels[0].drugs)) == wanted


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(way=ways())
def test_no_order_of_steps_fills_without_aspirate_and_label(way: list[Asked]) -> None:
    with transaction.atomic(), running() as clock:
        patient = staff.patient()
        written(patient, BACLOFEN)
        device = pump(patient).pk
        for one in way:
            tried(patient, device, one, clock)
            counts_hold(staff.clinic(), clock.now)
        fills = list(Fill.objects.filter(patient=patient))
        assert all(is_by_the_rules(one) for one in fills)
        assert len({one.visit_id for one in fills}) == len(fills)
        assert list(complaints()) == []
        pathway = follow(staff.member(Role.NURSE), patient, Nothing())
        assert pathway is not None
        for task in pathway.tasks:
            assert (task.due is None) == bool(task.undated)
        assert bool(fills) == bool(pathway.task("refill") or pathway.task("refill.missed"))
        transaction.set_rollback(True)


def test_the_good_way_is_one_of_them() -> None:
    """So that the property above speaks of fills at all."""
    with running() as clock:
        patient = staff.patient()
        written(patient, BACLOFEN)
        device = pump(patient).pk
        for one in [*GOOD, *GOOD]:
            tried(patient, device, one, clock)
        fills = Fill.objects.filter(patient=patient)
        assert fills.count() == 2
        assert all(is_by_the_rules(one) for one in fills)
