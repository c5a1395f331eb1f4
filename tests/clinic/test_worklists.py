"""A clinic's open tasks as lists: what each write leaves, and what the time alone changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import staff
from journey import BEFORE_TRIAL, IMPLANTED, INFUSION, SELECTED, START, Clock, flow, running, walk

from thecal import care
from thecal.clinic.pathway import figures, projections
from thecal.clinic.pathway.history import history_of
from thecal.clinic.pathway.models import OpenTask
from thecal.clinic.pathway.projections import renew_stale
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.record.services import services
from thecal.clinic.tasks import worklists
from thecal.clinic.tasks.services import Tally, Work

pytestmark = pytest.mark.usefixtures("record")


@pytest.fixture
def clock() -> Iterator[Clock]:
    with running() as clock:
        yield clock


def listed(which: str) -> Work:
    found: Work = services()["tasks.worklist"].ask(
        staff.member(Role.NURSE), staff.clinic(), {"which": which}
    )
    return found


def as_followed(patient: Patient, clock: Clock) -> set[tuple[str, object]]:
    history = history_of(patient)
    assert history is not None
    found = care.follow(history, clock.now, figures.in_force())
    return {(one.key, one.due) for one in found.tasks}


def as_kept(patient: Patient) -> set[tuple[str, object]]:
    return set(OpenTask.objects.filter(patient=patient).values_list("key", "due"))


def test_every_write_leaves_the_open_tasks_as_the_pathway_has_them(clock: Clock) -> None:
    patient = staff.patient()
    for one in IMPLANTED:
        walk(patient, [one], clock)
        assert as_kept(patient) == as_followed(patient, clock)
    assert OpenTask.objects.filter(code="wound.check").exists()


def test_observations_under_way_are_listed_by_the_minutes_until_they_are_due(clock: Clock) -> None:
    late, soon = staff.patient(), staff.patient()
    walk(late, [*SELECTED, *BEFORE_TRIAL, START, INFUSION, flow("3", hours=1)], clock)
    walk(soon, [*SELECTED, *BEFORE_TRIAL, START, INFUSION, flow("3", hours=1)], clock)
    clock.wait(minutes=20)
    found = [one for one in listed("observations").tasks if one.code == "observation.next"]
    assert [one.patient for one in found] == [late.pk, soon.pk]
    assert found[0].is_overdue
    assert found[0].minutes is not None
    assert found[0].minutes < 0
    assert (found[1].minutes, found[1].is_overdue) == (40, False)


def test_patients_are_counted_by_stage_and_tasks_by_kind(clock: Clock) -> None:
    walk(staff.patient(), SELECTED, clock)
    walk(staff.patient(), IMPLANTED, clock)
    staff.patient()
    found: Tally = services()["tasks.count"].ask(staff.member(Role.READER), staff.clinic(), {})
    assert {one.stage: one.patients for one in found.stages} == {
        "": 1,
        "in-hospital": 1,
        "ready-for-trial": 1,
    }
    assert {one.code: one.open for one in found.tasks}["wound.check"] == 1


def test_a_clinic_sees_its_own_tasks_alone(clock: Clock) -> None:
    walk(staff.patient(), IMPLANTED, clock)
    elsewhere = staff.clinic(staff.ELSEWHERE)
    assert worklists.due_until(elsewhere, clock.now + timedelta(days=90), clock.now) == []
    assert worklists.due_until(staff.clinic(), clock.now + timedelta(days=90), clock.now) != []


def test_what_time_alone_changes_is_renewed_without_a_write(clock: Clock) -> None:
    patient = staff.patient()
    walk(patient, IMPLANTED, clock)
    version = Patient.objects.get(pk=patient.pk).version
    for _ in range(12):
        clock.wait(hours=300)
        renew_stale(clock.now)
        assert as_kept(patient) == as_followed(patient, clock)
    row = Patient.objects.get(pk=patient.pk)
    assert row.version == version
    assert row.renew_at is not None
    assert row.renew_at > clock.now


def test_nobody_is_renewed_before_the_time_has_come(clock: Clock) -> None:
    patient = staff.patient()
    walk(patient, IMPLANTED, clock)
    row = Patient.objects.get(pk=patient.pk)
    assert row.renew_at is not None
    assert renew_stale(row.renew_at - timedelta(seconds=1)) == 0
    assert renew_stale(row.renew_at) == 1


def test_who_was_judged_by_other_figures_is_renewed(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk(staff.patient(), SELECTED, clock)
    assert renew_stale(clock.now) == 0
    monkeypatch.setattr(projections, "judge", lambda: "another version")
    assert renew_stale(clock.now) == 1
    assert renew_stale(clock.now) == 0


def test_the_page_of_a_list_tells_the_trail_whom_it_showed(clock: Clock) -> None:
    from thecal.clinic.audit.models import Event  # noqa: PLC0415

    patient = staff.patient()
    walk(patient, IMPLANTED, clock)
    clock.wait(days=30)
    assert patient.pk in {one.patient for one in listed("overdue").tasks}
    event = Event.objects.order_by("-seq")[0]
    assert event.action == "tasks.worklist"
    assert str(patient.pk) in event.detail
