"""One pump-year: the event-driven twin against the same program stepped minute by minute."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from statistics import median
from time import process_time
from typing import Any

from thecal.devices import MriBehaviour, PumpKind
from thecal.pump import (
    MINUTES_PER_DAY,
    PL_PER_ML,
    SECONDS_PER_DAY,
    SECONDS_PER_MINUTE,
    Accepted,
    Ceiling,
    Command,
    DaySchedule,
    Fill,
    Mode,
    PatientDose,
    Program,
    PumpProfile,
    RequestPatientDose,
    Step,
    Twin,
    Update,
)
from thecal.pump.controller.ceiling import window_gr
from thecal.pump.controller.clockwork import Clockwork

DAYS = 365
MONDAY_UTC_S = 1_704_067_200
DOSE_MINUTES = (8 * 60, 12 * 60 + 30, 17 * 60, 21 * 60 + 30)
REFILL_EVERY_DAYS = 60

PROFILE = PumpProfile(
    "bench-20",
    PumpKind.PROGRAMMABLE,
    capacity_pl=20 * PL_PER_ML,
    lowest_rate_pl_per_day=48_000_000,
    highest_rate_pl_per_day=24 * PL_PER_ML,
    service_life_s=2557 * SECONDS_PER_DAY,
    replacement_notice_s=90 * SECONDS_PER_DAY,
    mri=MriBehaviour.ROTOR_STALL,
)
WEEKDAY = DaySchedule(
    (Step(0, 150_000_000), Step(420, 300_000_001), Step(720, 220_000_000), Step(1320, 180_000_007))
)
WEEKEND = DaySchedule((Step(0, 160_000_003), Step(540, 260_000_000), Step(1380, 190_000_000)))
DOSE = PatientDose(10_000_000, 600, 4 * 3600, 4)
PROGRAM = Program(Mode.FLEX, (WEEKDAY, WEEKEND), (0, 0, 0, 0, 0, 1, 1), patient_dose=DOSE)
FILL = Fill(20 * PL_PER_ML, 2 * PL_PER_ML)
CEILING = Ceiling(40_000_000, 300_000_000)


@cache
def actions() -> list[tuple[int, Command]]:
    """What people do in that year: the first program, refills and four doses a day."""
    done: list[tuple[int, Command]] = [(0, Update("start", 0, PROGRAM, FILL, CEILING))]
    for day in range(DAYS):
        if day and day % REFILL_EVERY_DAYS == 0:
            revision = day // REFILL_EVERY_DAYS
            done.append((day * SECONDS_PER_DAY, Update(f"fill-{day}", revision, fill=FILL)))
        for minute in DOSE_MINUTES:
            at_s = (day * MINUTES_PER_DAY + minute) * SECONDS_PER_MINUTE
            done.append((at_s, RequestPatientDose(f"dose-{at_s}")))
    return done


def new_twin() -> Twin:
    """A twin with a full reservoir."""
    twin = Twin(PROFILE, serial="bench", epoch_utc_s=MONDAY_UTC_S)
    twin.fill(20 * PL_PER_ML)
    return twin


def refill(twin: Twin, command: Command) -> None:
    """Fill the real reservoir as the update says."""
    if isinstance(command, Update) and twin.now_s:
        twin.aspirate()
        twin.fill(20 * PL_PER_ML)


def by_events() -> int:
    """The twin, from one action to the next."""
    return through_the_year(new_twin())


def through_the_year(twin: Twin) -> int:
    """All that people do in that year, and what was delivered by its end."""
    for at_s, command in actions():
        twin.advance(at_s)
        refill(twin, command)
        assert isinstance(twin.send(command), Accepted)
    twin.advance(DAYS * SECONDS_PER_DAY)
    assert not twin.controller.alarms()
    return twin.controller.delivered_pl()


def by_minutes() -> int:
    """The same twin, told of every minute."""
    twin, waiting = new_twin(), list(actions()[::-1])
    for at_s in range(0, DAYS * SECONDS_PER_DAY + 1, SECONDS_PER_MINUTE):
        twin.advance(at_s)
        while waiting and waiting[-1][0] == at_s:
            _, command = waiting.pop()
            refill(twin, command)
            assert isinstance(twin.send(command), Accepted)
    return twin.controller.delivered_pl()


class Stepped(Clockwork):
    """The same clockwork, stepped: each minute it looks up its rate, meters what has flowed,
    measures the ceiling's windows, and goes through its alarms.
    """

    def _look_ahead(self) -> None:
        super()._look_ahead()
        next_minute_s = self.state.t_s + SECONDS_PER_MINUTE
        self._due_s = min(self._due_s, next_minute_s)
        self._alarming_s = min(self._alarming_s, next_minute_s)

    def _reflow(self, *, afresh: bool = False) -> None:
        self._look_up_rate()
        for limit in self.limits:
            held_gr = window_gr(self.state.history, self.state.t_s, limit.window_s)
            assert held_gr <= limit.most_gr
        super()._reflow(afresh=afresh)


def by_steps() -> int:
    """The same twin with a stepped clockwork."""
    twin = new_twin()
    twin.controller.clock = Stepped(PROFILE, twin.controller.state)
    return through_the_year(twin)


def lean_minutes() -> int:
    """The same year in a loop with nothing to spare: no log, no ids, no faults, no state to save.

    Counts 1/86 400 pL, as the twin does, so that the sums can be compared to the last picolitre.
    """
    day_steps = [WEEKDAY] * 5 + [WEEKEND] * 2
    tables = [
        {step.start_min: step.rate_pl_per_day * 60 for step in day.steps} for day in day_steps
    ]
    requests = frozenset(DOSE_MINUTES)
    dose_grains = DOSE.volume_pl * 86_400 * 60 // DOSE.duration_s
    dose_minutes, lockout = DOSE.duration_s // 60, DOSE.lockout_s // 60
    hour_limit, day_limit = CEILING.max_pl_per_hour * 86_400, CEILING.max_pl_per_day * 86_400
    full, alarm_at = FILL.volume_pl * 86_400, FILL.alarm_volume_pl * 86_400
    ring = [0] * MINUTES_PER_DAY
    hour_sum = day_sum = delivered = base = 0
    dose_until = last_dose = -MINUTES_PER_DAY
    starts: list[int] = []
    left, alarm, now = full, False, 0
    for day in range(DAYS):
        table = tables[day % 7]
        if day % REFILL_EVERY_DAYS == 0:
            left, alarm = full, False
        for minute in range(MINUTES_PER_DAY):
            if minute in table:
                base = table[minute]
            if minute in requests and now >= last_dose + lockout and now >= dose_until:
                starts = [start for start in starts if start > now - MINUTES_PER_DAY]
                if len(starts) < DOSE.max_per_day:
                    starts.append(now)
                    last_dose, dose_until = now, now + dose_minutes
            moved = base + dose_grains if now < dose_until else base
            day_sum += moved - ring[minute]
            hour_sum += moved - ring[minute - 60]
            ring[minute] = moved
            if hour_sum > hour_limit or day_sum > day_limit:
                raise AssertionError("a window is over the ceiling")
            delivered += moved
            left -= moved
            if left <= alarm_at:
                alarm = True
            now += 1
    assert not alarm
    return delivered // 86_400


def timed(work: Callable[[], int], repeats: int) -> tuple[float, int]:
    """The median of several runs in seconds of processor time, and what they delivered."""
    seconds: list[float] = []
    delivered: set[int] = set()
    for _ in range(repeats):
        start = process_time()
        delivered.add(work())
        seconds.append(process_time() - start)
    (volume_pl,) = delivered
    return median(seconds), volume_pl


GOAL = 20
"""How many times faster than the stepped peer the twin is to be."""

BASELINES = {
    "steps": "the same twin with a stepped clockwork: each minute it looks up its rate, meters, "
    "measures both windows and goes through its alarms (the goal is about this one)",
    "minutes": "the event-driven twin itself, asked after every minute; nearly always it has "
    "nothing to do (no goal)",
    "lean_minutes": "a bare loop over minutes that delivers the same but keeps no log, command "
    "ids, faults, truth or state to save: less work, not the same work (no goal)",
}


def run() -> dict[str, Any]:
    """Measure all four in one run; they must deliver the same to the last picolitre."""
    events_s, volume_pl = timed(by_events, 7)
    steps_s, stepped_pl = timed(by_steps, 3)
    minutes_s, told_pl = timed(by_minutes, 3)
    lean_s, lean_pl = timed(lean_minutes, 5)
    assert volume_pl == stepped_pl == told_pl == lean_pl
    return {
        "delivered_pl": volume_pl,
        "events_s": events_s,
        "steps_s": steps_s,
        "minutes_s": minutes_s,
        "lean_minutes_s": lean_s,
        "steps_over_events": steps_s / events_s,
        "minutes_over_events": minutes_s / events_s,
        "lean_minutes_over_events": lean_s / events_s,
        "goal_steps_over_events_at_least": GOAL,
        "baselines": BASELINES,
    }


def said(figures: dict[str, Any]) -> list[str]:
    """The figures in words, one baseline a line."""
    met = "met" if figures["steps_over_events"] >= GOAL else "NOT MET"
    lines = [
        f"one pump-year, weekday/weekend flex, four patient doses a day: {figures['events_s']:.3f} "
        "s of processor time by events",
        f"goal: at least {GOAL} times faster than the same program stepped minute by minute: {met}",
    ]
    for name, what in BASELINES.items():
        ratio, seconds = figures[f"{name}_over_events"], figures[f"{name}_s"]
        lines.append(f"{ratio:6.1f} times faster ({seconds:.3f} s) than {name}: {what}")
    return lines


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
