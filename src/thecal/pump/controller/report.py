"""What a pump tells about itself when it is interrogated."""

from __future__ import annotations

from thecal.pump.controller import alarms
from thecal.pump.controller.alarms import ALARMS, AlarmName
from thecal.pump.controller.ceiling import DAY_S
from thecal.pump.controller.clockwork import Clockwork
from thecal.pump.controller.doses import patient_dose_refusal, recent_starts_s
from thecal.pump.controller.phases import Phase
from thecal.pump.flow import GRAINS_PER_PL, NEVER, moved_at
from thecal.pump.language import SECONDS_PER_DAY, AlarmState, PatientStatus, Running, Status

_RUNNING: dict[Phase, Running] = {phase: Running(phase.value) for phase in Phase}


def status(clock: Clockwork) -> Status:
    """Everything at this second, as the pump believes it."""
    state, profile = clock.state, clock.profile
    program = state.program
    is_today = state.today == (state.t_s + state.local_s) // SECONDS_PER_DAY
    return Status(
        model=profile.model,
        serial=state.serial,
        revision=state.revision,
        t_s=state.t_s,
        utc_s=state.t_s + state.epoch_utc_s,
        utc_offset_s=state.utc_offset_s,
        program=program,
        program_digest=program.digest if program else None,
        mode=program.mode if program else None,
        fill=state.fill,
        ceiling=state.ceiling,
        remaining_pl=state.remaining_pl,
        delivered_since_fill_pl=state.delivered_since_fill_pl,
        delivered_pl=state.delivered_pl,
        base_day_pl=clock.week.day_grains(state.t_s + state.local_s) // GRAINS_PER_PL,
        past_day_pl=_past_day_pl(clock),
        running=running(clock),
        seconds_left=_seconds_left(clock),
        rate_pl_per_day=state.flow[2] // state.flow[3],
        doses_granted=state.granted,
        doses_refused=state.refused,
        doses_granted_today=state.granted_today if is_today else 0,
        doses_refused_today=state.refused_today if is_today else 0,
        alarms=alarm_states(clock),
        low_reservoir_at_s=_low_reservoir_at_s(clock),
        replacement_notice_at_s=_instant(alarms.replacement_notice_s(state, profile)),
        replace_by_s=_replace_by_s(clock),
        log_length=len(state.log),
        log_digest=state.log.digest,
    )


def running(clock: Clockwork) -> Running:
    """What moves fluid now: a bolus is named before the base mode under it."""
    dose = clock.state.dose
    return dose.kind if dose else _RUNNING[clock.state.phase]


def alarm_states(clock: Clockwork) -> tuple[AlarmState, ...]:
    """The alarms that sound now, in the order of the table."""
    sounding = clock.state.sounding
    return tuple(
        AlarmState(
            str(name), rule.priority, sounding[name].since_s, sounding[name].silenced_s is not None
        )
        for name, rule in ALARMS.items()
        if name in sounding
    )


def patient_status(clock: Clockwork) -> PatientStatus:
    """What the patient's controller may show; nothing of it is counted or logged."""
    state = clock.state
    dose = state.program.patient_dose if state.program else None
    refusal = patient_dose_refusal(clock)
    is_today = state.today == (state.t_s + state.local_s) // SECONDS_PER_DAY
    return PatientStatus(
        t_s=state.t_s,
        utc_s=state.t_s + state.epoch_utc_s,
        utc_offset_s=state.utc_offset_s,
        running=running(clock),
        seconds_left=_seconds_left(clock),
        dose_volume_pl=dose.volume_pl if dose else None,
        dose_duration_s=dose.duration_s if dose else None,
        max_per_day=dose.max_per_day if dose else None,
        doses_left=max(0, dose.max_per_day - len(recent_starts_s(clock))) if dose else None,
        refusal=refusal.code if refusal else None,
        wait_s=refusal.wait_s if refusal else 0,
        doses_granted_today=state.granted_today if is_today else 0,
        doses_refused_today=state.refused_today if is_today else 0,
        alarms=alarm_states(clock),
    )


def _past_day_pl(clock: Clockwork) -> int:
    history, since_s = clock.state.history, clock.state.t_s - DAY_S
    piece = next(piece for piece in reversed(history) if piece[0] <= since_s)
    return (clock.counted_gr() - moved_at(piece, since_s)) // GRAINS_PER_PL


def _seconds_left(clock: Clockwork) -> int | None:
    state = clock.state
    end_s = state.dose.spell.end_s if state.dose else state.phase_end_s
    return None if end_s is None else end_s - state.t_s


def _low_reservoir_at_s(clock: Clockwork) -> int | None:
    """When all that is running, and then the base mode, reaches the alarm volume."""
    state, course = clock.state, clock.course()
    if AlarmName.LOW_RESERVOIR in state.sounding:
        return state.sounding[AlarmName.LOW_RESERVOIR].since_s
    if state.fill is None or state.fill.volume_pl == 0:
        return None
    target_pl = state.filled_at_pl + state.fill.volume_pl - state.fill.alarm_volume_pl
    left_gr = target_pl * GRAINS_PER_PL - state.delivered_gr
    left_gr -= sum(bolus.left_gr(state.t_s) for bolus in course.boluses)
    for spell in course.spells:
        start_s = max(spell.start_s, state.t_s)
        if left_gr <= spell.left_gr(start_s):
            return start_s + max(0, -(-left_gr * spell.den // spell.num)) if spell.num else None
        left_gr -= spell.left_gr(start_s)
    seconds = course.week.seconds_to_move(course.base_from_s + state.local_s, left_gr)
    return None if seconds is None else course.base_from_s + seconds


def _instant(at_s: int) -> int | None:
    return None if at_s == NEVER else at_s


def _replace_by_s(clock: Clockwork) -> int | None:
    ends_s = alarms.end_of_service_s(clock.state, clock.profile)
    life_s = clock.profile.service_life_s
    return _instant(ends_s if life_s is None else min(ends_s, life_s))
