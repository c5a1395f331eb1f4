"""Boluses over the base mode: a clinician's, and those that the patient asks for."""

from __future__ import annotations

from dataclasses import replace

from thecal.pump.controller import alarms
from thecal.pump.controller.ceiling import DAY_S
from thecal.pump.controller.clockwork import Clockwork
from thecal.pump.controller.course import Spell
from thecal.pump.controller.phases import Phase
from thecal.pump.controller.reasons import Answer, no, over
from thecal.pump.controller.state import Dose
from thecal.pump.controller.validity import bolus_faults
from thecal.pump.flow import GRAINS_PER_PL
from thecal.pump.language import Bolus, GiveBolus, PatientDose, Refused, RequestPatientDose, Running
from thecal.pump.language import RefusalCode as Code


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
        return no(Code.END_OF_SERVICE)
    if state.program is None:
        return no(Code.NO_PROGRAM)
    if state.phase is Phase.STOPPED:
        return no(Code.STOPPED)
    return no(Code.ALARM) if state.sounding and alarms.critical(state) else None


def _busy(clock: Clockwork, bolus: Bolus, wait_s: int) -> Refused | None:
    left_s = _running_left_s(clock)
    if not left_s:
        return None
    return replace(no(Code.BOLUS_RUNNING), wait_s=_earliest_s(clock, bolus, max(wait_s, left_s)))


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
        return no(Code.RESERVOIR, bolus.volume_pl, left_pl, "pL")
    if clock.headroom.surely_fits(state.t_s, bolus.volume_pl * GRAINS_PER_PL):
        return None
    course = clock.course().then_bolus(bolus, state.t_s)
    refusal = next(over(course.passed(state.history, clock.limits, DAY_S)), None)
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


def patient_dose(clock: Clockwork, _command: RequestPatientDose) -> Answer:
    """A dose that the patient asks for; granted or refused, it is counted and logged."""
    state = clock.state
    bolus, refusal = clock.patient_bolus, patient_dose_refusal(clock)
    if refusal is not None or bolus is None:
        state.count_dose(granted=False)
        return refusal or no(Code.NO_PATIENT_DOSE)
    state.count_dose(granted=True)
    state.last_dose_s = state.t_s
    state.dose_starts_s = [*recent_starts_s(clock), state.t_s]
    clock.begin_dose(Dose(Running.PATIENT_DOSE, bolus.volume_pl, Spell.bolus(bolus, state.t_s)))
    return {"volume_pl": bolus.volume_pl}


def patient_dose_refusal(clock: Clockwork) -> Refused | None:
    """Why a dose asked for at this second is refused; nothing is counted."""
    program = clock.state.program
    dose = program.patient_dose if program else None
    bolus, refusal = clock.patient_bolus, _idle(clock)
    if refusal is not None:
        return refusal
    if dose is None or bolus is None:
        return no(Code.NO_PATIENT_DOSE)
    return _dose_refusal(clock, dose, bolus)


def _dose_refusal(clock: Clockwork, dose: PatientDose, bolus: Bolus) -> Refused | None:
    lockout_s, count_s = _lockout_left_s(clock, dose), _count_left_s(clock, dose)
    wait_s = max(lockout_s, count_s)
    refusal = _busy(clock, bolus, wait_s)
    if refusal is None and wait_s:
        code = Code.LOCKOUT if lockout_s else Code.DAILY_COUNT
        refusal = replace(no(code), wait_s=_earliest_s(clock, bolus, wait_s))
    return refusal or _room(clock, bolus)


def _lockout_left_s(clock: Clockwork, dose: PatientDose) -> int:
    last_s = clock.state.last_dose_s
    return 0 if last_s is None else max(0, last_s + dose.lockout_s - clock.state.t_s)


def recent_starts_s(clock: Clockwork) -> list[int]:
    """The starts of the doses that count towards today's: those less than 24 h ago."""
    oldest_s = clock.state.t_s - DAY_S
    return [start_s for start_s in clock.state.dose_starts_s if start_s > oldest_s]


def _count_left_s(clock: Clockwork, dose: PatientDose) -> int:
    if len(clock.state.dose_starts_s) < dose.max_per_day:
        return 0
    starts_s = recent_starts_s(clock)
    if len(starts_s) < dose.max_per_day:
        return 0
    return starts_s[-dose.max_per_day] + DAY_S - clock.state.t_s
