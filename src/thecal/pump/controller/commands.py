"""What each command does: checks in their order first, and only then a change, all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from thecal.devices import MriBehaviour
from thecal.pump.controller import alarms
from thecal.pump.controller.alarms import ALARMS, AlarmName
from thecal.pump.controller.ceiling import DAY_S, Excess, Limit, limits_from
from thecal.pump.controller.clockwork import Clockwork
from thecal.pump.controller.course import COMING_S, Course, Spell
from thecal.pump.controller.log import Fact
from thecal.pump.controller.phases import Event, Phase
from thecal.pump.controller.schedule import Week
from thecal.pump.controller.state import Dose
from thecal.pump.controller.validity import (
    bolus_faults,
    ceiling_faults,
    fill_faults,
    program_faults,
)
from thecal.pump.flow import GRAINS_PER_PL
from thecal.pump.language import (
    SECONDS_PER_HOUR,
    Bolus,
    GiveBolus,
    Mode,
    PatientDose,
    PrepareForMri,
    Priority,
    Program,
    Refused,
    RequestPatientDose,
    Running,
    SetClock,
    Silence,
    Stop,
    Update,
)
from thecal.pump.language import (
    RefusalCode as Code,
)

FARTHEST_OFFSET_S = 14 * SECONDS_PER_HOUR
"""The widest offset from UTC that any place on earth keeps."""

Reasons = Iterator[Refused]
Answer = Refused | dict[str, Fact]
"""A refusal, or the facts that the log keeps of what was done."""


def _no(code: Code, asked: int | None = None, limit: int | None = None, unit: str = "") -> Refused:
    return Refused("", code, asked, limit, unit)


def _over(excess: Excess | None) -> Reasons:
    if excess is not None:
        (limit, found_gr, most_gr) = excess
        asked_pl = -(-found_gr // GRAINS_PER_PL)
        yield _no(limit.code, asked_pl, most_gr // GRAINS_PER_PL, limit.unit)


def _ended(clock: Clockwork) -> Reasons:
    if clock.state.phase is Phase.ENDED:
        yield _no(Code.END_OF_SERVICE)


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
    yield from _ended(clock)
    state, profile = clock.state, clock.profile
    if command.expected_revision != state.revision:
        yield _no(Code.STALE_EDIT, command.expected_revision, state.revision, "revision")
    if (command.program, command.fill, command.ceiling) == (None, None, None):
        yield _no(Code.MALFORMED_PROGRAM)
    if command.program is not None:
        yield from program_faults(command.program, profile)
    if command.fill is not None:
        yield from fill_faults(command.fill, profile)
    if command.ceiling is not None:
        yield from ceiling_faults(command.ceiling)
    course = _course_after(clock, command)
    yield from _too_little(clock, command, course)
    yield from _over(course.passed(state.history, _limits_after(clock, command), COMING_S))


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
        yield _no(Code.RESERVOIR, needs_pl, has_pl, "pL")


# Boluses


def give_bolus(clock: Clockwork, command: GiveBolus) -> Answer:
    """A clinician's bolus over the base mode."""
    bolus = command.bolus
    refusal = (
        _idle(clock)
        or next(bolus_faults(bolus, clock.profile, clock.week.highest), None)
        or _busy(clock, bolus, 0)
        or _room(clock, bolus)
    )
    if refusal is not None:
        return refusal
    clock.begin_dose(Dose(Running.BOLUS, bolus.volume_pl, Spell.bolus(bolus, clock.state.t_s)))
    return {"volume_pl": bolus.volume_pl}


def _idle(clock: Clockwork) -> Refused | None:
    """Why nothing can run over the base mode."""
    state = clock.state
    if state.phase is Phase.ENDED:
        return _no(Code.END_OF_SERVICE)
    if state.program is None:
        return _no(Code.NO_PROGRAM)
    if state.phase is Phase.STOPPED:
        return _no(Code.STOPPED)
    return _no(Code.ALARM) if state.sounding and alarms.critical(state) else None


def _busy(clock: Clockwork, bolus: Bolus, wait_s: int) -> Refused | None:
    left_s = _running_left_s(clock)
    if not left_s:
        return None
    return replace(_no(Code.BOLUS_RUNNING), wait_s=_earliest_s(clock, bolus, max(wait_s, left_s)))


def _running_left_s(clock: Clockwork) -> int:
    """Seconds until no bolus, priming or bridge runs any more."""
    state = clock.state
    if state.dose is not None:
        return state.dose.spell.end_s - state.t_s
    return clock.spells()[-1].end_s - state.t_s if state.phase_end_s is not None else 0


def _room(clock: Clockwork, bolus: Bolus) -> Refused | None:
    """Whether reservoir and ceiling leave room for a bolus now."""
    state = clock.state
    left_pl = state.remaining_pl or 0
    if bolus.volume_pl > left_pl:
        return _no(Code.RESERVOIR, bolus.volume_pl, left_pl, "pL")
    if clock.headroom.surely_fits(state.t_s, bolus.volume_pl * GRAINS_PER_PL):
        return None
    course = clock.course().then_bolus(bolus, state.t_s)
    refusal = next(_over(course.passed(state.history, clock.limits, DAY_S)), None)
    return refusal and replace(refusal, wait_s=_earliest_s(clock, bolus, 0))


