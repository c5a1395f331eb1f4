"""A patient at a glance: what is known is shown with its figures, what is not is said."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from html import unescape

import glances
import pytest
import staff
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from journey import IMPLANTED, NURSE, PHYSICIAN, SELECTED, Clock, running, step, walk

from thecal.clinic.assessments.models import PsychologicalAssessment
from thecal.clinic.audit.models import Event
from thecal.clinic.overview.drawing import figure, spine
from thecal.clinic.overview.reservoir import Unknown
from thecal.clinic.overview.services import Overview, see
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.prescriptions.checking import plan_of
from thecal.clinic.prescriptions.services import current
from thecal.clinic.pumps.models import Came
from thecal.clinic.record.actions import About
from thecal.clinic.record.orders import Nothing
from thecal.clinic.record.pages import page_of
from thecal.clinic.record.services import services
from thecal.pump import PL_PER_ML

pytestmark = pytest.mark.usefixtures("record")


@pytest.fixture
def clock() -> Iterator[Clock]:
    with running() as one:
        yield one


def seen(patient: Patient) -> Overview:
    return see(staff.member(Role.READER), patient, Nothing())


def shown(patient: Patient, name: str = "patient", role: Role = NURSE, query: str = "") -> str:
    client = Client()
    client.force_login(staff.member(role), staff.BACKEND)
    page = client.get(reverse(name, kwargs={"patient": patient.pk}) + query)
    assert page.status_code == 200
    assert len(page.content) < 1_500_000
    return " ".join(unescape(page.content.decode()).split())


def test_a_glance_shows_reservoir_body_doses_outcomes_and_what_happened(clock: Clock) -> None:
    patient, device = glances.everything(clock)
    entry = current(patient)
    assert entry is not None
    doses = plan_of(entry, entry.visit_on).case.doses
    assert doses is not None
    clock.wait(days=10)
    one = seen(patient)
    expected, gauge = one.reservoir.expected, one.reservoir
    assert expected is not None
    assert expected.least_ml is not None
    assert expected.most_ml is not None
    assert expected.least_ml < expected.ml < expected.most_ml
    gone = expected.from_ml - expected.ml
    program = plan_of(entry, entry.visit_on).case.program
    assert program is not None
    assert program.priming is not None
    primed = Fraction(program.priming.volume_pl, PL_PER_ML)
    assert abs(gone - primed - 10 * doses.mean_ml) < Fraction(1, 5)
    assert gauge.believed_ml is None
    assert gauge.capacity_ml == gauge.filled_ml == Fraction(20)
    assert (one.body.side, one.body.entry, one.body.tip) == ("left", "L3", "T10")
    assert one.body.serial == device.serial
    assert one.courses[0].drug == "morphine"
    assert one.courses[0].spans[-1].is_running
    named = {series.key: series for series in one.outcomes}
    assert named["nrs"].change == "better"
    assert named["nausea"].levels == ("None", "Mild", "Moderate", "Severe")
    assert named["nausea"].change == "better"
    assert named["sedation"].change == ""
    assert named["oral"].now is not None
    assert named["oral"].now.height is None
    page = shown(patient)
    for said in ("Refill due", "Latest safe day", "Life with the pump", "never read", "the-other"):
        assert said in page


def test_the_gate_to_the_pump_that_is_in_place_is_not_shown_as_closed(clock: Clock) -> None:
    patient = staff.patient()
    walk(patient, IMPLANTED, clock)
    here = next(one for one in seen(patient).steps if one.where == "here")
    assert [gate.code for gate in here.gates] == ["implant.discharge"]


def test_what_the_pump_told_is_what_is_counted_from(clock: Clock) -> None:
    patient, device = glances.everything(clock)
    entry = current(patient)
    assert entry is not None
    clock.wait(days=3)
    glances.told(glances.sent(device, entry, clock), clock, 18.5)
    clock.wait(days=1)
    gauge = seen(patient).reservoir
    assert gauge.believed_ml == Fraction("18.5")
    assert gauge.expected is not None
    assert gauge.expected.from_pump
    assert gauge.expected.from_ml == Fraction("18.5")
    assert not gauge.is_stale


@pytest.mark.parametrize("came", ["", Came.UNKNOWN.value, Came.MISMATCH.value])
def test_an_outcome_that_is_not_known_shouts_and_no_dose_counts_on_it(
    clock: Clock, came: str
) -> None:
    patient, device = glances.everything(clock)
    entry = current(patient)
    assert entry is not None
    clock.wait(days=1)
    glances.sent(device, entry, clock, came)
    one = seen(patient)
    assert not one.program_known
    assert one.reservoir.unknown is Unknown.NO_PROGRAM
    assert one.courses[0].spans[-1].ug_per_day is None
    assert len(one.unsettled) == 1
    page = shown(patient)
    assert "no dose and no date below counts on it" in page
    assert "Which program runs now is not known." in page


def test_a_send_that_did_nothing_leaves_the_program_before_it(clock: Clock) -> None:
    patient, device = glances.everything(clock)
    entry = current(patient)
    assert entry is not None
    clock.wait(days=1)
    glances.sent(device, entry, clock, Came.NOT_DONE.value)
    assert seen(patient).program_known


@pytest.mark.parametrize("kind", ["Status", "StatusOfAnotherVersion"])
def test_a_pump_that_was_read_with_another_program_shouts(clock: Clock, kind: str) -> None:
    patient, device = glances.everything(clock)
    entry = current(patient)
    assert entry is not None
    clock.wait(days=1)
    session = glances.sent(device, entry, clock)
    clock.wait(days=1)
    glances.told(session, clock, 17, digest="another", kind=kind)
    one = seen(patient)
    assert not one.program_known
    assert "SOMETHING ELSE" in shown(patient)


def test_nothing_recorded_is_said_and_drawn_as_not_known(clock: Clock) -> None:
    patient = staff.patient()
    one = seen(patient)
    assert one.pathway is None
    assert one.body.has_pump is None
    assert one.reservoir.unknown is Unknown.NO_FILL
    page = shown(patient)
    assert "Nobody has recorded what is treated" in page
    assert "Whether there is a pump is not recorded." in page
    walk(patient, SELECTED[:1], clock)
    assert seen(patient).body.has_pump is False


def test_a_tip_that_is_no_level_is_not_drawn(clock: Clock) -> None:
    patient = staff.patient()
    taken = step("implants.take-over", PHYSICIAN, indication="pain", from_whom="another clinic")
    walk(patient, [taken], clock)
    drawn = figure(seen(patient).body)
    assert drawn.tip is None
    assert drawn.is_guess
    assert "not recorded" in shown(patient)


def test_the_spine_is_drawn_from_the_neck_down_in_order() -> None:
    levels = list(spine().values())
    assert [one.name for one in levels][:2] == ["C1", "C2"]
    assert len(levels) == 29
    assert all(above.y < below.y for above, below in itertools.pairwise(levels))


def test_every_action_that_somebody_may_do_is_reachable(clock: Clock) -> None:
    patient, _ = glances.everything(clock)
    page = shown(patient)
    for name, service in services().items():
        has_page = service.action.about is About.PATIENT and name in action_pages()
        if has_page and NURSE in service.action.roles:
            assert f'href="/patients/{patient.pk}/do/{name}"' in page, name


def test_what_happened_is_sifted_by_kind_person_words_and_days(clock: Clock) -> None:
    patient, _ = glances.everything(clock)
    whole = shown(patient, "overview.happenings")
    assert "Aspirate" in whole
    only = shown(patient, "overview.happenings", query="?kind=fills.fill")
    assert "1 entry" in only
    nobody = shown(patient, "overview.happenings", query="?text=nothing+says+this")
    assert "0 entries" in nobody
    by = shown(patient, "overview.happenings", query="?person=Neuropsychologist+one")
    assert "1 entry" in by
    early = shown(patient, "overview.happenings", query="?until=2026-02-02")
    assert "Referral" in early
    assert "Aspirate" not in early.partition("<ol")[2]


def test_a_correction_is_shown_as_one_and_the_entry_before_it_stays(clock: Clock) -> None:
    patient = staff.patient()
    walk(patient, SELECTED, clock)
    (entry,) = services_rows(patient)
    data = {
        "corrects": str(entry),
        "why": "A slip of the pen.",
        "happened_at": clock.now.isoformat(),
        "clearance": "cleared",
        "untreated_habituation": False,
        "summary": "Fit after all.",
    }
    who = staff.member(Role.NEUROPSYCHOLOGIST)
    services()["assessments.correct-psychological"].ask(who, patient, data)
    page = shown(patient, "overview.happenings", query="?corrections=on")
    assert "2 entries" in page
    assert "corrected since" in page
    assert "A slip of the pen." in page


def action_pages() -> set[str]:
    found = set()
    for name in services():
        with suppress(KeyError):
            page_of(name)
            found.add(name)
    return found


def services_rows(patient: Patient) -> list[object]:
    return [one.pk for one in PsychologicalAssessment.objects.filter(patient=patient)]


def test_reading_is_in_the_trail() -> None:
    patient = staff.patient()
    seen(patient)
    shown(patient, "overview.happenings")
    newest = [one.action for one in Event.objects.order_by("-seq")[:2]]
    assert newest == ["overview.happenings", "overview.see"]


def test_the_page_asks_no_more_of_a_large_clinic_than_of_a_small_one(clock: Clock) -> None:
    patient, _ = glances.everything(clock)

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as made:
            shown(patient)
        return len(made)

    asked()
    small = asked()
    for _ in range(10):
        staff.patient()
    assert asked() == small
