from dataclasses import replace
from typing import Any

import pytest
from pump_cases import (
    DAY,
    EXTERNAL,
    FIXED,
    FULL,
    HOUR,
    ML,
    ROTOR,
    UL,
    VALVES,
    accepted,
    new_twin,
    running,
    simple,
    started,
    status,
)

from thecal.pump import (
    AccuracyBias,
    Bolus,
    DryRun,
    Fill,
    GiveBolus,
    Leak,
    LowBattery,
    MagnetEnter,
    MagnetLeave,
    MriScan,
    Occlusion,
    OverfillError,
    PumpProfile,
    RefusalCode,
    Reset,
    Segment,
    SetClock,
    Stall,
    Stop,
    Twin,
    Update,
)

RATE = 864 * UL
"""10 000 pL a second."""


def test_without_faults_belief_and_truth_agree_to_the_picolitre() -> None:
    twin = running()
    twin.send(GiveBolus("b", Bolus(1_000_003, 601)))
    for _ in range(40):
        twin.advance(twin.now_s + 12_347)
        assert twin.truth().to_tip_pl == status(twin).delivered_pl
        assert twin.truth().remaining_pl == status(twin).remaining_pl


def test_a_bias_moves_more_than_is_believed_and_loses_no_millionth() -> None:
    twin = started(simple(48_000_001))
    twin.inject(AccuracyBias(0, 145_001))
    for hour in range(1, 24 * 40):
        twin.advance(hour * HOUR)
    twin.advance(40 * DAY)
    assert status(twin).delivered_pl == 40 * 48_000_001
    assert twin.truth().to_tip_pl == 40 * 48_000_001 * 1_145_001 // 1_000_000


def test_a_leak_leaves_the_residual_normal() -> None:
    leaking, sound = started(simple(RATE)), started(simple(RATE))
    leaking.inject(Leak(DAY, 300_000))
    for twin in (leaking, sound):
        twin.advance(11 * DAY)
    assert leaking.truth().remaining_pl == sound.truth().remaining_pl
    assert leaking.truth().leaked_pl == 10 * RATE * 3 // 10
    assert leaking.truth().to_tip_pl == RATE + 10 * RATE * 7 // 10


def test_an_occlusion_leaves_the_reservoir_full_and_the_controller_unaware() -> None:
    twin = started(simple(RATE))
    twin.inject(Occlusion(DAY), Occlusion(2 * DAY, cleared=True))
    twin.advance(3 * DAY)
    assert twin.truth().to_tip_pl == 2 * RATE
    assert status(twin).delivered_pl == 3 * RATE
    assert status(twin).alarms == ()


def test_twenty_filled_and_forty_entered_runs_dry_unnoticed() -> None:
    twin = new_twin(replace(ROTOR, capacity_pl=40 * ML))
    accepted(twin, Update("u", 0, simple(ML), Fill(40 * ML, 2 * ML)))
    twin.advance(30 * DAY)
    truth = twin.truth()
    assert (truth.to_tip_pl, truth.remaining_pl, truth.dry) == (20 * ML, 0, True)
    assert status(twin).remaining_pl == 10 * ML
    assert status(twin).alarms == ()
    assert [segment.end_s for segment in twin.timeline()] == [20 * DAY, 30 * DAY]
    assert twin.aspirate() == 0


def test_a_dry_run_delivers_nothing_until_the_next_fill() -> None:
    twin = started(simple(RATE))
    twin.inject(DryRun(DAY))
    twin.advance(3 * DAY)
    assert twin.truth().to_tip_pl == RATE
    assert twin.truth().remaining_pl == 20 * ML - RATE
    assert status(twin).delivered_pl == 3 * RATE
    twin.fill(0)
    twin.advance(4 * DAY)
    assert twin.truth().to_tip_pl == 2 * RATE


def test_only_what_a_needle_reaches_is_aspirated() -> None:
    twin = started(simple(ML))
    twin.advance(10 * DAY)
    assert twin.aspirate() == 10 * ML - 1_400 * UL
    assert twin.truth().remaining_pl == 1_400 * UL
    assert status(twin).remaining_pl == 10 * ML
    assert twin.aspirate() == 0


