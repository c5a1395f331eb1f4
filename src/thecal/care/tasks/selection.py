"""Tasks up to the trial and before every operation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from thecal.care.facts import (
    AntibioticGiven,
    AntibioticStopped,
    AnticoagulantStopped,
    Assessment,
    CandidacyAnswered,
    Criterion,
    Implanted,
    Measured,
    Method,
    OralMedicinesTaken,
    Procedure,
    PsychologicalAssessment,
    Referred,
    SideEffectsAnswered,
    TrialStarted,
)
from thecal.care.facts.outcomes import ActivityAnswered
from thecal.care.gates.judging import View
from thecal.care.gates.moment import consent, last_operation, pump_fact, scheduled
from thecal.care.gates.selection import agents_taken, pause_of, taken_agent
from thecal.care.instruments import instrument
from thecal.care.result import Requirement, Task
from thecal.care.tasks.raising import Scene, raises, task

_BEFORE_SCHEDULING = "before anything is scheduled; no published time"
_OPERATIONS = (Procedure.TRIAL, Procedure.IMPLANT, Procedure.REPLACEMENT)


def _referred(scene: Scene) -> datetime | None:
    """The referral of a patient who has no pump and had no trial; else None."""
    referral = scene.facts.last(Referred)
    begun = scene.facts.last(TrialStarted) or pump_fact(scene.facts)
    open_ = not _lacks(scene, "trial.schedule", "course.open")
    return referral.at if referral and begun is None and open_ else None


def _lacks(scene: Scene, gate: str, *codes: str) -> tuple[Requirement, ...]:
    missing = scene.gates[gate].missing
    return tuple(one for one in missing if not codes or one.code in codes)


@raises
def candidacy(scene: Scene) -> Iterator[Task]:
    """While an indication is unanswered or unknown."""
    raised = _referred(scene)
    known = {one.criterion: one.answer for one in scene.facts.all(CandidacyAnswered)}
    blank = [str(one) for one in Criterion if known.get(one, "unknown") == "unknown"]
    if raised and blank:
        reason = f"unanswered: {', '.join(blank)}"
        yield task("candidacy.answer", raised, reason, undated=_BEFORE_SCHEDULING)


@raises
def psychology(scene: Scene) -> Iterator[Task]:
    """While no neuropsychologist has decided."""
    raised = _referred(scene)
    made = [one for one in scene.facts.all(PsychologicalAssessment) if one.by_neuropsychologist]
    if raised and (not made or made[-1].outcome is Assessment.UNDECIDED):
        (lack, *_) = _lacks(scene, "trial.schedule", "psychology.cleared")
        yield task("psychology.assess", raised, lack.reason, undated=_BEFORE_SCHEDULING)


@raises
def baseline(scene: Scene) -> Iterator[Task]:
    """While there is nothing to show benefit against; due by the trial, if one is planned."""
    raised = _referred(scene)
    blank = missing_baseline(scene)
    if raised is None or not blank:
        return
    plan = scheduled(scene.facts, Procedure.TRIAL)
    undated = "" if plan else "before the trial, which is not in the calendar"
    reason = f"not recorded: {', '.join(blank)}"
    due = plan.planned if plan else None
    yield task("outcomes.baseline", raised, reason, due=due, latest=due, undated=undated)


def missing_baseline(scene: Scene) -> list[str]:
    """What of the leaflet's benefits has not been recorded yet."""
    symptom = "pain" if scene.facts.patient.indication == "pain" else "spasm"
    measured = {instrument(one.instrument).measures for one in scene.facts.all(Measured)}
    return [
        name
        for name, there in (
            (symptom, symptom in measured),
            ("oral medicines", scene.facts.last(OralMedicinesTaken)),
            ("side effects", scene.facts.last(SideEffectsAnswered)),
            ("activity", "activity" in measured or scene.facts.last(ActivityAnswered)),
        )
        if not there
    ]


@raises
def schedule_trial(scene: Scene) -> Iterator[Task]:
    """As soon as its gate is open."""
    raised = _referred(scene)
    planned = scheduled(scene.facts, Procedure.TRIAL)
    if raised and scene.gates["trial.schedule"].is_open and planned is None:
        yield task(
            "trial.schedule", raised, "nothing stands against it", undated="no published time"
        )


