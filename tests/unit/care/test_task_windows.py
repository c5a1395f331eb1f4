"""Tasks: when each is due, what raises it, what closes it; over clock changes too."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from care_cases import (
    BACLOFEN,
    DAY,
    FIRST_FILL,
    HOUR,
    LONDON,
    PLACED,
    PUMP,
    REFILL,
    SCAN,
    SPASM,
    TRIAL,
    at_home,
    before_implant,
    before_scan,
    before_trial,
    implanted,
    path,
    reading,
    refill,
    scanned,
    screening,
    selection,
    trial,
)

from thecal.care import Task, Urgency, read_settings_text, task_cards
from thecal.care.clock import at_local, same_time_after
from thecal.care.facts import (
    AgentClass,
    Answer,
    AntibioticStopped,
    AnticoagulantsReviewed,
    AnticoagulantStopped,
    AnticoagulantTaken,
    Aspirated,
    Came,
    Closure,
    Consented,
    Discharged,
    EffectLost,
    EffectPathEnded,
    EffectStepDone,
    Event,
    Explanted,
    Filled,
    Harm,
    HarmOccurred,
    Implanted,
    Interrogated,
    Measured,
    Observed,
    Procedure,
    ProgramSent,
    PsychologicalAssessment,
    Referred,
    RefillBegun,
    Scheduled,
    StepResult,
    SurveillanceAnswered,
    TakenOver,
    TaskDone,
    TrialCatheterRemoved,
    WatchEnded,
    WoundChecked,
)
from thecal.care.tasks import effect_steps, surveillance_questions
from thecal.devices import pumps

NEW_YORK = ZoneInfo("America/New_York")
ALL_NO = dict.fromkeys(surveillance_questions(), Answer.NO)


def only(tasks: tuple[Task, ...]) -> Task:
    (one,) = tasks
    return one


def running(*more: Event) -> list[Event]:
    kept = [one for one in trial("") if not isinstance(one, TrialCatheterRemoved)]
    return [*kept, *more]


def row(hour: float, **seen: object) -> Observed:
    return Observed(at=TRIAL + hour * HOUR, **seen)  # type: ignore[arg-type]


def test_nothing_is_asked_of_nobody() -> None:
    assert path([], TRIAL).tasks == ()
    assert path([], TRIAL).stage == "selection"


def test_selection_asks_for_what_it_lacks_and_then_for_the_trial() -> None:
    referred: list[Event] = [Referred(at=TRIAL)]
    codes = {one.code for one in path(referred, TRIAL + DAY).tasks}
    assert codes == {"candidacy.answer", "psychology.assess", "outcomes.baseline"}
    codes = {one.code for one in path(selection(), TRIAL).tasks}
    assert codes == {"trial.schedule", "outcomes.baseline"}


@pytest.mark.parametrize(("last", "due"), [(1, 2), (12, 13), (13, 15), (24, 26), (25, 29)])
def test_morphine_is_observed_hourly_for_12_h_then_every_2_h_for_12_then_every_4(
    last: int, due: int
) -> None:
    rows = [row(hour) for hour in range(2, last + 1)]
    task = only(path(running(*rows), TRIAL + last * HOUR).task("observation.next"))
    assert task.due == TRIAL + due * HOUR


def test_gap_in_the_flow_sheet_is_noted() -> None:
    codes = [one.code for one in path(running(row(2), row(5)), TRIAL + 6 * HOUR).notes]
    assert codes.count("observation.gap") == 1


def test_clinics_own_schedule_takes_the_place_of_none() -> None:
    own = read_settings_text(
        'schema = 1\n[[observation]]\ndrug = "hydromorphone"\nsteps = [{ every = "30 min" }]\n'
    )
    events = [
        one for one in trial("", "hydromorphone") if not isinstance(one, TrialCatheterRemoved)
    ]
    found = path(events, TRIAL + 2 * HOUR, settings=own)
    assert only(found.task("observation.next")).due == TRIAL + 1.5 * HOUR
    assert not found.task("observation.interval")
    assert "clinic.own-schedule" in {one.code for one in found.notes}


@pytest.mark.parametrize(("poss", "acts"), [("S", 0), ("1", 0), ("2", 0), ("3", 1), ("4", 1)])
def test_poss_of_3_or_more_is_an_emergency(poss: str, acts: int) -> None:
    found = path(running(row(2, poss=poss)), TRIAL + 2 * HOUR)
    assert len(found.task("observation.sedation")) == acts
    better = running(row(2, poss=poss), row(3, poss="1"))
    assert not path(better, TRIAL + 3 * HOUR).task("observation.sedation")


def test_spasticity_is_assessed_twice_within_4_h_of_a_screening_dose() -> None:
    tried = screening((0, "50"))
    task = only(path(tried, TRIAL + HOUR, SPASM).task("screening.assess"))
    assert task.latest == TRIAL + 4 * HOUR
    seen = [*tried, row(1, spasticity=True), row(3, spasticity=True)]
    assert not path(seen, TRIAL + 3 * HOUR, SPASM).task("screening.assess")
    notes = {one.code for one in path(tried, TRIAL + HOUR, SPASM).notes}
    assert "screening.closely" in notes
    assert "screening.closely" not in {
        one.code for one in path(tried, TRIAL + 2 * HOUR, SPASM).notes
    }


def test_trial_catheter_comes_out_when_the_stricter_observation_is_over() -> None:
    task = only(path(running(), TRIAL + 2 * HOUR).task("trial.catheter"))
    assert task.due == TRIAL + 25 * HOUR
    assert not path(trial(), PLACED).task("trial.catheter")


def test_agents_that_thin_the_blood_are_asked_for_and_stopped_in_time() -> None:
    events = [one for one in before_trial() if not isinstance(one, AnticoagulantsReviewed)]
    task = only(path(events, TRIAL - 15 * DAY).task("anticoagulants.review"))
    assert task.due == TRIAL - 7 * DAY
    events += [
        AnticoagulantsReviewed(at=TRIAL - 15 * DAY, taken=("warfarin", "rivaroxaban")),
        AnticoagulantTaken(at=TRIAL - 15 * DAY, agent="warfarin", agent_class=AgentClass.WARFARIN),
    ]
    warfarin, unknown = path(events, TRIAL - 14 * DAY).task("anticoagulant.stop")
    assert (warfarin.title, warfarin.latest) == ("Stop warfarin", TRIAL - 5 * DAY)
    assert (unknown.title, unknown.due) == ("Stop rivaroxaban", None)
    events.append(AnticoagulantStopped(at=TRIAL - 6 * DAY, agent="warfarin"))
    assert len(path(events, TRIAL - 5 * DAY).task("anticoagulant.stop")) == 1


def test_antibiotic_is_given_in_the_hour_before_and_stopped_within_24_h_of_the_incision() -> None:
    task = only(path(before_trial()[:-1], TRIAL - DAY).task("antibiotic.give"))
    assert (task.earliest, task.latest) == (TRIAL - HOUR, TRIAL)
    task = only(path(implanted(), PLACED + HOUR).task("antibiotic.stop"))
    assert task.latest == PLACED + DAY
    stopped = [*implanted(), AntibioticStopped(at=PLACED + 20 * HOUR)]
    assert not path(stopped, PLACED + DAY).task("antibiotic.stop")


def test_stay_ends_after_the_night_and_the_24_h_of_the_label_whichever_is_later() -> None:
    task = only(path(implanted(), PLACED + 2 * HOUR).task("stay.discharge"))
    assert task.due == PLACED + 25 * HOUR
    late = [*before_implant(), replace(PUMP, at=PLACED + 15.5 * HOUR)]  # 00:30 local
    task = only(path(late, PLACED + 16 * HOUR).task("stay.discharge"))
    assert task.due == at_local(date(2026, 3, 4), datetime(2026, 1, 1, 6).time(), LONDON)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("zone", "placed", "due", "last"),
    [
        # The clocks go forward on 29 March in London, back on 1 November in New York.
        (LONDON, "2026-03-26T09:00+00:00", "2026-03-31T09:00+01:00", "2026-03-31T23:59:59+01:00"),
        (LONDON, "2026-03-26T23:30+00:00", "2026-03-31T23:30+01:00", "2026-03-31T23:59:59+01:00"),
        (NEW_YORK, "2026-10-29T08:00-04:00", "2026-11-03T08:00-05:00", "2026-11-03T23:59:59-05:00"),
        (ZoneInfo("Asia/Kolkata"), "2026-03-02T20:00+00:00", "2026-03-07T20:00+00:00",
         "2026-03-08T23:59:59+05:30"),
    ],
)  # fmt: skip
def test_wound_check_is_counted_in_local_days_over_a_clock_change(
    zone: ZoneInfo, placed: str, due: str, last: str
) -> None:
    at = datetime.fromisoformat(placed)
    found = path([Implanted(at=at, pump="synchromed-ii-20")], at + HOUR, zone=zone)
    task = only(found.task("wound.check"))
    assert task.due == datetime.fromisoformat(due)
    assert task.latest == datetime.fromisoformat(last)


def test_time_that_the_clocks_skip_is_later_and_one_that_they_repeat_is_the_first() -> None:
    skipped = datetime(2026, 3, 28, 1, 30, tzinfo=UTC)
    assert same_time_after(skipped, 1, LONDON) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    repeated = datetime(2026, 10, 24, 0, 30, tzinfo=UTC)
    assert same_time_after(repeated, 1, LONDON) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert same_time_after(second, 1, LONDON) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_wound_that_is_not_healthy_is_examined_and_one_not_judged_is_checked_again() -> None:
    home: list[Event] = [*implanted(), Discharged(at=PLACED + 2 * DAY)]
    ill = [*home, WoundChecked(at=PLACED + 4 * DAY, healthy=Answer.NO)]
    found = path(ill, PLACED + 5 * DAY)
    assert only(found.task("infection.examine")).latest == PLACED + 5 * DAY
    assert not found.task("wound.check")
    unsure = [*home, WoundChecked(at=PLACED + 4 * DAY, healthy=Answer.UNKNOWN)]
    assert path(unsure, PLACED + 5 * DAY).task("wound.check")


def test_absorbable_stitches_are_not_taken_out_and_unknown_closures_are_looked_for() -> None:
    for closure, count in ((Closure.ABSORBABLE, 0), (None, 1), (Closure.STITCHES, 1)):
        events = [*before_implant(), replace(PUMP, closure=closure)]
        assert len(path(events, PLACED + DAY).task("closures.remove")) == count


def test_refill_is_due_by_the_latest_safe_day_with_reminders_14_7_and_3_days_before() -> None:
    task = only(path(at_home(), PLACED + 20 * DAY).task("refill"))
    end = datetime(2026, 6, 14, 22, 59, 59, tzinfo=UTC)  # the end of 14 June in London
    assert task.due == task.latest == end
    assert task.undated == ""
    days = [at.astimezone(LONDON).date() for at in task.reminders]
    assert days == [date(2026, 5, 31), date(2026, 6, 7), date(2026, 6, 11), date(2026, 6, 14)]
    assert all(at.astimezone(LONDON).hour == 0 for at in task.reminders)
    assert task.key == only(path(at_home(), PLACED + 30 * DAY).task("refill")).key


def test_missed_refill_of_baclofen_is_an_emergency_that_names_withdrawal() -> None:
    fill = replace(FIRST_FILL, drugs=BACLOFEN)
    events = [*before_implant(), PUMP, fill, Discharged(at=PLACED + 2 * DAY)]
    before = path(events, datetime(2026, 6, 14, 22, tzinfo=UTC))
    assert not before.task("refill.missed")
    after = path(events, datetime(2026, 6, 14, 23, tzinfo=UTC))
    missed = only(after.task("refill.missed"))
    assert missed.urgency == "emergency"
    assert "High fever" in missed.reason
    assert after.tasks[0] == missed
    assert not after.task("refill")


@pytest.mark.parametrize(
    ("due", "latest", "dated", "limit"),
    [
        (date(2026, 6, 30), None, date(2026, 6, 30), None),
        (None, date(2026, 6, 14), date(2026, 6, 14), date(2026, 6, 14)),
        (None, None, None, None),
    ],
)
def test_refill_without_a_date_has_a_reason(
    due: date | None, latest: date | None, dated: date | None, limit: date | None
) -> None:
    fill = replace(FIRST_FILL, refill_due=due, latest_safe=latest)
    task = only(path([*before_implant(), PUMP, fill], PLACED + 2 * DAY).task("refill"))
    shown = [at.astimezone(LONDON).date() if at else None for at in (task.due, task.latest)]
    assert shown == [dated, limit]
    assert bool(task.undated) == (dated is None)


def test_pump_without_a_recorded_fill_is_asked_about_at_once() -> None:
    taken: list[Event] = [TakenOver(at=PLACED, pump="synchromed-ii-20")]
    task = only(path(taken, PLACED + HOUR).task("refill.unknown"))
    assert task.latest == PLACED + DAY


@pytest.mark.parametrize(
    ("pump", "aspirated", "suspected"),
    [
        ("synchromed-ii-20", "3.0", 0),
        ("synchromed-ii-20", "2.9", 1),
        ("synchromed-ii-40", "2.0", 0),
        ("synchromed-ii-40", "1.9", 1),
        ("codman-3000-30", "0", 0),
    ],
)
def test_pocket_fill_is_suspected_over_1_ml_of_20_and_2_ml_of_40(
    pump: str, aspirated: str, suspected: int
) -> None:
    events = [one for one in refill(aspirated) if not isinstance(one, Implanted)]
    found = path([*events, replace(PUMP, pump=pump)], REFILL + HOUR)
    assert len(found.task("refill.pocket-fill")) == suspected
    blank = {one.code for one in found.notes} & {"refill.pocket-fill-unknown"}
    assert bool(blank) == pump.startswith("codman")


def test_pocket_fill_after_the_fill_of_the_same_visit_is_an_emergency() -> None:
    drawn = Aspirated(at=REFILL + 2 * HOUR, volume_ml=Fraction(10), expected_ml=Fraction(18))
    found = path([*refill(filled=True), drawn], REFILL + 3 * HOUR)
    assert only(found.task("refill.pocket-fill")).urgency == "emergency"


def test_every_fill_is_watched_and_signs_of_an_overdose_are_an_emergency() -> None:
    filled = refill(filled=True)
    assert only(path(filled, REFILL + 2 * HOUR).task("refill.watch")).undated
    own = read_settings_text('schema = 1\n[figures]\nwatch-after-refill = "1 h"\n')
    task = only(path(filled, REFILL + HOUR, settings=own).task("refill.watch"))
    assert task.due == REFILL + 2 * HOUR
    signs = [*filled, WatchEnded(at=REFILL + 3 * HOUR, overdose_signs=Answer.YES)]
    task = only(path(signs, REFILL + 3 * HOUR).task("refill.overdose"))
    assert "naloxone" in task.reason


def test_changed_strength_is_observed_and_the_same_is_not() -> None:
    same = refill(filled=True)
    assert not path(same, REFILL + 2 * HOUR).task("observation.changeover")
    changed = Filled(at=REFILL + HOUR, volume_ml=Fraction(18), drugs=BACLOFEN)
    assert only(
        path([*refill(), changed], REFILL + 2 * HOUR).task("observation.changeover")
    ).undated


def test_surveillance_is_due_at_the_refill_and_owed_after_one_without_it() -> None:
    task = only(path(at_home(), PLACED + 20 * DAY).task("surveillance.ask"))
    assert task.due == datetime(2026, 6, 14, 22, 59, 59, tzinfo=UTC)
    owed = only(path(refill(filled=True), REFILL + DAY).task("surveillance.ask"))
    assert owed.due == REFILL
    asked = [*refill(filled=True), SurveillanceAnswered(at=REFILL + HOUR, answers=ALL_NO)]
    assert only(path(asked, REFILL + DAY).task("surveillance.ask")).due is None
    own = read_settings_text('schema = 1\n[figures]\nsurveillance-interval = "30 day"\n')
    task = only(path(asked, REFILL + DAY, settings=own).task("surveillance.ask"))
    assert task.due == REFILL + HOUR + 30 * DAY


def test_alarming_answer_stays_open_over_later_rounds_until_a_person_closes_it() -> None:
    first = SurveillanceAnswered(at=REFILL, answers={**ALL_NO, "weakness": Answer.YES})
    second = SurveillanceAnswered(at=REFILL + 5 * DAY, answers=ALL_NO)
    events = [*at_home(), first, second]
    task = only(path(events, REFILL + 6 * DAY).task("paralysis.examine"))
    assert task.urgency == "emergency"
    done = [*events, TaskDone(at=REFILL + 6 * DAY, key=task.key, outcome="imaged")]
    assert not path(done, REFILL + 6 * DAY).task("paralysis.examine")


def test_question_left_out_is_asked_again() -> None:
    asked = [*at_home(), SurveillanceAnswered(at=REFILL, answers={"fever": Answer.NO})]
    task = only(path(asked, REFILL).task("surveillance.ask-again"))
    assert "weakness" in task.reason
    assert "fever" not in task.reason


def test_each_of_the_three_harms_raises_its_task() -> None:
    for harm, code in (
        (Harm.INFECTION, "infection.examine"),
        (Harm.GRANULOMA, "granuloma.image"),
        (Harm.PARALYSIS, "paralysis.examine"),
    ):
        assert path([*at_home(), HarmOccurred(at=REFILL, harm=harm)], REFILL).task(code)


def steps_done(*results: tuple[str, StepResult]) -> list[Event]:
    return [
        *at_home(),
        EffectLost(at=REFILL),
        *(
            EffectStepDone(at=REFILL + (index + 1) * HOUR, step=step, result=result)
            for index, (step, result) in enumerate(results)
        ),
    ]


def test_lost_effect_walks_the_steps_in_order_and_then_concludes() -> None:
    order = [one.id for one in effect_steps()]
    assert order == [
        "interrogate",
        "residual",
        "x-ray",
        "rotor-study",
        "side-port-aspiration",
        "contrast",
        "ct-or-mri",
    ]
    for count, expected in enumerate(order):
        done = steps_done(*((step, StepResult.NORMAL) for step in order[:count]))
        found = path(done, REFILL + DAY)
        assert found.stage == "lost-effect"
        assert expected in only(found.task("effect.step")).key
    everything = steps_done(*((step, StepResult.NORMAL) for step in order))
    found = path(everything, REFILL + DAY)
    assert not found.task("effect.step")
    assert found.task("effect.conclude")
    ended = [*everything, EffectPathEnded(at=REFILL + DAY, cause="kinked catheter")]
    assert path(ended, REFILL + DAY).stage == "follow-up"


def test_failed_aspiration_skips_the_contrast_and_says_inject_nothing() -> None:
    order = [one.id for one in effect_steps()]
    done = [(step, StepResult.NORMAL) for step in order[:4]]
    for result in (StepResult.FAILED, StepResult.ABNORMAL):
        found = path(steps_done(*done, (order[4], result)), REFILL + DAY)
        task = only(found.task("effect.step"))
        assert "ct-or-mri" in task.key
        assert "inject nothing" in task.reason


def test_normal_residual_never_ends_the_path() -> None:
    found = path(steps_done(("residual", StepResult.NORMAL)), REFILL + DAY)
    assert found.task("effect.step")
    assert "residual.leak-unseen" in {one.code for one in found.notes}


def test_scan_is_followed_by_two_interrogations_and_recovery_within_24_h() -> None:
    assert only(path(scanned(), SCAN + HOUR).task("mri.interrogate")).latest == SCAN + DAY
    once = scanned(reading(SCAN + HOUR, running=True, stall_logged=False))
    assert path(once, SCAN + 2 * HOUR).task("mri.interrogate")
    silent = path(scanned(), SCAN + 25 * HOUR)
    assert only(silent.task("mri.not-recovered")).urgency == "emergency"
    stalled = scanned(reading(SCAN + HOUR, running=False, stall_logged=True))
    assert path(stalled, SCAN + 2 * HOUR).task("mri.not-recovered")
    altered = scanned(reading(SCAN + HOUR, "d2", running=True, stall_logged=False))
    assert path(altered, SCAN + 2 * HOUR).task("mri.program-altered")


def test_emptied_pump_is_reset_and_filled_after_its_scan() -> None:
    found = path(scanned(pump="prometra-ii-20"), SCAN + HOUR)
    assert "reset by hand" in only(found.task("mri.refill")).reason
    assert not path(scanned(), SCAN + HOUR).task("mri.refill")


def test_scan_that_is_not_prepared_is_a_task_that_says_what_is_missing() -> None:
    task = only(path(before_scan("prometra-ii-20"), SCAN - DAY).task("mri.prepare"))
    assert task.latest == SCAN
    assert "empty and set to zero" in task.reason


LIFE = pumps()["synchromed-ii-20"].service_life
NOTICE = pumps()["synchromed-ii-20"].replacement_notice


def test_pump_is_replaced_by_84_months_and_the_date_only_comes_nearer() -> None:
    assert LIFE is not None
    assert NOTICE is not None
    life, notice = (timedelta(days=float(one.value)) for one in (LIFE, NOTICE))
    task = only(path(at_home(), REFILL).task("pump.replace"))
    assert (task.due, task.earliest) == (PLACED + life, PLACED + life - notice)
    later = Interrogated(at=REFILL, replace_by=date(2040, 1, 1))
    assert only(path([*at_home(), later], REFILL).task("pump.replace")).due == PLACED + life
    sooner = Interrogated(at=REFILL, replace_by=date(2030, 1, 1))
    due = only(path([*at_home(), sooner, replace(later, at=REFILL + HOUR)], SCAN).task(
        "pump.replace")).due  # fmt: skip
    assert due == datetime(2030, 1, 1, 23, 59, 59, tzinfo=UTC)


def test_replacement_indicator_gives_90_days_and_the_stage_says_so() -> None:
    up = Interrogated(at=REFILL, replacement_indicated=True)
    found = path([*at_home(), up], REFILL + DAY)
    assert found.stage == "end-of-service"
    assert only(found.task("pump.replace")).due == REFILL + 90 * DAY
    assert path([*at_home(), up], REFILL + 91 * DAY).task("pump.replace")[0].urgency == "emergency"


def test_pump_without_a_battery_is_not_replaced_and_an_unknown_age_is_said() -> None:
    fixed: list[Event] = [TakenOver(at=PLACED, pump="codman-3000-30", implanted=PLACED)]
    assert not path(fixed, REFILL).task("pump.replace")
    aged: list[Event] = [TakenOver(at=PLACED, pump="synchromed-ii-20")]
    assert only(path(aged, REFILL).task("pump.replace")).undated


def test_explanted_patient_is_watched_for_withdrawal_and_begins_a_new_course() -> None:
    out = [*at_home(), Explanted(at=REFILL, reason="infection", closure=Closure.STITCHES)]
    found = path(out, REFILL + DAY)
    assert found.stage == "explanted"
    assert only(found.task("explant.withdrawal")).due == REFILL
    assert only(found.task("wound.check")).due == same_time_after(REFILL, 5, LONDON)
    assert only(found.task("closures.remove")).due == same_time_after(REFILL, 14, LONDON)
    again = [*out, Referred(at=REFILL + 30 * DAY)]
    found = path(again, REFILL + 31 * DAY)
    assert found.stage == "selection"
    assert not found.gate("trial.schedule").is_open


def test_item_9_of_the_phq_9_is_acted_on_whatever_the_total() -> None:
    def asked(score: str, item: int | None) -> Measured:
        return Measured(at=REFILL, instrument="phq-9", score=score, item_9=item)

    for score, item, emergency, soon in (
        ("1", 1, 1, 0),
        ("9", 0, 0, 0),
        ("10", 0, 0, 1),
        ("10", None, 0, 1),
        ("20", 3, 1, 1),
    ):
        found = path([*at_home(), asked(score, item)], REFILL)
        assert len(found.task("score.item-9")) == emergency
        assert len(found.task("score.act")) == soon


def test_waiver_is_shown_ever_after_and_counts_for_its_occasion_only() -> None:
    from thecal.care.facts import Role, Waiver  # noqa: PLC0415

    failed = trial("8 8 8 8 8 8 8 8")
    waiver = Waiver(
        at=TRIAL + 3 * DAY, requirement="trial.success", role=Role.PHYSICIAN, who="x", reason="y"
    )
    found = path([*failed, waiver], PLACED)
    assert found.gate("implant.schedule").is_open
    assert [one.code for one in found.gate("implant.schedule").waived] == ["trial.success"]
    assert found.stage == "decision"
    nurse = replace(waiver, role=Role.NURSE)
    assert not path([*failed, nurse], PLACED).gate("implant.schedule").is_open
    again = [replace(one, at=one.at + 10 * DAY) for one in failed if one.at >= TRIAL]
    assert not path([*failed, waiver, *again], PLACED).gate("implant.schedule").is_open
    much_later = [*failed, waiver, *at_home()[20:]]
    assert "waiver" in {one.code for one in path(much_later, SCAN).notes}


def test_step_taken_against_its_gate_is_noted_ever_after() -> None:
    bold: list[Event] = [
        Referred(at=TRIAL - DAY),
        Scheduled(at=TRIAL, procedure=Procedure.TRIAL, planned=PLACED),
    ]
    (note,) = [one for one in path(bold, SCAN).notes if one.code == "conduct.against-gate"]
    assert "neuropsychologist" in note.text
    late = [
        *bold,
        *(
            replace(one, at=TRIAL + DAY)
            for one in selection()
            if isinstance(one, PsychologicalAssessment)
        ),
    ]
    assert "conduct.against-gate" in {one.code for one in path(late, SCAN).notes}
    assert "conduct.against-gate" not in {one.code for one in path(at_home(), SCAN).notes}


def sent(at: datetime, came: Came, session: str = "s1") -> ProgramSent:
    return ProgramSent(at=at, session=session, digest="d1", came=came)


def heard(at: datetime, *alarms: str) -> Interrogated:
    return Interrogated(at=at, alarms=alarms, silent=not alarms)


def test_alarm_is_a_task_from_when_it_was_first_heard_until_it_is_heard_no_more() -> None:
    first, again, over = REFILL, REFILL + DAY, REFILL + 2 * DAY
    events = [*at_home(), heard(first, "motor-stall"), heard(again, "motor-stall", "low-battery")]
    stall, low = path(events, again + HOUR).task("pump.alarm")
    assert (stall.due, stall.urgency) == (first, Urgency.EMERGENCY)
    assert "the rotor does not turn" in stall.reason
    assert (low.due, low.urgency) == (again + DAY, Urgency.URGENT)
    unread = [*events, Interrogated(at=over)]
    assert len(path(unread, over).task("pump.alarm")) == 2
    assert path([*events, heard(over)], over).task("pump.alarm") == ()
    returned = [*events, heard(over), heard(over + DAY, "motor-stall")]
    (task,) = path(returned, over + DAY).task("pump.alarm")
    assert task.due == over + DAY


def test_alarm_of_a_pump_that_was_replaced_is_over() -> None:
    events = [*at_home(), heard(REFILL, "motor-stall"), Implanted(at=REFILL + DAY, replaces=True)]
    assert path(events, REFILL + 2 * DAY).task("pump.alarm") == ()


def test_program_of_which_nobody_knows_what_came_is_a_task_until_it_is_found_out() -> None:
    events = [*at_home(), sent(REFILL, Came.UNKNOWN), sent(REFILL + DAY, Came.VERIFIED, "s2")]
    (task,) = path(events, REFILL + DAY).task("program.unknown")
    assert task.due == REFILL
    for came in (Came.VERIFIED, Came.NOT_DONE, Came.MISMATCH):
        found = [*events, sent(REFILL + 2 * DAY, came)]
        assert path(found, REFILL + 2 * DAY).task("program.unknown") == ()


def test_pump_that_holds_another_program_is_a_task_until_one_is_verified() -> None:
    events = [*at_home(), sent(REFILL, Came.MISMATCH), sent(REFILL + HOUR, Came.NOT_DONE, "s2")]
    (task,) = path(events, REFILL + DAY).task("program.mismatch")
    assert task.urgency is Urgency.EMERGENCY
    later = [*events, sent(REFILL + DAY, Came.VERIFIED, "s3")]
    assert path(later, REFILL + DAY).task("program.mismatch") == ()


def test_every_kind_of_task_is_raised_by_some_test_history() -> None:
    histories: list[tuple[list[Event], datetime]] = [
        ([Referred(at=TRIAL)], TRIAL),
        (selection(), TRIAL),
        (
            [*selection(), Scheduled(at=TRIAL - DAY, procedure=Procedure.TRIAL, planned=TRIAL)],
            TRIAL,
        ),
        (
            [
                *selection(),
                Scheduled(at=TRIAL - DAY, procedure=Procedure.TRIAL, planned=TRIAL),
                AnticoagulantsReviewed(at=TRIAL - DAY, taken=("x",)),
            ],
            TRIAL,
        ),
        ([one for one in before_implant() if not isinstance(one, Consented)][:-3], PLACED),
        (running(row(2, poss="3")), TRIAL + 3 * HOUR),
        (trial("", "hydromorphone")[:-1], TRIAL + 2 * HOUR),
        (screening((0, "50")), TRIAL + HOUR),
        (trial(""), PLACED),
        (implanted(None), PLACED + HOUR),
        (at_home(), SCAN),
        (at_home(), PLACED + 20 * DAY),
        ([TakenOver(at=PLACED)], PLACED),
        (refill("1"), REFILL + HOUR),
        (refill(filled=True), REFILL + HOUR),
        (
            [
                *refill(),
                Filled(at=REFILL + HOUR, volume_ml=Fraction(1), drugs=BACLOFEN),
                WatchEnded(at=REFILL + HOUR, overdose_signs=Answer.YES),
            ],
            REFILL + HOUR,
        ),
        (
            [
                *at_home(),
                SurveillanceAnswered(
                    at=REFILL, answers=dict.fromkeys(list(ALL_NO)[:-1], Answer.YES)
                ),
            ],
            REFILL,
        ),
        (steps_done(), REFILL + HOUR),
        (steps_done(*((one.id, StepResult.NORMAL) for one in effect_steps())), REFILL + DAY),
        (before_scan("prometra-ii-20"), SCAN - DAY),
        (scanned(reading(SCAN + HOUR, "d2", running=False), pump="prometra-ii-20"), SCAN + DAY),
        ([*at_home(), Measured(at=REFILL, instrument="phq-9", score="12", item_9=1)], REFILL),
        ([*at_home(), Explanted(at=REFILL, reason="x")], REFILL),
        ([*at_home(), Interrogated(at=REFILL, alarms=("motor-stall",))], REFILL),
        ([*at_home(), sent(REFILL, Came.UNKNOWN)], REFILL),
        ([*at_home(), sent(REFILL, Came.MISMATCH)], REFILL),
    ]
    raised = {one.code for events, now in histories for one in path(events, now).tasks}
    raised |= {one.code for one in path(screening((0, "50")), TRIAL + HOUR, SPASM).tasks}
    assert raised == set(task_cards())


def test_refill_begun_but_not_filled_keeps_its_date() -> None:
    events = [*at_home(), RefillBegun(at=REFILL)]
    assert path(events, REFILL + HOUR).task("refill")
