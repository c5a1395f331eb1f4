"""Tasks of a trial: measure, end it, decide."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.care.facts import Indication, Measured, Method, Procedure
from thecal.care.gates.moment import pump_fact, scheduled
from thecal.care.instruments import instrument
from thecal.care.result import Task
from thecal.care.tasks.raising import Scene, raises, task
from thecal.care.trial import last_trial, required_in_trial, strictest


@raises
def measure(scene: Scene) -> Iterator[Task]:
    """Often enough that an effect is seen to have lasted."""
    trial = last_trial(scene.facts)
    if trial is None or trial.ended is not None:
        return
    pain = scene.facts.patient.indication is Indication.PAIN
    symptom = "pain" if pain else "spasm"
    scores = [
        one.at
        for one in trial.facts.all(Measured)
        if instrument(one.instrument).measures == symptom
    ]
    figure = scene.figure("trial-measuring-gap")
    due = max(scores, default=trial.started.at) + figure.delta
    reason = f"{symptom}: an effect over a longer gap than {figure} is not proven"
    yield task("trial.measure", trial.started.at, reason, figure, about=due.isoformat(), due=due)


@raises
def catheter(scene: Scene) -> Iterator[Task]:
    """When the strictest observation is over, or at once if the drug was stopped."""
    trial = last_trial(scene.facts)
    if trial is None or trial.catheter_out is not None:
        return
    required = required_in_trial(trial, scene.settings)
    last = strictest(required)
    if last is None:
        return
    due = trial.ended or last.ends
    reason = f"{last.figure} after {last.what}" if trial.ended is None else "the trial was stopped"
    title = "" if trial.started.method is Method.CATHETER else "End the screening"
    yield task(
        "trial.catheter",
        trial.started.at,
        reason,
        *(one.figure for one in required),
        title=title,
        earliest=due,
        due=due,
    )


@raises
def decide(scene: Scene) -> Iterator[Task]:
    """After a trial, while no permanent pump is planned or placed."""
    trial = last_trial(scene.facts)
    if trial is None or trial.ended is None or pump_fact(scene.facts):
        return
    ongoing = scheduled(scene.facts, Procedure.IMPLANT) or scheduled(scene.facts, Procedure.TRIAL)
    if ongoing or not scene.gates["trial.schedule"].requirements[0].stands:
        return
    gate = scene.gates["implant.schedule"]
    reason = "; ".join(f"{one.text}: {one.reason}" for one in gate.missing)
    open_ = "the permanent pump may be scheduled"
    yield task("trial.decide", trial.ended, reason or open_, undated="no published time")