@raises
def consents(scene: Scene) -> Iterator[Task]:
    """Before each planned operation."""
    for procedure in _OPERATIONS:
        plan = scheduled(scene.facts, procedure)
        code = f"consent.{procedure}-risks"
        lack = _lacks(scene, f"{procedure}.start", code)
        if plan and lack:
            given = consent(scene.facts, procedure)
            reason = lack[0].reason if given else f"no consent to the {procedure} stands"
            yield task(
                "consent.obtain",
                plan.at,
                reason,
                about=procedure,
                due=plan.planned,
                latest=plan.planned,
            )


@raises
def anticoagulants(scene: Scene) -> Iterator[Task]:
    """Ask early enough that the longest published pause still fits; then stop each agent."""
    for procedure in _OPERATIONS:
        plan = scheduled(scene.facts, procedure)
        if plan is None:
            continue
        names = agents_taken(scene.facts)
        if names is None:
            longest = scene.figure("clopidogrel-pause")
            yield task(
                "anticoagulants.review",
                plan.at,
                f"the longest published pause is {longest}",
                longest,
                about=procedure,
                due=plan.planned - longest.delta,
                latest=plan.planned,
            )
        for name in names or ():
            yield from _stop(scene, name, procedure, plan.at, plan.planned)


def _stop(
    scene: Scene, name: str, procedure: Procedure, raised: datetime, planned: datetime
) -> Iterator[Task]:
    agent = taken_agent(scene.facts, name)
    stops = [one.at for one in scene.facts.all(AnticoagulantStopped) if one.agent == name]
    if stops and (agent is None or stops[-1] >= agent.at):
        return
    title, about = f"Stop {name}", f"{procedure}:{name}"
    view = View(scene.facts, scene.now, scene.settings)
    pause, figure = pause_of(view, agent) if agent else (None, None)
    used = (figure,) if figure else ()
    if pause is None:
        undated = "how long it must be off is not known: no published figure, or no half-life"
        reason = f"{name} thins the blood"
        yield task(
            "anticoagulant.stop", raised, reason, *used, about=about, title=title, undated=undated
        )
        return
    last = planned - pause
    reason = f"it must be off for {pause.total_seconds() / 3600:g} h before the {procedure}"
    yield task(
        "anticoagulant.stop",
        raised,
        reason,
        *used,
        about=about,
        title=title,
        due=last,
        latest=last,
    )


@raises
def preparation(scene: Scene) -> Iterator[Task]:
    """Skin and antibiotic before an incision."""
    for procedure in _OPERATIONS:
        plan = scheduled(scene.facts, procedure)
        if plan is None or plan.method is Method.BOLUS:
            continue
        gate = f"{procedure}.start"
        for lack in _lacks(scene, gate, "skin.prepared"):
            yield task(
                "skin.prepare",
                plan.at,
                lack.reason,
                about=procedure,
                due=plan.planned,
                latest=plan.planned,
            )
        figure = scene.figure("antibiotic-before")
        if _lacks(scene, gate, f"{procedure}.antibiotic"):
            yield task(
                "antibiotic.give",
                plan.at,
                f"within {figure} before the incision",
                figure,
                about=procedure,
                earliest=plan.planned - figure.delta,
                due=plan.planned,
                latest=plan.planned,
            )


@raises
def antibiotic_stop(scene: Scene) -> Iterator[Task]:
    """After an incision for which one was given."""
    incision = last_operation(scene.facts)
    if incision is None or _by_bolus(scene, incision):
        return
    given = any(one.at <= incision for one in scene.facts.all(AntibioticGiven))
    stopped = any(one.at >= incision for one in scene.facts.all(AntibioticStopped))
    if given and not stopped:
        figure = scene.figure("antibiotic-stop")
        end = incision + figure.delta
        reason = f"within {figure} of the incision"
        yield task("antibiotic.stop", incision, reason, figure, due=end, latest=end)


def _by_bolus(scene: Scene, at: datetime) -> bool:
    trial = scene.facts.last(TrialStarted)
    placed = scene.facts.last(Implanted)
    of_trial = trial is not None and trial.at == at and not (placed and placed.at == at)
    return of_trial and trial is not None and trial.method is Method.BOLUS
