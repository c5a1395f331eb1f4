"""Any history that people and gates let happen: what holds of all of them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
import staff
from counting import counts_hold
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from journey import (
    BEFORE_IMPLANT,
    BEFORE_TRIAL,
    END,
    HOME,
    IMPLANT,
    NURSE,
    PHYSICIAN,
    SELECTED,
    YES,
    Clock,
    Step,
    by_service,
    running,
    step,
    trial,
)

from thecal.clinic.assessments.models import PsychologicalAssessment
from thecal.clinic.implants.models import Implant
from thecal.clinic.pathway.history import history_of
from thecal.clinic.pathway.recording import recorded
from thecal.clinic.pathway.services import follow
from thecal.clinic.pathway.told import forget
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.record.models import Override
from thecal.clinic.record.orders import Nothing
from thecal.clinic.record.refusals import RefusalError
from thecal.clinic.record.services import services
from thecal.clinic.trials.models import FlowRow, TrialEnd, TrialStart

pytestmark = pytest.mark.usefixtures("record")


def assessed(clearance: str, conditions: str = "") -> Step:
    return step(
        "assessments.record-psychological",
        Role.NEUROPSYCHOLOGIST,
        clearance=clearance,
        conditions=conditions,
        untreated_habituation=False,
        summary="As said.",
    )


ASTRAY = [
    assessed("not-cleared"),
    assessed("conditional", "Sleep."),
    step("selection.answer-indications", PHYSICIAN, **{**YES, "no_further_surgery": "no"}),
    step("selection.record-consent-withdrawn", NURSE, procedure="implant"),
    step("appointments.cancel", NURSE, procedure="implant", reason="Ill."),
    step("trials.stop", NURSE, reason="Itching."),
    step("followup.record-adverse-event", NURSE, harm="infection", what="Fever."),
    step("implants.record-explant", PHYSICIAN, reason="Infection.", infected=True),
    step("selection.end-care", PHYSICIAN, reason="Moved away."),
    IMPLANT,
    *SELECTED,
    *HOME,
]
"""What turns a history aside, or does a thing at the wrong time."""

WITHDRAW = st.integers(0, 40)
SIGNED = st.sampled_from(["", "", "", "I take it upon myself."])


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[Step | int, str]]:
    """The good way, with steps left out, put in and taken back; a number withdraws an entry."""
    score, gap = draw(st.sampled_from([("3", 4.0), ("3", 4.0), ("8", 4.0), ("3", 1.0)]))
    way: list[Step | int] = [*SELECTED, *BEFORE_TRIAL, *trial(score, gap), END, *BEFORE_IMPLANT]
    way += [IMPLANT, *HOME]
    for _ in range(draw(st.integers(0, 3))):
        del way[draw(st.integers(0, len(way) - 1))]
    for _ in range(draw(st.integers(0, 4))):
        way.insert(draw(st.integers(0, len(way))), draw(st.sampled_from(ASTRAY) | WITHDRAW))
    return [(one, draw(SIGNED)) for one in way]


def tried(patient: Patient, one: Step | int, clock: Clock, signed: str) -> None:
    """A step, which may well be refused."""
    try:
        if isinstance(one, Step):
            by_service(patient, one, clock, signed)
        else:
            withdrawn(patient, one, clock)
    except RefusalError:
        return


def withdrawn(patient: Patient, which: int, clock: Clock) -> None:
    rows = [
        (row.pk, min(sort.roles))
        for sort in recorded()
        for row in sort.kind.objects.current().of(patient).filter(**sort.fixed)
    ]
    if rows:
        key, role = rows[which % len(rows)]
        data = {"entry": key, "why": "By mistake."}
        by_service(patient, Step("pathway.withdraw-entry", role, data, timedelta(minutes=1)), clock)


def has_clearance(placed: Implant) -> bool:
    made = PsychologicalAssessment.objects.current().of(placed.patient)
    made = made.filter(happened_at__lte=placed.happened_at, recorded_role="neuropsychologist")
    return made[0].clearance == "cleared" if made else False


def has_success_or_waiver(placed: Implant) -> bool:
    """Judged here by the rows alone: 23 hours in place, and pain halved in two scores."""
    patient = placed.patient
    start, end = (
        kind.objects.current().of(patient).filter(happened_at__lte=placed.happened_at).first()
        for kind in (TrialStart, TrialEnd)
    )
    signed = set(Override.objects.of(patient).values_list("gate", flat=True))
    if start is None:
        return {"trial.success", "trial.observed"} <= signed
    rows = FlowRow.objects.current().of(patient).filter(happened_at__gte=start.happened_at)
    long = end is not None and end.happened_at - start.happened_at >= timedelta(hours=23)
    halved = rows.filter(pain__lte=4).count() >= 2
    return (long or "trial.observed" in signed) and (halved or "trial.success" in signed)


def tasks_are_dated(patient: Patient) -> None:
    pathway = follow(staff.member(NURSE), patient, Nothing())
    for one in pathway.tasks if pathway else ():
        assert (one.due is None) == bool(one.undated), one
        assert one.reason


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(way=histories())
def test_no_history_reaches_a_pump_without_clearance_and_a_trial_or_a_waiver(
    way: list[tuple[Step | int, str]],
) -> None:
    with transaction.atomic(), running() as clock:
        patient = staff.patient()
        seen: set[UUID] = set()
        for one, signed in way:
            tried(patient, one, clock, signed)
            counts_hold(staff.clinic(), clock.now)
            for placed in Implant.objects.filter(patient=patient).exclude(pk__in=seen):
                seen.add(placed.pk)
                if not placed.withdrawn:
                    assert has_clearance(placed)
                    assert has_success_or_waiver(placed)
        tasks_are_dated(patient)
        as_kept = history_of(patient)
        forget()
        assert history_of(patient) == as_kept
        transaction.set_rollback(True)


def test_the_good_way_is_one_of_them() -> None:
    """So that the property above speaks of pumps at all."""
    with running() as clock:
        patient = staff.patient()
        way = [*SELECTED, *BEFORE_TRIAL, *trial(), END, *BEFORE_IMPLANT, IMPLANT]
        for one in way:
            tried(patient, one, clock, "")
        placed = Implant.objects.get(patient=patient)
        assert has_clearance(placed)
        assert has_success_or_waiver(placed)
    assert "implants.record-implant" in services()
