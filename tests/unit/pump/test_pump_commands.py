from typing import Any

import pytest
from pump_cases import (
    DAY,
    DAY_AND_NIGHT,
    DOSE,
    EXTERNAL,
    FIXED,
    FULL,
    HOUR,
    ML,
    MONDAY,
    ROTOR,
    UL,
    VALVES,
    accepted,
    flex,
    new_twin,
    refused,
    running,
    simple,
    started,
    status,
)

from thecal.pump import (
    Accepted,
    Bolus,
    Bridge,
    Ceiling,
    Controller,
    CorrectClock,
    Fill,
    GiveBolus,
    Interrogate,
    Mode,
    PatientDose,
    PrepareForMri,
    Program,
    RefusalCode,
    RequestPatientDose,
    Reset,
    Running,
    SetClock,
    Silence,
    Stall,
    Status,
    Step,
    Stop,
    Twin,
    Update,
)
from thecal.pump.controller.commands import HANDLERS


def delivered_between(twin: Twin, from_s: int, to_s: int) -> int:
    twin.advance(from_s)
    before = status(twin).delivered_pl
    twin.advance(to_s)
    return status(twin).delivered_pl - before


# Ids, revisions, atomic change


def test_a_repeated_id_gets_the_first_reply_and_acts_once() -> None:
    twin = running()
    first = twin.send(GiveBolus("b", Bolus(10 * UL, 60)))
    twin.advance(twin.now_s + HOUR)
    before = twin.controller.to_bytes()
    assert twin.send(GiveBolus("b", Bolus(10 * UL, 60))) == first
    assert twin.controller.to_bytes() == before


def test_a_repeated_id_gets_the_first_refusal_even_when_it_would_now_be_granted() -> None:
    twin = running()
    accepted(twin, RequestPatientDose("a"))
    twin.advance(twin.now_s + HOUR)
    first = refused(twin, RequestPatientDose("b"), RefusalCode.LOCKOUT)
    twin.advance(twin.now_s + DAY)
    assert twin.send(RequestPatientDose("b")) == first


def test_an_id_with_other_content_is_refused_and_logged() -> None:
    twin = running()
    accepted(twin, GiveBolus("b", Bolus(10 * UL, 60)))
    twin.advance(twin.now_s + HOUR)
    refused(twin, GiveBolus("b", Bolus(20 * UL, 60)), RefusalCode.ID_REUSED)
    refused(twin, Stop("b"), RefusalCode.ID_REUSED)
    assert twin.controller.log.entries[-1].facts["refused"] == "id-reused"


def test_an_id_survives_a_restart() -> None:
    twin = running()
    accepted(twin, GiveBolus("b", Bolus(10 * UL, 60)))
    again = Twin.from_bytes(twin.profile, twin.to_bytes())
    assert again.send(GiveBolus("b", Bolus(10 * UL, 60))) == Accepted("b", 1)


def test_a_stale_edit_is_refused() -> None:
    twin = started(simple(240 * UL))
    accepted(twin, Update("one", 1, simple(300 * UL)))
    reply = refused(twin, Update("two", 1, simple(200 * UL)), RefusalCode.STALE_EDIT)
    assert (reply.asked, reply.limit) == (1, 2)


@pytest.mark.parametrize(
    "change", [Stop("x"), SetClock("x", HOUR), Update("x", 1, None, None, Ceiling(ML, 9 * ML))]
)
def test_every_change_of_settings_makes_an_older_edit_stale(change: Any) -> None:
    twin = started(simple(240 * UL))
    accepted(twin, change)
    refused(twin, Update("two", 1, simple(200 * UL)), RefusalCode.STALE_EDIT)


def test_a_reset_makes_an_older_edit_stale() -> None:
    twin = started(simple(240 * UL))
    twin.inject(Reset(10))
    twin.advance(10)
    refused(twin, Update("two", 1, simple(200 * UL)), RefusalCode.STALE_EDIT)


def test_a_refused_update_changes_none_of_its_parts() -> None:
    twin = running()
    before = status(twin)
    bad = Update("x", 1, simple(300 * UL), Fill(21 * ML, ML), Ceiling(ML, 9 * ML))
    refused(twin, bad, RefusalCode.OVER_CAPACITY)
    after = status(twin)
    for name in ("program", "fill", "ceiling", "revision", "running", "remaining_pl"):
        assert getattr(after, name) == getattr(before, name)


