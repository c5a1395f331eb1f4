"""Tasks while the pump runs: surveillance, effect lost, scans, benefit, scores to act on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from thecal.care.clock import local_day, start_of_day
from thecal.care.facts import (
    Answer,
    EffectLost,
    EffectPathEnded,
    EffectStepDone,
    Filled,
    Harm,
    HarmOccurred,
    Interrogated,
    Measured,
    MriPlanned,
    MriScanned,
    RefillBegun,
    StepResult,
    SurveillanceAnswered,
)
from thecal.care.gates.moment import pump_fact, pump_model
from thecal.care.gates.port import ASPIRATION
from thecal.care.instruments import instrument, score
from thecal.care.result import Task, Urgency
from thecal.care.tasks.cards import Step, effect_steps, surveillance_questions
from thecal.care.tasks.observing import withdrawal_of
from thecal.care.tasks.raising import Scene, raises, task
from thecal.care.tasks.refill import last_fill, refill_due
from thecal.devices import MriBehaviour


def _owed(scene: Scene, key: str, last: datetime) -> tuple[datetime | None, str]:
    """When something that belongs to every refill is due next, and why there is no date.

    Where the last refill visit passed without it, it has been due since that visit; else at the
    next refill, or by the clinic's own interval, whichever is first.
    """
    visit, fill = scene.facts.last(RefillBegun), last_fill(scene)
    if visit is not None and last < start_of_day(local_day(visit.at, scene.zone), scene.zone):
        return visit.at, ""
    figure = scene.figure(key)
    at_refill = refill_due(scene, fill)[0] if fill else None
    own = None if figure.value is None else last + figure.delta
    due = min((at for at in (own, at_refill) if at), default=None)
    return due, "" if due else "no published interval, and the refill's date is not known"


@raises
def surveillance(scene: Scene) -> Iterator[Task]:
    """While a pump is in place: since the last round, by the interval or at the refill."""
    held = pump_fact(scene.facts)
    if held is None:
        return
    rounds = [one.at for one in scene.facts.all(SurveillanceAnswered) if one.at >= held.at]
    last = rounds[-1] if rounds else held.at
    due, undated = _owed(scene, "surveillance-interval", last)
    figure = scene.figure("surveillance-interval")
    reason = "at every refill, and by the clinic's own interval if it has one"
    yield task("surveillance.ask", last, reason, figure, due=due, undated=undated)


@raises
def alarming_answers(scene: Scene) -> Iterator[Task]:
    """A task for each yes of any round, until a person closes it."""
    for one in scene.facts.all(SurveillanceAnswered):
        for name, said in one.answers.items():
            question = surveillance_questions().get(name)
            if question is not None and said is Answer.YES:
                yield _raised(scene, question.raises, one.at, name, question.text)


def _raised(scene: Scene, code: str, at: datetime, name: str, text: str) -> Task:
    figure = scene.figure("urgent-within")
    made = task(code, at, f"answered yes: {text}", figure, about=name, due=at, latest=at)
    if made.urgency is Urgency.EMERGENCY:
        return made
    end = at + figure.delta
    return task(code, at, made.reason, figure, about=name, due=end, latest=end)


_OF_HARM = {
    Harm.INFECTION: "infection.examine",
    Harm.GRANULOMA: "granuloma.image",
    Harm.PARALYSIS: "paralysis.examine",
}


@raises
def harms(scene: Scene) -> Iterator[Task]:
    """The leaflet's three, where one occurred; until a person closes it."""
    for one in scene.facts.all(HarmOccurred):
        if one.harm in _OF_HARM:
            figure = scene.figure("urgent-within")
            reason = f"{one.harm} is recorded"
            yield task(_OF_HARM[one.harm], one.at, reason, figure, about="harm", due=one.at)


@raises
def unanswered(scene: Scene) -> Iterator[Task]:
    """What the last round left unknown."""
    last = scene.facts.last(SurveillanceAnswered)
    if last is None:
        return
    blank = [
        name
        for name in surveillance_questions()
        if last.answers.get(name, Answer.UNKNOWN) is Answer.UNKNOWN
    ]
    if blank:
        figure = scene.figure("soon-within")
        reason = f"unanswered: {', '.join(blank)}"
        end = last.at + figure.delta
        yield task("surveillance.ask-again", last.at, reason, figure, due=end, latest=end)


def effect_path(scene: Scene) -> tuple[EffectLost, dict[str, StepResult]] | None:
    """The troubleshooting path under way and the results of its steps; None if none is."""
    lost, ended = scene.facts.last(EffectLost), scene.facts.last(EffectPathEnded)
    if lost is None or (ended is not None and ended.at >= lost.at):
        return None
    since = scene.facts.since(lost.at)
    return lost, {one.step: one.result for one in since.all(EffectStepDone)}


