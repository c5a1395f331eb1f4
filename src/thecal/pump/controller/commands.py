"""What each command does: checks in their order first, and only then a change, all at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from thecal.devices import MriBehaviour
from thecal.pump.controller import alarms
from thecal.pump.controller.alarms import ALARMS, AlarmName
from thecal.pump.controller.ceiling import DAY_S, Limit, limits_from
from thecal.pump.controller.clock_setting import correct_clock, set_clock
from thecal.pump.controller.clockwork import Clockwork
from thecal.pump.controller.course import COMING_S, Course, Spell
from thecal.pump.controller.doses import give_bolus, patient_dose
from thecal.pump.controller.phases import Event, Phase
from thecal.pump.controller.reasons import Answer, Reasons, ended, no, over
from thecal.pump.controller.schedule import Week
from thecal.pump.controller.validity import (
    ceiling_faults,
    fill_faults,
    program_faults,
)
from thecal.pump.flow import GRAINS_PER_PL
from thecal.pump.language import (
    CorrectClock,
    EndSession,
    GiveBolus,
    Interrogate,
    ListKeys,
    Mode,
    PrepareForMri,
    Priority,
    Program,
    ReadLog,
    ReadPatientStatus,
    RemoveKey,
    RequestPatientDose,
    SetClock,
    Silence,
    Stop,
    Update,
)
from thecal.pump.language import (
    RefusalCode as Code,
)

# Update


def update(clock: Clockwork, command: Update) -> Answer:
    """Replace program, fill and ceiling together, or none of them."""
    for refusal in _update_reasons(clock, command):
        return refusal
    state = clock.state
    if command.fill is not None:
        state.filled_at_pl, state.fill = state.delivered_pl, command.fill
    credit_gr = _credit_gr(clock, command)
    state.eased = [(limit.eased_until_s, limit.eased_gr) for limit in _limits_after(clock, command)]
    state.ceiling = command.ceiling or state.ceiling
    state.revision += 1
    clock.close_credit()
    state.credit_left_gr = credit_gr
    if command.program is not None:
        state.program, state.was_reset = command.program, False
        state.stop_ordered = command.program.mode is Mode.STOPPED
        clock.enter(Event.COMMIT)
    elif command.fill is not None:
        clock.enter(Event.REFILL)
    clock.refresh()
    clock.settle(afresh=True)
    return {
        "revision": state.revision,
        "program": command.program.digest if command.program else None,
        "fill_pl": command.fill.volume_pl if command.fill else None,
    }


def _update_reasons(clock: Clockwork, command: Update) -> Reasons:
    yield from ended(clock)
    state, profile = clock.state, clock.profile
    if command.expected_revision != state.revision:
        yield no(Code.STALE_EDIT, command.expected_revision, state.revision, "revision")
    if (command.program, command.fill, command.ceiling) == (None, None, None):
        yield no(Code.MALFORMED_PROGRAM)
    if command.program is not None:
        yield from program_faults(command.program, profile)
    if command.fill is not None:
        yield from fill_faults(command.fill, profile)
    if command.ceiling is not None:
        yield from ceiling_faults(command.ceiling)
    course = _course_after(clock, command)
    yield from _too_little(clock, command, course)
    yield from over(course.passed(state.history, _limits_after(clock, command), COMING_S))


def _limits_after(clock: Clockwork, command: Update) -> tuple[Limit, ...]:
    if command.ceiling is None:
        return clock.limits
    return limits_from(command.ceiling, clock.state.history, clock.state.t_s)


def _course_after(clock: Clockwork, command: Update) -> Course:
    state, course = clock.state, clock.course()
    course = replace(course, credit_gr=_credit_gr(clock, command))
    if command.program is not None:
        week = Week.of(command.program, clock.profile.minimum_rate_pl_per_day or 0)
        return replace(course, week=week, spells=_spells(command.program, state.t_s), boluses=())
    if command.fill is not None and state.phase is Phase.EMPTY:
        return replace(course, week=clock.week)
    return course


def _spells(program: Program, t_s: int) -> tuple[Spell, ...]:
    spells: list[Spell] = []
    if program.priming:
        spells.append(Spell.bolus(program.priming, t_s))
    if program.bridge:
        spells.append(Spell.bridge(program.bridge, spells[-1].end_s if spells else t_s))
    return tuple(spells)


def _credit_gr(clock: Clockwork, command: Update) -> int:
    """The path's credit after an update: opened afresh a day after it was last used."""
    state = clock.state
    ceiling = command.ceiling or state.ceiling
    path_gr = ceiling.path_pl * GRAINS_PER_PL if ceiling else 0
    used_s = state.t_s if state.crediting else state.credit_used_s
    opens = command.program is not None and (command.program.priming or command.program.bridge)
    if opens and (used_s is None or state.t_s - used_s >= DAY_S):
        return path_gr
    return min(path_gr, clock.credit_left_gr())


