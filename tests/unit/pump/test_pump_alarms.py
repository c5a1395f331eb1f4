from collections.abc import Callable
from dataclasses import replace

import pytest
from pump_cases import (
    DAY,
    DAY_AND_NIGHT,
    EXTERNAL,
    FULL,
    HOUR,
    ML,
    ROTOR,
    UL,
    VALVES,
    accepted,
    new_twin,
    refused,
    running,
    simple,
    started,
    status,
)

from thecal.pump import (
    ALARMS,
    AccuracyBias,
    AlarmName,
    AlarmSpan,
    Bolus,
    Ceiling,
    Fill,
    GiveBolus,
    LowBattery,
    Mode,
    Priority,
    Program,
    PumpProfile,
    RefusalCode,
    RequestPatientDose,
    Reset,
    Running,
    Silence,
    Stall,
    Stop,
    Twin,
    Update,
)
from thecal.pump.controller.alarms import tones

LIFE = 2_556 * DAY
NOTICE = 90 * DAY


def sounding(twin: Twin) -> set[str]:
    return {alarm.name for alarm in status(twin).alarms}


def span(twin: Twin, name: AlarmName) -> AlarmSpan:
    (found,) = [each for each in twin.controller.alarm_spans() if each.alarm is name]
    return found


def low_reservoir() -> Twin:
    twin = started(simple(ML))
    twin.advance(18 * DAY)
    return twin


def empty() -> Twin:
    twin = started(simple(ML))
    twin.advance(20 * DAY)
    return twin


def stalled() -> Twin:
    twin = running()
    twin.inject(Stall(twin.now_s))
    return twin


def was_reset() -> Twin:
    twin = running()
    twin.inject(Reset(twin.now_s))
    return twin


def _aged(age_s: int) -> Twin:
    twin = new_twin()
    twin.advance(age_s - 10 * DAY)
    accepted(twin, Update("u", 0, simple(240 * UL), FULL))
    twin.advance(age_s)
    return twin


def replacement_due() -> Twin:
    return _aged(LIFE - NOTICE)


def ended() -> Twin:
    return _aged(LIFE)


def stopped_long() -> Twin:
    twin = running()
    accepted(twin, Stop("s"))
    twin.advance(twin.now_s + 48 * HOUR)
    return twin


def held() -> Twin:
    twin = started(simple(240 * UL), ceiling=Ceiling(ML, ML))
    twin.advance(HOUR)
    values = twin.to_plain()
    values["controller"]["ceiling"]["max_pl_per_hour"] = 10 * UL - 1
    again = Twin.from_plain(twin.profile, values)
    again.advance(HOUR + 1)
    return again


def low_battery() -> Twin:
    twin = running()
    twin.inject(LowBattery(twin.now_s))
    return twin


CASES: dict[AlarmName, Callable[[], Twin]] = {
    AlarmName.LOW_RESERVOIR: low_reservoir,
    AlarmName.RESERVOIR_EMPTY: empty,
    AlarmName.MOTOR_STALL: stalled,
    AlarmName.RESET: was_reset,
    AlarmName.REPLACEMENT_DUE: replacement_due,
    AlarmName.END_OF_SERVICE: ended,
    AlarmName.STOPPED_TOO_LONG: stopped_long,
    AlarmName.CEILING_HELD: held,
    AlarmName.LOW_BATTERY: low_battery,
}


def test_the_table_and_its_walk_hold_every_alarm() -> None:
    assert set(ALARMS) == set(CASES) == set(AlarmName)


@pytest.mark.parametrize("name", AlarmName)
def test_each_alarm_sounds_at_its_condition_and_not_before(name: AlarmName) -> None:
    twin = CASES[name]()
    assert str(name) in sounding(twin)
    assert twin.controller.log.entries[-1].what != "alarm-cleared"
    assert span(twin, name).since_s == twin.now_s or name is AlarmName.CEILING_HELD
    assert str(name) not in sounding(running())


@pytest.mark.parametrize("name", AlarmName)
def test_each_alarm_has_its_priority_tones_and_repeat(name: AlarmName) -> None:
    twin = CASES[name]()
    critical = ALARMS[name].priority is Priority.CRITICAL
    since_s = span(twin, name).since_s
    twin.advance(twin.now_s + 2 * HOUR)
    runs = [run for run in twin.controller.tones(since_s, since_s + 2 * HOUR) if run.alarm is name]
    (run,) = runs
    assert (run.tones, run.every_s) == ((2, 600) if critical else (1, 3_600))
    assert (run.first_s, run.count) == (since_s, 12 if critical else 2)