def test_a_refill_meets_belief_and_truth_only_through_an_update() -> None:
    twin = started(simple(ML))
    twin.inject(AccuracyBias(0, 100_000))
    twin.advance(10 * DAY)
    twin.aspirate()
    twin.fill(18_600 * UL)
    assert status(twin).remaining_pl == 10 * ML
    accepted(twin, Update("f", 1, fill=FULL))
    assert status(twin).remaining_pl == twin.truth().remaining_pl == 20 * ML


def test_more_than_the_reservoir_holds_is_refused_with_its_figures() -> None:
    twin = running()
    holds = twin.truth().remaining_pl
    with pytest.raises(OverfillError) as refusal:
        twin.fill(20 * ML)
    assert (refusal.value.asked, refusal.value.limit) == (holds + 20 * ML, 20 * ML)
    with pytest.raises(ValueError, match="cannot fill"):
        twin.fill(-1)


# Stalls and magnetic fields


def test_a_stall_stops_the_fluid_and_not_the_belief() -> None:
    twin = started(simple(RATE))
    twin.inject(Stall(DAY, recovers_after_s=HOUR))
    twin.advance(2 * DAY)
    assert twin.truth().to_tip_pl == 2 * RATE - RATE // 24
    assert status(twin).delivered_pl == 2 * RATE
    (stall,) = twin.controller.alarm_spans()
    assert (stall.alarm, stall.since_s, stall.until_s) == ("motor-stall", DAY, DAY + HOUR)


