"""Visits as guided flows: each walked by its page, from its first step to its last."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import staff
from journey import (
    BEFORE_IMPLANT,
    BEFORE_TRIAL,
    HOME,
    IMPLANTED,
    NURSE,
    PHYSICIAN,
    PUMP,
    RISKS,
    SELECTED,
    TRIED,
    YES,
    Clock,
    running,
    step,
    walk,
)
from visiting import Visiting, problems

from thecal import care
from thecal.clinic.audit.models import Event
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.record.actions import table
from thecal.clinic.selection.models import Referral
from thecal.clinic.visits.engine import Call, flows, stand
from thecal.clinic.visits.offering import flows_now
from thecal.clinic.visits.panels.registry import names
from thecal.clinic.visits.scene import Scene

pytestmark = [
    pytest.mark.usefixtures("record"),
    pytest.mark.parametrize("engine", ["sqlite"], indirect=True),
]
NEURO = Role.NEUROPSYCHOLOGIST


def called(patient: Patient, clock: Clock) -> list[str]:
    return [one.key for one in flows_now(patient, clock.now) if one.call is Call.NOW]


def moments(clock: Clock) -> dict[str, Any]:
    return {"happened_at": clock.now}


def test_assessment_leads_from_the_referral_to_a_trial_in_the_calendar() -> None:
    with running() as clock:
        patient = staff.patient()
        flow = Visiting(patient, "assessment")
        page = flow.look()
        assert page.current == "referral"
        assert page.steps["schedule"] == "closed"
        assert called(patient, clock) == ["assessment"]
        page = flow.do(
            "selection.refer",
            **moments(clock),
            indication="pain",
            small_screening=False,
            referred_by="the family doctor",
            question="Pain after two operations.",
        )
        assert page.current == "indications"
        page = flow.do("selection.answer-indications", PHYSICIAN, **moments(clock), **YES)
        assert page.current == "psychology"
        assert "This step is done by:" in flow.look(NURSE).text
        closed = flow.look(step="schedule").text
        assert "Psychological assessment by a neuropsychologist" in closed
        page = flow.do(
            "assessments.record-psychological",
            NEURO,
            **moments(clock),
            clearance="cleared",
            untreated_habituation=False,
            summary="Fit.",
        )
        assert page.current == "schedule"
        planned = clock.now + timedelta(days=2)
        page = flow.do("appointments.schedule-trial", planned=planned, method="catheter")
        assert page.current == ""
        assert "All steps are done" in page.text
        assert "trial" in called(patient, clock)


@pytest.fixture
def clock() -> Any:
    with running() as made:
        yield made


def at_trial(clock: Clock) -> Visiting:
    patient = staff.patient()
    walk(patient, [*SELECTED, *BEFORE_TRIAL[:1]], clock)
    return Visiting(patient, "trial")


def prepared(flow: Visiting, clock: Clock, procedure: str) -> None:
    """The steps before an operation, each by its form."""
    flow.do(
        "selection.record-consent",
        **moments(clock),
        risks=RISKS,
        discussed_by="the physician",
    )
    flow.do("selection.review-anticoagulants", **moments(clock))
    if procedure == "trial":
        flow.do("followup.record-score", **moments(clock), instrument="nrs", score="8")
    else:
        for measure in ("decolonised", "chlorhexidine"):
            assert flow.look().current == "skin"
            flow.do("implants.record-preparation", **moments(clock), measure=measure)
    flow.do("implants.record-antibiotic", **moments(clock), agent="as the protocol", dose="once")


def test_the_trial_day_goes_from_consent_to_the_decision(clock: Clock) -> None:
    flow = at_trial(clock)
    assert flow.look().current == "consent"
    prepared(flow, clock, "trial")
    clock.wait(minutes=30)
    page = flow.do("trials.start", PHYSICIAN, **moments(clock), method="catheter", tunnelled=True)
    assert page.current == "drug"
    page = flow.do(
        "trials.record-infusion",
        **moments(clock),
        drugs="morphine",
        pump="external pump",
        rate="0.1 mL/h",
        concentrations="morphine 1 mg/mL",
    )
    assert page.current == "observe"
    assert page.steps["consent"] == "done"
    for _ in range(6):
        clock.wait(hours=4)
        page = flow.do(
            "trials.record-observation",
            step="observe",
            **moments(clock),
            pain=3,
            poss="1",
            respiratory_rate=14,
            spo2=97,
            spasticity=False,
        )
    assert page.current == "function"
    page = flow.do("trials.record-function", **moments(clock), answer="yes")
    page = flow.do("trials.end", PHYSICIAN, **moments(clock), intact="yes")
    assert "The trial has succeeded" in page.text
    page = flow.do("trials.decide", PHYSICIAN, **moments(clock), proceeds=True, reason="helped")
    assert "All steps are done" in page.text


def test_a_trial_is_not_started_before_somebody_measured_what_it_is_to_relieve(
    clock: Clock,
) -> None:
    flow = at_trial(clock)
    flow.do("selection.record-consent", **moments(clock), risks=RISKS, discussed_by="somebody")
    page = flow.do("selection.review-anticoagulants", **moments(clock))
    assert page.current == "before"
    flow.do("followup.record-score", **moments(clock), instrument="phq-9", score="8", item_9=0)
    assert flow.look().current == "before"  # of mood, which no trial is judged by
    flow.do("followup.record-score", **moments(clock), instrument="nrs", score="8")
    assert flow.look().current == "antibiotic"


def test_what_is_missing_of_a_step_begun_is_said(clock: Clock) -> None:
    flow = at_trial(clock)
    flow.do("selection.record-consent", **moments(clock), risks=RISKS[:2], discussed_by="somebody")
    page = flow.look()
    assert page.current == "consent"
    assert "not discussed: paralysis" in page.text


def test_the_flow_sheet_says_what_is_due_and_which_of_two_rules_decides(clock: Clock) -> None:
    flow = at_trial(clock)
    patient = flow.patient
    walk(
        patient,
        [*BEFORE_TRIAL[1:], step("trials.start", PHYSICIAN, hours=0.5, method="catheter")],
        clock,
    )
    clock.wait(hours=2)
    flow.do(
        "trials.record-infusion",
        **moments(clock),
        drugs="morphine",
        pump="external pump",
        rate="0.1 mL/h",
        concentrations="morphine 1 mg/mL",
    )
    page = flow.look()
    assert "in 1 h 00 min" in page.text
    assert "23 h after admission" in page.text
    assert "24 h after first dose of morphine" in page.text
    assert page.text.index("23 h after admission") < page.text.index("decides")
    clock.wait(minutes=85)
    assert "overdue by 25 min" in flow.look().text
    row: dict[str, Any] = {
        "pain": 3,
        "poss": "3",
        "respiratory_rate": 9,
        "spo2": 91,
        "spasticity": False,
    }
    page = flow.do("trials.record-observation", **moments(clock), **row)
    assert "Act on sedation" in page.text


def test_the_implant_waits_for_its_gates_and_records_what_was_placed(clock: Clock) -> None:
    patient = staff.patient()
    walk(patient, TRIED, clock)
    flow = Visiting(patient, "implant")
    assert flow.look().current == "schedule"
    flow.do("appointments.schedule-implant", PHYSICIAN, planned=clock.now + timedelta(days=2))
    refused = flow.look(step="operation").text
    assert "Discuss the three risks" in refused
    flow.do("selection.record-consent", **moments(clock), risks=RISKS[:2], discussed_by="somebody")
    assert flow.look().current == "consent"
    prepared(flow, clock, "implant")
    assert flow.look().current == "operation"
    clock.wait(hours=3)
    assert flow.look().current == "antibiotic"  # it was given too long ago by now
    flow.do("implants.record-antibiotic", **moments(clock), agent="again", dose="once")
    page = flow.do("implants.record-implant", PHYSICIAN, **moments(clock), **PUMP)
    assert page.current == "pump"
    assert 'value="SN-1"' in page.text
    sent = flow.do("pumps.enter", **moments(clock), model=PUMP["pump"], serial="SN-1")
    assert "All steps are done" in sent.text
    assert {"first-fill", "overnight"} <= set(called(patient, clock))


def test_the_night_the_wound_and_the_closures(clock: Clock) -> None:
    patient = staff.patient()
    walk(patient, IMPLANTED, clock)
    night = Visiting(patient, "overnight")
    assert night.look().current == "observe"
    assert "stay.overnight" in night.look(step="home").text
    assert "The stricter applies" not in night.look().text  # so it was in the trial
    clock.wait(hours=30)
    night.do(
        "implants.record-antibiotic", step="antibiotic", **moments(clock), agent="it", dose="last"
    )
    assert night.look().current == "home"
    page = night.do("implants.discharge", PHYSICIAN, **moments(clock))
    assert "All steps are done" in page.text
    clock.wait(hours=72)
    wound = Visiting(patient, "wound")
    assert "Check the wound" in wound.look().text
    wound.do("implants.record-wound", PHYSICIAN, **moments(clock), healthy="unknown")
    assert wound.look().current == "check"
    assert (
        wound.do("implants.record-wound", PHYSICIAN, **moments(clock), healthy="yes").current == ""
    )
    clock.wait(hours=240)
    out = Visiting(patient, "closures")
    assert ">overdue" not in out.look().text  # it is about two weeks, give or take two days
    assert out.do("implants.record-closures-out", **moments(clock)).current == ""
    assert not {"overnight", "wound", "closures"} & set(called(patient, clock))


def test_a_lost_effect_is_searched_in_its_order(clock: Clock) -> None:
    patient = staff.patient()
    walk(patient, [*IMPLANTED, *HOME], clock)
    flow = Visiting(patient, "effect")
    flow.do("followup.record-effect-lost", **moments(clock), notes="no effect since yesterday")
    order = [one.id for one in care.effect_steps()]
    for key in order:
        page = flow.look()
        if key == "contrast":
            assert "contrast" not in page.steps  # the aspiration failed: inject nothing
            continue
        assert page.current == key
        result = "failed" if key == "side-port-aspiration" else "normal"
        flow.do("followup.record-effect-step", **moments(clock), result=result)
    assert "does not exclude a leak" in flow.look(step="residual").text
    page = flow.do("followup.record-effect-end", PHYSICIAN, **moments(clock), cause="a leak")
    assert page.current == "lost"


def test_contrast_is_closed_before_an_aspiration_through_which_fluid_came(clock: Clock) -> None:
    patient = staff.patient()
    walk(patient, [*IMPLANTED, *HOME], clock)
    flow = Visiting(patient, "effect")
    flow.do("followup.record-effect-lost", **moments(clock), notes="gone")
    text = flow.look(step="contrast").text
    assert "effect.aspirated" in text
    assert "inject nothing" in text


def test_the_pump_is_replaced_at_the_end_of_its_service(clock: Clock) -> None:
    patient = staff.patient()
    walk(patient, [*IMPLANTED, *HOME], clock)
    flow = Visiting(patient, "replacement")
    flow.do("appointments.schedule-replacement", planned=clock.now + timedelta(days=2))
    prepared(flow, clock, "replacement")
    new = {**PUMP, "pump_serial": "SN-2"}
    page = flow.do("implants.record-replacement", PHYSICIAN, **moments(clock), **new)
    assert page.current == "pump"
    page = flow.do("pumps.enter", **moments(clock), model=PUMP["pump"], serial="SN-2")
    assert "All steps are done" in page.text
    assert "overnight" in called(patient, clock)


def test_a_pump_that_comes_out_leaves_a_watch_for_withdrawal(clock: Clock) -> None:
    patient = staff.patient()
    walk(patient, [*IMPLANTED, *HOME], clock)
    flow = Visiting(patient, "explant")
    page = flow.do(
        "implants.record-explant", PHYSICIAN, **moments(clock), reason="infection", infected=True
    )
    assert page.steps["explant"] == "done"
    if page.current == "withdrawal":
        key = stand_key(patient, clock)
        page = flow.do("tasks.close-task", **moments(clock), key=key, outcome="none seen")
    assert page.steps["withdrawal"] == "done"
    flow.do(
        "selection.end-care", PHYSICIAN, step="end", **moments(clock), reason="treated elsewhere"
    )


def stand_key(patient: Patient, clock: Clock) -> str:
    return Scene(patient, clock.now).tasks("explant.withdrawal")[0].key


def test_what_was_written_is_corrected_from_within_the_visit(clock: Clock) -> None:
    patient = staff.patient()
    walk(patient, SELECTED, clock)
    entry = Referral.objects.get(patient=patient)
    flow = Visiting(patient, "assessment")
    page = flow.look(step="referral", correct=str(entry.pk))
    assert 'value="the family doctor"' in page.text
    hidden = page.form("selection.correct-refer") or page.form("selection.correct-referral")
    assert hidden["flow-correct"] == str(entry.pk)
    sent = flow.send(
        hidden["flow-action"],
        seen=hidden,
        **moments(clock),
        indication="pain",
        small_screening=False,
        referred_by="another doctor",
        question="Pain.",
        why="a slip",
    )
    assert sent.status == 302, problems(sent)
    assert Referral.objects.current().get(patient=patient).referred_by == "another doctor"


def test_two_people_at_once_are_told_so_and_nothing_typed_is_lost(clock: Clock) -> None:
    flow = at_trial(clock)
    hidden = flow.look().form("selection.record-consent")
    walk(flow.patient, [step("selection.review-anticoagulants", NURSE)], clock)
    data = {**moments(clock), "risks": RISKS, "discussed_by": "typed before"}
    answer = flow.send("selection.record-consent", seen=hidden, **data)
    assert answer.status == 409
    assert "The record has changed since you opened this page: Nurse one" in answer.text
    assert 'value="typed before"' in answer.text
    again = flow.send(
        "selection.record-consent", seen=answer.form("selection.record-consent"), **data
    )
    assert again.status == 302


def test_the_same_form_sent_twice_is_done_once(clock: Clock) -> None:
    flow = at_trial(clock)
    hidden = flow.look().form("selection.record-consent")
    data = {**moments(clock), "risks": RISKS, "discussed_by": "the physician"}
    for _ in range(2):
        assert flow.send("selection.record-consent", seen=hidden, **data).status == 302
    done = Event.objects.filter(action="selection.record-consent", outcome="done")
    assert done.filter(patient=flow.patient.pk).count() == 1


def test_a_gate_that_a_physician_may_pass_is_passed_by_a_signature(clock: Clock) -> None:
    patient = staff.patient()
    walk(patient, [*TRIED, *BEFORE_IMPLANT[:-1]], clock)  # without the antibiotic
    flow = Visiting(patient, "implant")
    assert flow.look().current == "antibiotic"
    assert flow.look(step="operation").form("implants.record-implant") == {}


@pytest.mark.parametrize("role", list(Role))
def test_a_flow_is_for_those_who_may_read_the_record(role: Role, clock: Clock) -> None:  # noqa: ARG001
    patient = staff.patient()
    if role is Role.PATIENT:
        return
    status = Visiting(patient, "assessment").look(role).status
    assert status == (403 if role is Role.ADMINISTRATOR else 200)


def test_the_list_shows_whose_record_calls_for_what(clock: Clock) -> None:
    patient = staff.patient(family_name="Listed")
    walk(patient, SELECTED, clock)
    client = Visiting(patient, "assessment").client(Role.READER)
    text = client.get(f"/clinics/{patient.clinic_id}/visits").content.decode()
    assert "Listed" in text
    assert "Put the trial into the calendar" in text
    event = Event.objects.order_by("-seq")[0]
    assert event.action == "visits.list"
    assert str(patient.pk) in event.detail


def test_every_step_names_services_gates_and_panels_that_there_are(clock: Clock) -> None:
    patient = staff.patient()
    walk(patient, [*IMPLANTED, *HOME], clock)
    scene = Scene(patient, clock.now)
    for flow in flows():
        assert flow.help
        keys = [one.key for one in flow.steps(scene)]
        assert len(keys) == len(set(keys))
        for one in flow.steps(scene):
            assert one.help, (flow.key, one.key)
            assert set(one.actions) <= set(table()), one.key
            assert not one.gate or one.gate in care.gate_cards()
            assert not one.panel or one.panel in names()
            if one.gate:
                assert one.only <= {card.code for card in care.requirements_of(one.gate)}
        assert stand(flow, scene).count[1] >= 1
