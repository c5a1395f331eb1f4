"""Where the patient stands: one stage, from the facts and the gates."""

from __future__ import annotations

from thecal.care.facts import (
    Answer,
    Assessment,
    CandidacyAnswered,
    Closure,
    ClosuresRemoved,
    Discharged,
    Ended,
    Explanted,
    Implanted,
    Procedure,
    PsychologicalAssessment,
    Referred,
    TakenOver,
    WoundChecked,
)
from thecal.care.gates.moment import pump_fact, scheduled
from thecal.care.result import Stage
from thecal.care.tasks.raising import Scene
from thecal.care.tasks.running import effect_path
from thecal.care.tasks.service import service_of
from thecal.care.trial import last_trial


def stage_of(scene: Scene) -> Stage:
    """The one stage that the facts amount to."""
    begun = [one.at for one in scene.whole.events if isinstance(one, Referred | TakenOver)]
    ended = scene.whole.last(Ended)
    if ended is not None and not (begun and begun[-1] > ended.at):
        return Stage.ENDED
    if pump_fact(scene.facts) is not None:
        return _with_pump(scene)
    if scene.whole.last(Explanted) is not None and scene.facts.last(Referred) is None:
        return Stage.EXPLANTED
    return _without_pump(scene)


def _with_pump(scene: Scene) -> Stage:
    if _in_hospital(scene):
        return Stage.IN_HOSPITAL
    if effect_path(scene) is not None:
        return Stage.LOST_EFFECT
    if _heals(scene):
        return Stage.HEALING
    return Stage.END_OF_SERVICE if _service_ends(scene) else Stage.FOLLOW_UP


def _in_hospital(scene: Scene) -> bool:
    placed, home = scene.facts.last(Implanted), scene.facts.last(Discharged)
    return placed is not None and (home is None or home.at < placed.at)


def _heals(scene: Scene) -> bool:
    placed = scene.facts.last(Implanted)
    if placed is None:
        return False
    since = scene.facts.since(placed.at)
    checked = any(one.healthy is not Answer.UNKNOWN for one in since.all(WoundChecked))
    out = placed.closure is Closure.ABSORBABLE or since.last(ClosuresRemoved) is not None
    return not (checked and out)


def _service_ends(scene: Scene) -> bool:
    service = service_of(scene)
    if service is None or service.ends is None:
        return service is not None and service.indicated
    return service.indicated or scene.now >= service.ends - service.notice


def _without_pump(scene: Scene) -> Stage:
    trial = last_trial(scene.facts)
    if trial is not None and trial.ended is None:
        return Stage.IN_TRIAL
    if _is_refused(scene):
        return Stage.NOT_A_CANDIDATE
    if scheduled(scene.facts, Procedure.IMPLANT) is not None:
        return Stage.IMPLANT_SCHEDULED
    if scheduled(scene.facts, Procedure.TRIAL) is not None:
        return Stage.TRIAL_SCHEDULED
    if trial is not None:
        return Stage.NOT_A_CANDIDATE if _has_failed(scene) else Stage.DECISION
    ready = scene.gates["trial.schedule"].is_open
    return Stage.READY_FOR_TRIAL if ready else Stage.SELECTION


def _is_refused(scene: Scene) -> bool:
    """Whether somebody said no: the neuropsychologist, or an indication's latest answer."""
    made = [one for one in scene.facts.all(PsychologicalAssessment) if one.by_neuropsychologist]
    if made and made[-1].outcome is Assessment.NOT_CLEARED:
        return True
    known = {one.criterion: one.answer for one in scene.facts.all(CandidacyAnswered)}
    return Answer.NO in known.values()


def _has_failed(scene: Scene) -> bool:
    """Whether the trial has failed and nobody has waived it."""
    missing = scene.gates["implant.schedule"].missing
    return any(one.code == "trial.success" and one.answer is Answer.NO for one in missing)