@pytest.mark.parametrize("late_s", [0, 2 * HOUR, 24 * HOUR])
def test_a_rotor_stands_in_the_scanner_and_turns_again_at_once_or_late(late_s: int) -> None:
    twin = started(simple(RATE))
    twin.inject(MriScan(DAY, HOUR, late_recovery_s=late_s))
    twin.advance(DAY + HOUR // 2)
    assert not twin.truth().turning
    assert [alarm.name for alarm in status(twin).alarms] == ["motor-stall"]
    twin.advance(DAY + HOUR + late_s)
    assert twin.truth().turning
    twin.advance(4 * DAY)
    assert twin.truth().to_tip_pl == 4 * RATE - (HOUR + late_s) * 10_000
    digests = {status(twin).program_digest, simple(RATE).digest}
    assert len(digests) == 1


def test_stall_and_recovery_may_show_at_the_second_interrogation_only() -> None:
    twin = started(simple(RATE))
    twin.inject(MriScan(DAY, HOUR, hidden_log=True))
    twin.advance(2 * DAY)
    first, entries = status(twin), twin.controller.log.entries
    assert "motor-stall" not in {entry.facts.get("alarm") for entry in entries}
    second = status(twin)
    assert second.log_length == first.log_length + 2
    late = twin.controller.log.entries[-2:]
    assert [entry.facts["happened_at_s"] for entry in late] == [DAY, DAY + HOUR]
    (stall,) = twin.controller.alarm_spans()
    assert (stall.since_s, stall.until_s) == (DAY, DAY + HOUR)
    twin.controller.log.verify()


def test_a_magnet_holds_the_rotor_until_it_leaves_even_through_a_stall() -> None:
    twin = started(simple(RATE))
    twin.inject(MagnetEnter(100), MagnetEnter(150), Stall(200, 50), MagnetLeave(400))
    twin.advance(1_000)
    assert twin.truth().to_tip_pl == 700 * 10_000
    twin.inject(MagnetLeave(1_100))
    twin.advance(1_200)
    assert twin.truth().to_tip_pl == 900 * 10_000


def test_a_valve_pump_that_is_not_empty_discharges_and_shuts_until_reset_by_hand() -> None:
    twin = new_twin(VALVES)
    accepted(twin, Update("u", 0, simple(RATE), FULL))
    twin.inject(MriScan(DAY, HOUR))
    twin.advance(2 * DAY)
    truth = twin.truth()
    assert (truth.to_tip_pl, truth.discharged_pl, truth.valve_shut) == (RATE, 10 * UL, True)
    assert truth.remaining_pl == 20 * ML - RATE - 10 * UL
    assert status(twin).delivered_pl == 2 * RATE
    twin.reset_valve()
    twin.advance(3 * DAY)
    assert twin.truth().to_tip_pl == 2 * RATE


def test_an_emptied_valve_pump_passes_the_scanner_unharmed() -> None:
    twin = Twin(VALVES)
    accepted(twin, Update("u", 0, simple(0), Fill(0, 0)))
    twin.inject(MriScan(DAY, HOUR))
    twin.advance(2 * DAY)
    assert not twin.truth().valve_shut
    assert twin.truth().discharged_pl == 0


@pytest.mark.parametrize("profile", [EXTERNAL, replace(VALVES, mri_discharge_pl=None)])
def test_a_field_whose_effect_nobody_published_cannot_be_shown(profile: PumpProfile) -> None:
    with pytest.raises(ValueError, match="no published figure"):
        Twin(profile).inject(MriScan(0, HOUR))


@pytest.mark.parametrize("fault", [Reset(0), LowBattery(0), Stall(0), MriScan(0, 1)])
def test_a_fixed_rate_pump_has_nothing_that_these_could_strike(fault: Any) -> None:
    twin = Twin(FIXED, factory_rate_pl_per_day=ML)
    with pytest.raises(ValueError, match="no part"):
        twin.inject(fault)


def test_the_past_cannot_be_changed() -> None:
    twin = running()
    with pytest.raises(ValueError, match="lies before"):
        twin.inject(Reset(twin.now_s - 1))
    with pytest.raises(ValueError, match="cannot go back"):
        twin.advance(twin.now_s - 1)


@pytest.mark.parametrize("bad", [(AccuracyBias, 2_000_000), (Leak, -1), (Leak, 1_000_001)])
def test_an_impossible_fault_is_refused(bad: Any) -> None:
    kind, ppm = bad
    with pytest.raises(ValueError, match="ppm"):
        kind(0, ppm)


# The timeline


def test_the_timeline_is_contiguous_merged_and_adds_up() -> None:
    twin = started(simple(RATE))
    twin.advance(DAY)
    accepted(twin, GiveBolus("b", Bolus(3 * UL, 600)))
    twin.advance(2 * DAY)
    accepted(twin, SetClock("c", HOUR))
    twin.inject(Leak(3 * DAY, 500_000))
    twin.advance(4 * DAY)
    accepted(twin, Stop("s"))
    twin.advance(5 * DAY)
    bolus = 3 * UL + 600 * 10_000
    assert twin.timeline() == (
        Segment(0, DAY, RATE, 0),
        Segment(DAY, DAY + 600, bolus, 0),
        Segment(DAY + 600, 3 * DAY, 2 * RATE - 600 * 10_000, 0),
        Segment(3 * DAY, 4 * DAY, RATE // 2, RATE // 2),
        Segment(4 * DAY, 5 * DAY, 0, 0),
    )


def test_a_timeline_grows_with_events_and_not_with_time() -> None:
    twin = started(simple(48 * UL))
    twin.advance(2_000 * DAY)
    assert len(twin.timeline()) <= 2


def test_a_twin_knows_when_its_reservoir_will_really_be_empty() -> None:
    twin = started(simple(ML))
    twin.inject(AccuracyBias(0, 250_000))
    assert twin.next_event() == 16 * DAY
    twin.advance(16 * DAY - 1)
    assert twin.truth().remaining_pl > 0
    twin.advance(16 * DAY)
    assert twin.truth().remaining_pl == 0
    assert twin.next_event() == 18 * DAY


def test_a_year_of_nothing_costs_nothing() -> None:
    twin = new_twin()
    assert twin.next_event() == 2_466 * DAY
    twin.advance(365 * DAY)
    assert twin.truth().to_tip_pl == 0


def test_a_refused_command_leaves_the_world_alone() -> None:
    twin = running()
    before = twin.world.to_plain()
    reply = twin.send(Update("u", 99, simple(RATE)))
    assert getattr(reply, "code", None) is RefusalCode.STALE_EDIT
    assert twin.world.to_plain() == before