def test_an_update_of_nothing_is_refused() -> None:
    refused(running(), Update("x", 1), RefusalCode.MALFORMED_PROGRAM)


# What runs


def test_priming_then_bridge_then_base_and_nothing_else_meanwhile() -> None:
    program = simple(
        240 * UL, priming=Bolus(100 * UL, 600), bridge=Bridge(150 * UL, 2 * HOUR), patient_dose=DOSE
    )
    twin = started(program)
    assert (status(twin).running, status(twin).seconds_left) == (Running.PRIMING, 600)
    assert delivered_between(twin, 0, 600) == 100 * UL
    assert (status(twin).running, status(twin).seconds_left) == (Running.BRIDGE, 2 * HOUR)
    assert status(twin).rate_pl_per_day == 150 * UL
    reply = refused(twin, RequestPatientDose("d"), RefusalCode.BOLUS_RUNNING)
    assert reply.wait_s == 2 * HOUR
    assert delivered_between(twin, 600, 600 + 2 * HOUR) == 12_500_000
    assert (status(twin).running, status(twin).seconds_left) == (Running.BASE, None)
    accepted(twin, RequestPatientDose("e"))


def test_a_bolus_runs_over_the_base_mode_and_gives_exactly_its_volume() -> None:
    twin = started(simple(86_400_000))
    accepted(twin, GiveBolus("b", Bolus(1_000_003, 601)))
    assert status(twin).running is Running.BOLUS
    assert delivered_between(twin, 0, 300) == 300_000 + 1_000_003 * 300 // 601
    assert delivered_between(twin, 300, 601) == (301_000 + 1_000_003 - 1_000_003 * 300 // 601)
    assert status(twin).running is Running.BASE


def test_a_sub_picolitre_rate_is_carried_and_not_lost() -> None:
    twin = started(simple(100_000_007))
    for day in range(1, 8):
        for hour in range(24):
            twin.advance((day - 1) * DAY + hour * HOUR + 1)
        twin.advance(day * DAY)
        assert status(twin).delivered_pl == day * 100_000_007


def test_flex_follows_local_time_and_weekday() -> None:
    twin = started(DAY_AND_NIGHT)
    assert status(twin).rate_pl_per_day == 150 * UL
    twin.advance(7 * HOUR)
    assert status(twin).rate_pl_per_day == 300 * UL
    twin.advance(5 * DAY + 7 * HOUR)
    assert status(twin).rate_pl_per_day == 200 * UL
    twin.advance(5 * DAY + 601 * 60 - 1)
    assert status(twin).rate_pl_per_day == 200 * UL
    twin.advance(5 * DAY + 601 * 60)
    assert status(twin).rate_pl_per_day == 250 * UL + 7


def test_minimum_rate_runs_the_models_own_rate_and_is_refused_where_unknown() -> None:
    twin = started(Program(Mode.MINIMUM_RATE))
    assert status(twin).rate_pl_per_day == 6 * UL
    unknown = new_twin(VALVES)
    update = Update("u", 0, Program(Mode.MINIMUM_RATE), FULL)
    refused(unknown, update, RefusalCode.MODE_UNKNOWN)


def test_a_new_program_cuts_a_running_bolus_and_logs_what_was_left() -> None:
    twin = running()
    accepted(twin, GiveBolus("b", Bolus(10 * UL, 600)))
    twin.advance(twin.now_s + 300)
    accepted(twin, Update("u", 1, simple(240 * UL)))
    (cut,) = [entry for entry in twin.controller.log.entries if entry.what == "bolus-cut"]
    assert cut.facts["left_pl"] == 5 * UL


def test_a_fill_alone_leaves_program_bolus_and_phase_alone() -> None:
    twin = running()
    accepted(twin, GiveBolus("b", Bolus(10 * UL, 600)))
    accepted(twin, Update("u", 1, fill=Fill(18 * ML, ML)))
    assert status(twin).running is Running.BOLUS
    assert status(twin).remaining_pl == 18 * ML


def test_stop_holds_until_a_program_is_sent() -> None:
    twin = running()
    accepted(twin, Stop("s"))
    moved = status(twin).delivered_pl
    accepted(twin, Update("f", 2, fill=Fill(18 * ML, ML)))
    twin.advance(twin.now_s + DAY)
    assert status(twin).delivered_pl == moved
    assert status(twin).running is Running.STOPPED
    assert status(twin).program == DAY_AND_NIGHT
    accepted(twin, Update("p", 3, DAY_AND_NIGHT))
    assert status(twin).running is Running.BASE


def test_priming_and_bridge_that_do_not_fit_the_reservoir_are_refused() -> None:
    twin = new_twin()
    program = simple(240 * UL, priming=Bolus(100 * UL, 600), bridge=Bridge(240 * UL, DAY))
    reply = refused(twin, Update("u", 0, program, Fill(339 * UL, UL)), RefusalCode.RESERVOIR)
    assert (reply.asked, reply.limit) == (340 * UL, 339 * UL)
    refused(twin, Update("v", 0, simple(240 * UL)), RefusalCode.RESERVOIR)


# Patient doses


def test_lockout_runs_from_start_to_start() -> None:
    twin = running()
    start_s = twin.now_s
    accepted(twin, RequestPatientDose("a"))
    twin.advance(start_s + 600)
    reply = refused(twin, RequestPatientDose("b"), RefusalCode.LOCKOUT)
    assert reply.wait_s == 4 * HOUR - 600
    twin.advance(start_s + 4 * HOUR - 1)
    refused(twin, RequestPatientDose("c"), RefusalCode.LOCKOUT)
    twin.advance(start_s + 4 * HOUR)
    accepted(twin, RequestPatientDose("d"))


def test_doses_are_counted_over_any_24_hours() -> None:
    twin = running()
    start_s = twin.now_s
    for number in range(4):
        twin.advance(start_s + number * 5 * HOUR)
        accepted(twin, RequestPatientDose(f"a{number}"))
    twin.advance(start_s + 20 * HOUR)
    reply = refused(twin, RequestPatientDose("b"), RefusalCode.DAILY_COUNT)
    assert reply.wait_s == 4 * HOUR
    twin.advance(start_s + DAY - 1)
    refused(twin, RequestPatientDose("c"), RefusalCode.DAILY_COUNT)
    twin.advance(start_s + DAY)
    accepted(twin, RequestPatientDose("d"))


@pytest.mark.parametrize(
    "change", [SetClock("x", 14 * HOUR), SetClock("x", -14 * HOUR), Update("x", 1, DAY_AND_NIGHT)]
)
def test_neither_clock_nor_program_shortens_a_lockout(change: Any) -> None:
    twin = running()
    accepted(twin, RequestPatientDose("a"))
    twin.advance(twin.now_s + HOUR)
    accepted(twin, change)
    reply = refused(twin, RequestPatientDose("b"), RefusalCode.LOCKOUT)
    assert reply.wait_s == 3 * HOUR


def test_a_request_during_a_dose_says_when_the_next_can_be_had() -> None:
    twin = running()
    accepted(twin, RequestPatientDose("a"))
    twin.advance(twin.now_s + 60)
    reply = refused(twin, RequestPatientDose("b"), RefusalCode.BOLUS_RUNNING)
    assert reply.wait_s == 4 * HOUR - 60


def _stopped(twin: Twin) -> None:
    accepted(twin, Stop("stop"))


def _without_doses(twin: Twin) -> None:
    accepted(twin, Update("none", 1, simple(240 * UL)))


def _stalled(twin: Twin) -> None:
    twin.inject(Stall(twin.now_s))


def _was_reset(twin: Twin) -> None:
    twin.inject(Reset(twin.now_s))


def _in_a_bolus(twin: Twin) -> None:
    accepted(twin, GiveBolus("bolus", Bolus(UL, 600)))


def _nearly_empty(twin: Twin) -> None:
    accepted(twin, Update("fill", 1, fill=Fill(9 * UL, UL)))


@pytest.mark.parametrize(
    ("happens", "code"),
    [
        (_stopped, RefusalCode.STOPPED),
        (_without_doses, RefusalCode.NO_PATIENT_DOSE),
        (_stalled, RefusalCode.ALARM),
        (_was_reset, RefusalCode.NO_PROGRAM),
        (_in_a_bolus, RefusalCode.BOLUS_RUNNING),
        (_nearly_empty, RefusalCode.RESERVOIR),
    ],
)
def test_a_dose_is_refused_with_its_reason_counted_and_logged(
    happens: Any, code: RefusalCode
) -> None:
    twin = running()
    happens(twin)
    before = status(twin)
    refused(twin, RequestPatientDose("d"), code)
    after = status(twin)
    assert after.doses_refused == before.doses_refused + 1
    assert after.doses_refused_today == before.doses_refused_today + 1
    assert after.delivered_pl == before.delivered_pl
    entry = twin.controller.log.entries[-1]
    assert (entry.what, entry.facts) == ("patient-dose", {"id": "d", "refused": str(code)})


def test_counts_of_today_begin_again_at_local_midnight() -> None:
    twin = running()
    accepted(twin, RequestPatientDose("a"))
    assert status(twin).doses_granted_today == 1
    twin.advance(3 * DAY - 1)
    assert status(twin).doses_granted_today == 1
    twin.advance(3 * DAY)
    assert (status(twin).doses_granted_today, status(twin).doses_granted) == (0, 1)


@pytest.mark.parametrize(
    ("happens", "code"),
    [
        (_stopped, RefusalCode.STOPPED),
        (_stalled, RefusalCode.ALARM),
        (_was_reset, RefusalCode.NO_PROGRAM),
        (_in_a_bolus, RefusalCode.BOLUS_RUNNING),
        (_nearly_empty, RefusalCode.RESERVOIR),
    ],
)
def test_a_clinicians_bolus_is_refused_for_the_same_reasons(
    happens: Any, code: RefusalCode
) -> None:
    twin = running()
    happens(twin)
    refused(twin, GiveBolus("d", Bolus(10 * UL, 600)), code)


def test_a_bolus_and_the_base_under_it_share_one_rotor() -> None:
    twin = started(simple(12 * ML))
    fits = Bolus(12 * ML // 24, HOUR)
    reply = refused(
        twin, GiveBolus("a", Bolus(fits.volume_pl + 1, HOUR)), RefusalCode("rate-above-highest")
    )
    assert (reply.limit, reply.unit) == (24 * ML, "pL/day")
    accepted(twin, GiveBolus("b", fits))


# Clock, alarms, MRI


def test_the_clock_moves_the_schedule_and_is_bounded() -> None:
    twin = started(DAY_AND_NIGHT)
    accepted(twin, SetClock("a", 7 * HOUR))
    assert status(twin).rate_pl_per_day == 300 * UL
    assert status(twin).utc_s == MONDAY
    reply = refused(twin, SetClock("b", 14 * HOUR + 1), RefusalCode.CLOCK_OUT_OF_RANGE)
    assert (reply.asked, reply.limit, reply.unit) == (14 * HOUR + 1, 14 * HOUR, "s")


def test_a_rotor_pump_may_enter_the_scanner_as_it_runs() -> None:
    twin = running()
    accepted(twin, PrepareForMri("m"))
    assert status(twin).running is Running.BASE


def test_a_valve_pump_must_be_empty_and_at_rate_zero() -> None:
    twin = new_twin(VALVES)
    accepted(twin, Update("u", 0, simple(240 * UL), FULL))
    reply = refused(twin, PrepareForMri("a"), RefusalCode.NOT_MRI_READY)
    assert (reply.asked, reply.unit) == (20 * ML, "pL")
    accepted(twin, Update("zero", 1, simple(0)))
    refused(twin, PrepareForMri("b"), RefusalCode.NOT_MRI_READY)
    accepted(twin, Update("empty", 2, fill=Fill(0, 0)))
    accepted(twin, PrepareForMri("c"))
    assert status(twin).alarms == ()


def test_an_empty_valve_pump_with_a_rate_is_not_ready() -> None:
    twin = new_twin(VALVES)
    accepted(twin, Update("u", 0, simple(240 * UL), Fill(240 * UL, UL)))
    twin.advance(2 * DAY)
    assert status(twin).remaining_pl == 0
    reply = refused(twin, PrepareForMri("a"), RefusalCode.NOT_MRI_READY)
    assert (reply.asked, reply.unit) == (240 * UL, "pL/day")


def test_a_pump_with_no_published_behaviour_is_not_ready() -> None:
    refused(new_twin(EXTERNAL, None), PrepareForMri("a"), RefusalCode.NOT_MRI_READY)


# Pumps of other kinds


def test_a_fixed_rate_pump_flows_as_made_and_refuses_every_command() -> None:
    twin = new_twin(FIXED, Fill(30 * ML, 0), factory_rate_pl_per_day=ML)
    for build in HANDLERS:
        extra: dict[Any, tuple[Any, ...]] = {
            Update: (0,),
            GiveBolus: (Bolus(1, 1),),
            SetClock: (0,),
            CorrectClock: (1,),
            Silence: ("reset",),
        }
        command = build("x", *extra.get(build, ()))
        refused(twin, command, RefusalCode.NOT_PROGRAMMABLE)
    twin.advance(40 * DAY)
    assert twin.truth().to_tip_pl == 30 * ML
    assert twin.truth().dry
    told = status(twin)
    assert (told.remaining_pl, told.alarms, told.log_length) == (None, (), 0)
    assert told.rate_pl_per_day == ML
    twin.fill(30 * ML)
    twin.advance(50 * DAY)
    assert twin.truth().to_tip_pl == 40 * ML


def test_a_factory_rate_belongs_to_a_fixed_rate_pump_only() -> None:
    with pytest.raises(ValueError, match="factory rate"):
        Twin(FIXED)
    with pytest.raises(ValueError, match="factory rate"):
        Twin(ROTOR, factory_rate_pl_per_day=ML)


def test_an_external_pump_runs_in_its_own_steps() -> None:
    twin = Twin(EXTERNAL)
    fill = Fill(100 * ML, 5 * ML)
    reply = refused(twin, Update("a", 0, simple(3_000 * UL), fill), RefusalCode.RATE_BETWEEN_STEPS)
    assert (reply.asked, reply.limit) == (3_000 * UL, 2_400 * UL)
    dose = PatientDose(75 * UL, 600, HOUR, 4)
    refused(
        twin,
        Update("b", 0, simple(2_400 * UL, patient_dose=dose), fill),
        RefusalCode.DOSE_BETWEEN_STEPS,
    )
    accepted(twin, Update("c", 0, simple(4_800 * UL), fill))
    assert status(twin).replace_by_s is None


# What it tells


def test_a_status_tells_everything() -> None:
    twin = running(ceiling=Ceiling(40 * UL, 300 * UL))
    twin.send(RequestPatientDose("d"))
    twin.advance(twin.now_s + 60)
    told = twin.send(Interrogate())
    assert isinstance(told, Status)
    assert (told.model, told.serial, told.revision) == ("rotor-20", "S1", 1)
    assert told.program_digest == DAY_AND_NIGHT.digest
    assert (told.mode, told.fill, told.ceiling) == (Mode.FLEX, FULL, Ceiling(40 * UL, 300 * UL))
    assert told.remaining_pl == 20 * ML - told.delivered_since_fill_pl
    assert told.base_day_pl == (7 * 150 + 15 * 300 + 2 * 180) * UL // 24
    assert (told.running, told.seconds_left) == (Running.PATIENT_DOSE, 540)
    assert told.rate_pl_per_day == 300 * UL + 10 * UL * 144
    assert told.replace_by_s == 2_556 * DAY
    assert told.replacement_notice_at_s == 2_466 * DAY
    assert told.log_digest == twin.controller.log.digest


@pytest.mark.parametrize("wait_s", [0, 300, HOUR, 3 * DAY])
def test_the_low_reservoir_instant_told_is_the_one_that_comes(wait_s: int) -> None:
    program = flex(
        (Step(0, 150 * UL), Step(420, 333_333_333)),
        (Step(0, 200 * UL),),
        priming=Bolus(100 * UL, 600),
        bridge=Bridge(150 * UL, DAY),
    )
    twin = started(program)
    twin.advance(wait_s)
    told = status(twin).low_reservoir_at_s
    twin.advance(120 * DAY)
    (low,) = [span for span in twin.controller.alarm_spans() if span.alarm == "low-reservoir"]
    assert told == low.since_s == status(twin).low_reservoir_at_s


def test_a_stopped_pump_never_reaches_its_alarm_volume() -> None:
    assert status(started(Program(Mode.STOPPED))).low_reservoir_at_s is None


def test_a_controller_can_be_driven_saved_and_restored_without_a_world() -> None:
    controller = Controller(ROTOR, serial="S2", epoch_utc_s=MONDAY)
    controller.handle(Update("u", 0, DAY_AND_NIGHT, FULL))
    controller.advance(3 * DAY)
    again = Controller.from_bytes(ROTOR, controller.to_bytes())
    assert again.next_event() == controller.next_event()
    assert again.remaining_pl() == 20 * ML - controller.delivered_pl()
    again.advance(9 * DAY)
    controller.advance(9 * DAY)
    assert again.to_bytes() == controller.to_bytes()