def next_effect_step(results: dict[str, StepResult]) -> Step | None:
    """The first step that is not done; what injects is left out if the aspiration failed."""
    failed = results.get(ASPIRATION, StepResult.NORMAL) is not StepResult.NORMAL
    for step in effect_steps():
        if step.id not in results and not (failed and step.needs_aspiration):
            return step
    return None


@raises
def effect(scene: Scene) -> Iterator[Task]:
    """The next step, in order; sooner where the drug's withdrawal is dangerous."""
    path = effect_path(scene)
    if path is None:
        return
    lost, results = path
    fill = last_fill(scene)
    danger = withdrawal_of(iter([part.drug for part in fill.drugs])) if fill else ""
    figure = scene.figure("urgent-within" if danger else "soon-within")
    urgency = Urgency.URGENT if danger else Urgency.SOON
    step = next_effect_step(results)
    end = lost.at + figure.delta
    if step is None:
        yield task("effect.conclude", lost.at, "every step is done", figure, due=end)
        return
    reason = danger or "the effect is lost, whatever the volumes say"
    if results.get(ASPIRATION, StepResult.NORMAL) is not StepResult.NORMAL:
        reason = f"the aspiration did not succeed: inject nothing. {reason}"
    yield task("effect.step", lost.at, reason, figure, about=step.id, title=step.text,
               urgency=urgency, due=end)  # fmt: skip


@raises
def before_scan(scene: Scene) -> Iterator[Task]:
    """What the gate of the scan still lacks."""
    plan, scan = scene.facts.last(MriPlanned), scene.facts.last(MriScanned)
    gate = scene.gates["mri.scan"]
    if plan is None or (scan is not None and scan.at >= plan.at) or gate.is_open:
        return
    reason = "; ".join(f"{one.text}: {one.reason}" for one in gate.missing)
    yield task("mri.prepare", plan.at, reason, due=plan.planned, latest=plan.planned)


@raises
def after_scan(scene: Scene) -> Iterator[Task]:
    """Interrogations, recovery, the program, and a pump that had to be emptied."""
    scan = scene.facts.last(MriScanned)
    if scan is None or pump_fact(scene.facts) is None:
        return
    lacks = {one.code: one for one in scene.gates["mri.close"].missing}
    late = scene.figure("mri-recovery")
    end = scan.at + late.delta
    if "mri.readings" in lacks:
        count, reason = scene.figure("mri-readings"), lacks["mri.readings"].reason
        yield task("mri.interrogate", scan.at, reason, count, late, due=scan.at, latest=end)
    recovered = lacks.get("mri.recovered")
    if recovered is not None and (recovered.answer is Answer.NO or scene.now > end):
        last = scene.facts.last(Interrogated)
        due = end if last is None or last.at < scan.at else last.at
        yield task("mri.not-recovered", scan.at, recovered.reason, late, due=due, latest=end)
    altered = lacks.get("mri.program-same")
    if altered is not None and altered.answer is Answer.NO:
        yield task("mri.program-altered", scan.at, altered.reason, due=scan.at)
    yield from _refill_after(scene, scan.at)


def _refill_after(scene: Scene, scanned: datetime) -> Iterator[Task]:
    pump, fill = pump_model(scene.facts), scene.facts.last(Filled)
    emptied = pump is not None and pump.mri is MriBehaviour.MUST_BE_EMPTY
    if pump and emptied and (fill is None or fill.at < scanned):
        reason = pump.mri_note.text if pump.mri_note else "it was emptied for the scan"
        yield task("mri.refill", scanned, reason, due=scanned)


@raises
def benefit(scene: Scene) -> Iterator[Task]:
    """After a pump was placed: by the clinic's own interval or at the refill."""
    held = pump_fact(scene.facts)
    if held is None:
        return
    symptom = "pain" if scene.facts.patient.indication == "pain" else "spasm"
    scores = [
        one.at
        for one in scene.facts.all(Measured)
        if one.at >= held.at and instrument(one.instrument).measures == symptom
    ]
    last = scores[-1] if scores else held.at
    due, undated = _owed(scene, "outcomes-interval", last)
    figure = scene.figure("outcomes-interval")
    reason = f"{symptom} against before treatment"
    yield task("outcomes.measure", last, reason, figure, due=due, undated=undated)


@raises
def scores_to_act_on(scene: Scene) -> Iterator[Task]:
    """Item 9 of any PHQ-9; the last score of each instrument that is at its cut-off."""
    last: dict[str, Measured] = {}
    for one in scene.facts.all(Measured):
        last[one.instrument] = one
        if score(one).item_9:
            yield task("score.item-9", one.at, f"item 9 is {one.item_9}", due=one.at, latest=one.at)
    figure = scene.figure("soon-within")
    for one in last.values():
        read = score(one)
        if read.acts and read.instrument.measures != "sedation":
            kind = read.instrument
            reason = f"{kind.name}: {one.score}, cut-off {kind.act_from} ({kind.act_source})"
            end = one.at + figure.delta
            yield task("score.act", one.at, reason, figure, about=kind.key, due=end, latest=end)