def _too_little(clock: Clockwork, command: Update, course: Course) -> Reasons:
    """Priming and bridge must fit into the reservoir whole, and a base rate needs something."""
    has_pl = command.fill.volume_pl if command.fill else clock.state.remaining_pl or 0
    needs_gr = sum(spell.left_gr(course.now_s) for spell in course.spells)
    needs_pl = max(-(-needs_gr // GRAINS_PER_PL), 1 if course.week.highest else 0)
    if needs_pl > has_pl:
        yield no(Code.RESERVOIR, needs_pl, has_pl, "pL")


# Stop, clock, alarms, MRI


def stop(clock: Clockwork, _command: Stop) -> Answer:
    """Stop all delivery; what was running is cut."""
    for refusal in ended(clock):
        return refusal
    clock.state.revision += 1
    clock.state.stop_ordered = True
    clock.enter(Event.STOP)
    clock.settle()
    return {"revision": clock.state.revision}


def silence(clock: Clockwork, command: Silence) -> Answer:
    """Silence a non-critical alarm that sounds now."""
    sounding = clock.state.sounding.get(command.alarm)
    if sounding is None:
        return no(Code.NO_SUCH_ALARM)
    if ALARMS[AlarmName(command.alarm)].priority is Priority.CRITICAL:
        return no(Code.CANNOT_SILENCE_CRITICAL)
    if sounding.silenced_s is None:
        sounding.silenced_s = clock.state.t_s
        clock.note(alarms.SILENCED, {"alarm": command.alarm})
    return {"alarm": command.alarm}


def prepare_for_mri(clock: Clockwork, _command: PrepareForMri) -> Answer:
    """Whether the pump may enter the scanner as it is; nothing about it changes."""
    for refusal in _MRI_REASONS[clock.profile.mri](clock):
        return refusal
    return {"mri": str(clock.profile.mri)}


def _mri_ready(_clock: Clockwork) -> Reasons:
    yield from ()


def _mri_unknown(_clock: Clockwork) -> Reasons:
    yield no(Code.NOT_MRI_READY)


def _mri_empty(clock: Clockwork) -> Reasons:
    """Reservoir 0 and rate 0, both as the pump believes; never stated is not zero."""
    left_pl, program = clock.state.remaining_pl, clock.state.program
    if left_pl != 0:
        yield no(Code.NOT_MRI_READY, left_pl, 0, "pL")
    rate = 0 if program is None or program.mode is Mode.STOPPED else clock.week.highest
    if rate or clock.spells():
        yield no(Code.NOT_MRI_READY, rate, 0, "pL/day")


_MRI_REASONS: dict[MriBehaviour, Callable[[Clockwork], Reasons]] = {
    MriBehaviour.ROTOR_STALL: _mri_ready,
    MriBehaviour.MUST_BE_EMPTY: _mri_empty,
    MriBehaviour.UNKNOWN: _mri_unknown,
}

HANDLERS: dict[type[Any], Callable[[Clockwork, Any], Answer]] = {
    Update: update,
    GiveBolus: give_bolus,
    Stop: stop,
    RequestPatientDose: patient_dose,
    SetClock: set_clock,
    CorrectClock: correct_clock,
    Silence: silence,
    PrepareForMri: prepare_for_mri,
}
"""Every command to the controller that carries an id, and what it does."""

NAMES: dict[type[Any], str] = {
    Interrogate: "interrogate",
    ReadLog: "read-log",
    ReadPatientStatus: "read-patient-status",
    Update: "update",
    GiveBolus: "bolus",
    Stop: "stop",
    RequestPatientDose: "patient-dose",
    SetClock: "set-clock",
    CorrectClock: "correct-clock",
    Silence: "silence",
    PrepareForMri: "prepare-for-mri",
    ListKeys: "list-keys",
    RemoveKey: "remove-key",
    EndSession: "end-session",
}
"""What the log calls every request."""