@pytest.mark.parametrize("name", AlarmName)
def test_only_non_critical_alarms_can_be_silenced(name: AlarmName) -> None:
    twin = CASES[name]()
    if ALARMS[name].priority is Priority.CRITICAL:
        refused(twin, Silence("x", str(name)), RefusalCode.CANNOT_SILENCE_CRITICAL)
        return
    since_s = twin.now_s
    twin.advance(twin.now_s + HOUR)
    accepted(twin, Silence("x", str(name)))
    (alarm,) = [alarm for alarm in status(twin).alarms if alarm.name == name]
    assert alarm.silenced
    twin.advance(twin.now_s + DAY)
    runs = [run for run in twin.controller.tones(0, twin.now_s) if run.alarm is name]
    assert [(run.first_s, run.count) for run in runs] == [(since_s, 1)]


@pytest.mark.parametrize(
    "name", [name for name in AlarmName if ALARMS[name].priority is Priority.CRITICAL]
)
def test_no_dose_is_given_while_a_critical_alarm_sounds(name: AlarmName) -> None:
    twin = CASES[name]()
    before = status(twin).delivered_pl
    assert twin.send(RequestPatientDose("d")).__class__.__name__ == "Refused"
    assert twin.send(GiveBolus("b", Bolus(UL, 600))).__class__.__name__ == "Refused"
    assert status(twin).delivered_pl == before


CLEARED_BY_A_PROGRAM = [
    AlarmName.LOW_RESERVOIR,
    AlarmName.RESERVOIR_EMPTY,
    AlarmName.RESET,
    AlarmName.STOPPED_TOO_LONG,
    AlarmName.CEILING_HELD,
]


@pytest.mark.parametrize("name", AlarmName)
def test_an_update_with_program_and_fill_clears_what_it_can(name: AlarmName) -> None:
    twin = CASES[name]()
    twin.send(Update("u", status(twin).revision, simple(48 * UL), FULL, Ceiling(ML, ML)))
    assert (str(name) not in sounding(twin)) == (name in CLEARED_BY_A_PROGRAM)


def test_no_such_alarm_to_silence() -> None:
    refused(running(), Silence("x", "low-reservoir"), RefusalCode.NO_SUCH_ALARM)
    refused(running(), Silence("x", "nonsense"), RefusalCode.NO_SUCH_ALARM)


def test_an_alarm_that_comes_again_sounds_again_after_it_was_silenced() -> None:
    twin = low_reservoir()
    accepted(twin, Silence("x", "low-reservoir"))
    accepted(twin, Update("f", 1, fill=Fill(4 * ML, 2 * ML)))
    twin.advance(twin.now_s + 2 * DAY)
    (alarm,) = status(twin).alarms
    assert not alarm.silenced
    spans = [each for each in twin.controller.alarm_spans() if each.alarm == "low-reservoir"]
    assert [each.since_s for each in spans] == [18 * DAY, 20 * DAY]


# What each does


def test_low_reservoir_comes_from_the_programmed_rate_and_not_from_the_real_volume() -> None:
    twin = started(simple(ML))
    twin.inject(AccuracyBias(0, 145_000))
    twin.advance(17 * DAY)
    assert twin.truth().remaining_pl == 20 * ML - 17 * ML * 1_145 // 1_000
    assert sounding(twin) == set()
    twin.advance(18 * DAY)
    assert twin.truth().dry
    assert span(twin, AlarmName.LOW_RESERVOIR).since_s == 18 * DAY
    assert status(twin).remaining_pl == 2 * ML


def test_at_believed_empty_the_rotor_stops_with_nothing_left_and_nothing_too_much() -> None:
    twin = started(simple(ML + 7))
    twin.advance(30 * DAY)
    told = status(twin)
    assert (told.remaining_pl, told.delivered_pl, told.rate_pl_per_day) == (0, 20 * ML, 0)
    assert told.running is Running.EMPTY
    assert twin.truth().to_tip_pl == 20 * ML
    twin.aspirate()
    twin.fill(20 * ML)
    accepted(twin, Update("f", 1, fill=FULL))
    assert status(twin).running is Running.BASE
    assert status(twin).alarms == ()


@pytest.mark.parametrize("before_s", [0, HOUR, 100 * DAY])
def test_after_a_reset_the_pump_is_stopped_and_its_log_and_counts_survive(before_s: int) -> None:
    twin = running()
    accepted(twin, RequestPatientDose("d"))
    twin.advance(twin.now_s + before_s)
    told, log = status(twin), twin.controller.log.entries
    twin.inject(Reset(twin.now_s))
    after = status(twin)
    assert (after.running, after.program, after.rate_pl_per_day) == (Running.STOPPED, None, 0)
    assert (after.delivered_pl, after.remaining_pl) == (told.delivered_pl, told.remaining_pl)
    assert (after.doses_granted, after.fill) == (1, told.fill)
    assert twin.controller.log.entries[: len(log)] == log
    twin.advance(twin.now_s + 30 * DAY)
    assert status(twin).delivered_pl == told.delivered_pl
    assert {"reset", "stopped-too-long"} <= sounding(twin)
    refused(twin, RequestPatientDose("e"), RefusalCode.NO_PROGRAM)


