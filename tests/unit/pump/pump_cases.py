"""Pumps, programs and random courses of events that the tests of this room share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from thecal.devices import MriBehaviour, PumpKind
from thecal.pump import (
    PL_PER_ML,
    SECONDS_PER_DAY,
    Accepted,
    AccuracyBias,
    Bolus,
    Bridge,
    Ceiling,
    CorrectClock,
    DaySchedule,
    DryRun,
    Fill,
    GiveBolus,
    Interrogate,
    Leak,
    LowBattery,
    MagnetEnter,
    MagnetLeave,
    Mode,
    MriScan,
    Occlusion,
    PatientDose,
    PrepareForMri,
    Program,
    PumpProfile,
    ReadPatientStatus,
    RefusalCode,
    Refused,
    RequestPatientDose,
    Reset,
    SetClock,
    Silence,
    Stall,
    Status,
    Step,
    Stop,
    Twin,
    Update,
)

ML = PL_PER_ML
UL = ML // 1000
HOUR = 3_600
DAY = SECONDS_PER_DAY
MONDAY = 1_704_067_200
"""Monday 1 January 2024, 00:00 UTC."""

ROTOR = PumpProfile(
    "rotor-20",
    PumpKind.PROGRAMMABLE,
    capacity_pl=20 * ML,
    not_aspirable_pl=1_400 * UL,
    lowest_rate_pl_per_day=48 * UL,
    highest_rate_pl_per_day=24 * ML,
    minimum_rate_pl_per_day=6 * UL,
    service_life_s=2_556 * DAY,
    replacement_notice_s=90 * DAY,
    mri=MriBehaviour.ROTOR_STALL,
)
VALVES = PumpProfile(
    "valves-20",
    PumpKind.PROGRAMMABLE,
    capacity_pl=20 * ML,
    lowest_rate_pl_per_day=0,
    highest_rate_pl_per_day=28_800 * UL,
    mri=MriBehaviour.MUST_BE_EMPTY,
    mri_discharge_pl=10 * UL,
)
FIXED = PumpProfile("fixed-30", PumpKind.FIXED_RATE, capacity_pl=30 * ML)
EXTERNAL = PumpProfile(
    "external",
    PumpKind.EXTERNAL,
    lowest_rate_pl_per_day=2_400 * UL,
    highest_rate_pl_per_day=720 * ML,
    rate_step_pl_per_day=2_400 * UL,
    demand_dose_step_pl=50 * UL,
    highest_demand_dose_pl=9_900 * UL,
)

FULL = Fill(20 * ML, 2 * ML, ("a label",))
DOSE = PatientDose(10 * UL, 600, 4 * HOUR, 4)


def simple(rate_pl_per_day: int, **parts: Any) -> Program:
    """One rate all day."""
    return Program(Mode.SIMPLE, (DaySchedule((Step(0, rate_pl_per_day),)),), (0,) * 7, **parts)


def flex(weekday: tuple[Step, ...], weekend: tuple[Step, ...], **parts: Any) -> Program:
    """Two kinds of days."""
    days = (DaySchedule(weekday), DaySchedule(weekend))
    return Program(Mode.FLEX, days, (0, 0, 0, 0, 0, 1, 1), **parts)


DAY_AND_NIGHT = flex(
    (Step(0, 150 * UL), Step(420, 300 * UL), Step(1320, 180 * UL)),
    (Step(0, 200 * UL), Step(601, 250 * UL + 7)),
    patient_dose=DOSE,
)


def new_twin(profile: PumpProfile = ROTOR, fill: Fill | None = FULL, **parts: Any) -> Twin:
    """A twin that holds what its controller will be told; local time starts on a Monday, 00:00."""
    twin = Twin(profile, serial="S1", epoch_utc_s=MONDAY, **parts)
    if fill is not None:
        twin.fill(fill.volume_pl)
    return twin


def started(program: Program, profile: PumpProfile = ROTOR, ceiling: Ceiling | None = None) -> Twin:
    """A twin whose first program has been accepted."""
    twin = new_twin(profile)
    accepted(twin, Update("start", 0, program, FULL, ceiling))
    return twin


def accepted(twin: Twin, command: Any) -> Accepted:
    """Send a command that must be accepted."""
    reply = twin.send(command)
    assert isinstance(reply, Accepted), reply
    return reply


def refused(twin: Twin, command: Any, code: RefusalCode) -> Refused:
    """Send a command that must be refused with ``code``."""
    reply = twin.send(command)
    assert isinstance(reply, Refused), reply
    assert reply.code is code, reply
    return reply


def status(twin: Twin) -> Status:
    """Interrogate."""
    reply = twin.send(Interrogate())
    assert isinstance(reply, Status)
    return reply


# Random courses of events

Act = Callable[[Twin, int], None]

_rates = st.sampled_from([48 * UL, 100 * UL, 150 * UL + 1, 333_333_333, 600 * UL, 2 * ML])
_starts = st.lists(st.integers(1, 1439), max_size=3, unique=True).map(sorted)
_boluses = st.builds(Bolus, st.integers(1, 40 * UL), st.integers(61, 5_000))


@st.composite
def _days(draw: st.DrawFn) -> DaySchedule:
    return DaySchedule(tuple(Step(start, draw(_rates)) for start in [0, *draw(_starts)]))


def _extras() -> dict[str, st.SearchStrategy[Any]]:
    return {
        "priming": st.none()
        | st.builds(Bolus, st.integers(1, 400 * UL), st.integers(1_500, 4_000)),
        "bridge": st.none() | st.builds(Bridge, _rates, st.integers(1, 60 * HOUR)),
        "patient_dose": st.none()
        | st.builds(
            PatientDose,
            st.integers(1, 20 * UL),
            st.integers(301, 1_000),
            st.integers(0, 5 * HOUR),
            st.integers(1, 6),
        ),
    }


programs = st.one_of(
    st.builds(
        lambda a, b, **extras: Program(Mode.FLEX, (a, b), (0, 1, 0, 1, 0, 1, 1), **extras),
        _days(),
        _days(),
        **_extras(),
    ),
    st.builds(simple, _rates, **_extras()),
    st.just(Program(Mode.STOPPED)),
    st.just(Program(Mode.MINIMUM_RATE)),
)
ceilings = st.builds(
    Ceiling,
    st.integers(5 * UL, 150 * UL),
    st.integers(100 * UL, 2 * ML),
    st.sampled_from([0, 140 * UL, 335_800_000]),
)
fills = st.builds(
    lambda volume, kept: Fill(volume, volume * kept // 100),
    st.integers(1 * UL, 20 * ML),
    st.integers(0, 60),
)


def _send(build: Callable[[str], Any]) -> Act:
    def act(twin: Twin, number: int) -> None:
        twin.send(build(f"c{number}"))

    return act


def _update(program: Program | None, fill: Fill | None, ceiling: Ceiling | None) -> Act:
    def act(twin: Twin, number: int) -> None:
        revision = twin.controller.state.revision
        twin.send(Update(f"c{number}", revision, program, fill, ceiling))

    return act


def _inject(build: Callable[[int], Any]) -> Act:
    return lambda twin, _number: twin.inject(build(twin.now_s))


def _refill(volume_pl: int) -> Act:
    def act(twin: Twin, _number: int) -> None:
        taken = twin.aspirate()
        twin.fill(min(volume_pl, taken))

    return act


waits = st.one_of(
    st.integers(0, 2 * HOUR), st.integers(0, 3 * DAY), st.sampled_from([0, 1, HOUR, DAY, 60 * DAY])
)
commands: st.SearchStrategy[Act] = st.one_of(
    st.builds(_update, programs, st.none() | fills, st.none() | ceilings),
    st.builds(_update, st.none(), fills, st.none()),
    st.builds(_update, st.none(), st.none(), ceilings),
    st.just(_send(RequestPatientDose)),
    st.just(_send(RequestPatientDose)),
    st.builds(lambda bolus: _send(lambda name: GiveBolus(name, bolus)), _boluses),
    st.builds(lambda s: _send(lambda name: SetClock(name, s)), st.integers(-50_400, 50_400)),
    st.builds(lambda s: _send(lambda name: CorrectClock(name, s)), st.integers(-320, 320)),
    st.just(_send(Stop)),
    st.just(_send(PrepareForMri)),
    st.just(_send(lambda name: Silence(name, "low-reservoir"))),
    st.just(_send(lambda _name: Interrogate())),
    st.just(_send(lambda _name: ReadPatientStatus())),
)
happenings: st.SearchStrategy[Act] = st.one_of(
    st.builds(lambda ppm: _inject(lambda t: AccuracyBias(t, ppm)), st.integers(-145_000, 145_000)),
    st.builds(lambda ppm: _inject(lambda t: Leak(t + 7, ppm)), st.integers(0, 1_000_000)),
    st.builds(lambda no: _inject(lambda t: Occlusion(t, no)), st.booleans()),
    st.builds(lambda s: _inject(lambda t: Stall(t + 60, s)), st.none() | st.integers(1, DAY)),
    st.builds(
        lambda s, late, hidden: _inject(lambda t: MriScan(t, s, late, hidden)),
        st.integers(1, 2 * HOUR),
        st.sampled_from([0, 2 * HOUR, DAY]),
        st.booleans(),
    ),
    st.just(_inject(MagnetEnter)),
    st.just(_inject(MagnetLeave)),
    st.just(_inject(DryRun)),
    st.just(_inject(Reset)),
    st.just(_inject(LowBattery)),
    st.builds(_refill, st.integers(0, 20 * ML)),
    st.just(lambda twin, _number: twin.reset_valve()),
)
Course = list[tuple[int, Act]]


def courses(acts: st.SearchStrategy[Act], size: int = 14) -> st.SearchStrategy[Course]:
    """Lists of (seconds to wait, what then happens)."""
    return st.lists(st.tuples(waits, acts), max_size=size)


def play(twin: Twin, course: Course, see: Callable[[Twin], None] = lambda _: None) -> Twin:
    """Let a course of events happen, looking at the twin after each."""
    for number, (wait_s, act) in enumerate(course):
        twin.advance(twin.now_s + wait_s)
        see(twin)
        act(twin, number)
        see(twin)
    return twin


def running(profile: PumpProfile = ROTOR, ceiling: Ceiling | None = None) -> Twin:
    """A twin in the middle of its week."""
    twin = started(DAY_AND_NIGHT, replace(profile), ceiling)
    twin.advance(2 * DAY + 7 * HOUR)
    return twin