def _earliest_s(clock: Clockwork, bolus: Bolus, after_s: int) -> int | None:
    """Seconds to wait, at least ``after_s``, until the ceiling lets a bolus begin; None if never.

    The program is taken to run on alone. The second before the one returned does not fit.
    """
    if not clock.limits:
        return after_s
    course, state = clock.course(), clock.state

    def fits(wait_s: int) -> bool:
        later = course.then_bolus(bolus, state.t_s + wait_s)
        return later.passed(state.history, clock.limits, DAY_S) is None

    if fits(after_s):
        return after_s
    too_soon_s, fits_s = after_s, after_s + DAY_S
    if not fits(fits_s):
        return None
    while fits_s - too_soon_s > 1:
        middle_s = (too_soon_s + fits_s) // 2
        if fits(middle_s):
            fits_s = middle_s
        else:
            too_soon_s = middle_s
    return fits_s


# Patient doses


def patient_dose(clock: Clockwork, _command: RequestPatientDose) -> Answer:
    """A dose that the patient asks for; granted or refused, it is counted and logged."""
    state = clock.state
    dose = state.program.patient_dose if state.program else None
    bolus, refusal = clock.patient_bolus, _idle(clock)
    if refusal is None and dose is not None and bolus is not None:
        refusal = _dose_refusal(clock, dose, bolus)
    if refusal is not None or bolus is None:
        state.count_dose(granted=False)
        return refusal or _no(Code.NO_PATIENT_DOSE)
    state.count_dose(granted=True)
    state.last_dose_s = state.t_s
    state.dose_starts_s = [*_recent_starts_s(clock), state.t_s]
    clock.begin_dose(Dose(Running.PATIENT_DOSE, bolus.volume_pl, Spell.bolus(bolus, state.t_s)))
    return {"volume_pl": bolus.volume_pl}


def _dose_refusal(clock: Clockwork, dose: PatientDose, bolus: Bolus) -> Refused | None:
    lockout_s, count_s = _lockout_left_s(clock, dose), _count_left_s(clock, dose)
    wait_s = max(lockout_s, count_s)
    refusal = _busy(clock, bolus, wait_s)
    if refusal is None and wait_s:
        code = Code.LOCKOUT if lockout_s else Code.DAILY_COUNT
        refusal = replace(_no(code), wait_s=_earliest_s(clock, bolus, wait_s))
    return refusal or _room(clock, bolus)


def _lockout_left_s(clock: Clockwork, dose: PatientDose) -> int:
    last_s = clock.state.last_dose_s
    return 0 if last_s is None else max(0, last_s + dose.lockout_s - clock.state.t_s)


def _recent_starts_s(clock: Clockwork) -> list[int]:
    """The starts of the doses that count towards today's: those less than 24 h ago."""
    oldest_s = clock.state.t_s - DAY_S
    return [start_s for start_s in clock.state.dose_starts_s if start_s > oldest_s]


def _count_left_s(clock: Clockwork, dose: PatientDose) -> int:
    if len(clock.state.dose_starts_s) < dose.max_per_day:
        return 0
    starts_s = _recent_starts_s(clock)
    if len(starts_s) < dose.max_per_day:
        return 0
    return starts_s[-dose.max_per_day] + DAY_S - clock.state.t_s


# Stop, clock, alarms, MRI


def stop(clock: Clockwork, _command: Stop) -> Answer:
    """Stop all delivery; what was running is cut."""
    for refusal in _ended(clock):
        return refusal
    clock.state.revision += 1
    clock.enter(Event.STOP)
    clock.settle()
    return {"revision": clock.state.revision}


def set_clock(clock: Clockwork, command: SetClock) -> Answer:
    """Set local time; lockouts and windows run on the counter and do not notice."""
    for refusal in _clock_reasons(clock, command):
        return refusal
    state = clock.state
    before_s, state.utc_offset_s = state.utc_offset_s, command.utc_offset_s
    state.revision += 1
    clock.refresh()
    clock.settle()
    return {"from_s": before_s, "to_s": command.utc_offset_s}


def _clock_reasons(clock: Clockwork, command: SetClock) -> Reasons:
    yield from _ended(clock)
    offset_s = command.utc_offset_s
    if abs(offset_s) > FARTHEST_OFFSET_S:
        yield _no(Code.CLOCK_OUT_OF_RANGE, offset_s, FARTHEST_OFFSET_S, "s")
    state = clock.state
    course = replace(clock.course(), local_s=state.epoch_utc_s + offset_s)
    yield from _over(course.passed(state.history, clock.limits, COMING_S))


def silence(clock: Clockwork, command: Silence) -> Answer:
    """Silence a non-critical alarm that sounds now."""
    sounding = clock.state.sounding.get(command.alarm)
    if sounding is None:
        return _no(Code.NO_SUCH_ALARM)
    if ALARMS[AlarmName(command.alarm)].priority is Priority.CRITICAL:
        return _no(Code.CANNOT_SILENCE_CRITICAL)
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
    yield _no(Code.NOT_MRI_READY)


def _mri_empty(clock: Clockwork) -> Reasons:
    """Reservoir 0 and rate 0, both as the pump believes; never stated is not zero."""
    left_pl, program = clock.state.remaining_pl, clock.state.program
    if left_pl != 0:
        yield _no(Code.NOT_MRI_READY, left_pl, 0, "pL")
    rate = 0 if program is None or program.mode is Mode.STOPPED else clock.week.highest
    if rate or clock.spells():
        yield _no(Code.NOT_MRI_READY, rate, 0, "pL/day")


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
    Silence: silence,
    PrepareForMri: prepare_for_mri,
}
"""Every command that carries an id, and what it does."""

NAMES: dict[type[Any], str] = {
    Update: "update",
    GiveBolus: "bolus",
    Stop: "stop",
    RequestPatientDose: "patient-dose",
    SetClock: "set-clock",
    Silence: "silence",
    PrepareForMri: "prepare-for-mri",
}
"""What the log calls them."""