def test_a_reset_does_not_shorten_a_lockout() -> None:
    twin = running()
    accepted(twin, RequestPatientDose("d"))
    twin.inject(Reset(twin.now_s + HOUR))
    twin.advance(twin.now_s + HOUR)
    accepted(twin, Update("u", 2, DAY_AND_NIGHT))
    reply = refused(twin, RequestPatientDose("e"), RefusalCode.LOCKOUT)
    assert reply.wait_s == 3 * HOUR


def test_stopped_for_48_hours_counts_every_way_of_standing_still() -> None:
    twin = started(Program(Mode.STOPPED))
    twin.advance(48 * HOUR - 1)
    assert sounding(twin) == set()
    twin.advance(48 * HOUR)
    assert sounding(twin) == {"stopped-too-long"}
    drained = empty()
    drained.advance(22 * DAY)
    assert "stopped-too-long" in sounding(drained)


def test_a_pump_that_was_never_programmed_is_silent_on_its_shelf() -> None:
    twin = new_twin()
    twin.advance(30 * DAY)
    assert sounding(twin) == set()


def test_the_end_of_service_stops_delivery_for_good() -> None:
    twin = ended()
    moved = status(twin).delivered_pl
    assert status(twin).running is Running.ENDED
    refused(twin, Update("x", 1, simple(240 * UL)), RefusalCode.END_OF_SERVICE)
    refused(twin, RequestPatientDose("d"), RefusalCode.END_OF_SERVICE)
    refused(twin, GiveBolus("b", Bolus(UL, 60)), RefusalCode.END_OF_SERVICE)
    twin.advance(twin.now_s + 100 * DAY)
    assert status(twin).delivered_pl == moved


def test_the_replace_by_date_never_moves_back_and_never_passes_the_service_life() -> None:
    twin = running()
    told = [status(twin).replace_by_s]
    for day in (100, 500, 1_000):
        twin.advance(day * DAY)
        told.append(status(twin).replace_by_s)
    twin.inject(LowBattery(twin.now_s))
    twin.inject(LowBattery(twin.now_s + DAY))
    twin.advance(1_050 * DAY)
    told.append(status(twin).replace_by_s)
    assert told == [LIFE] * 4 + [1_090 * DAY]
    assert status(twin).replacement_notice_at_s == 1_000 * DAY
    assert {"low-battery", "replacement-due"} <= sounding(twin)
    twin.advance(1_090 * DAY)
    assert "end-of-service" in sounding(twin)


def test_a_low_battery_late_in_life_does_not_lengthen_it() -> None:
    twin = replacement_due()
    twin.inject(LowBattery(twin.now_s + DAY))
    twin.advance(twin.now_s + 2 * DAY)
    assert status(twin).replace_by_s == LIFE


@pytest.mark.parametrize(
    ("profile", "due_s", "end_s"),
    [
        (VALVES, None, None),
        (EXTERNAL, None, None),
        (replace(ROTOR, replacement_notice_s=None), LIFE, LIFE),
    ],
)
def test_what_nobody_published_is_not_computed(
    profile: PumpProfile, due_s: int | None, end_s: int | None
) -> None:
    twin = Twin(profile)
    told = status(twin)
    assert (told.replacement_notice_at_s, told.replace_by_s) == (due_s, end_s)
    twin.advance(12 * 365 * DAY)
    assert "end-of-service" not in sounding(twin)


def test_the_repeats_come_from_the_profile() -> None:
    twin = started(simple(ML), replace(ROTOR, noncritical_repeat_s=1_800))
    twin.advance(18 * DAY + DAY)
    (run,) = twin.controller.tones(18 * DAY, 19 * DAY)
    assert (run.every_s, run.count) == (1_800, 48)


@pytest.mark.parametrize(
    ("from_s", "to_s", "first_s", "count"),
    [
        (0, 100, None, 0),
        (0, 101, 100, 1),
        (100, 700, 100, 1),
        (100, 701, 100, 2),
        (101, 701, 700, 1),
        (101, 700, None, 0),
        (0, 10_000, 100, 5),
        (2_500, 10_000, 2_500, 1),
        (2_501, 10_000, None, 0),
    ],
)
def test_tones_between_two_instants_are_computed(
    from_s: int, to_s: int, first_s: int | None, count: int
) -> None:
    run = tones(AlarmSpan(AlarmName.RESET, 100, None, 3_000), ROTOR, from_s, to_s)
    assert (run.first_s if run else None, run.count if run else 0) == (first_s, count)
