"""What else there is to know: conflicts of rules, waivers, the clinic's own figures, blanks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from thecal.care.clock import shown
from thecal.care.facts import (
    BolusGiven,
    EffectLost,
    Event,
    Filled,
    History,
    Implanted,
    Observed,
    Procedure,
    Scheduled,
    TrialStarted,
    Waiver,
)
from thecal.care.gates import judge_gate
from thecal.care.gates.moment import pump_model
from thecal.care.gates.refill import residual_findings
from thecal.care.result import Note, Source
from thecal.care.rules import rule
from thecal.care.settings import screenings
from thecal.care.tasks.observing import stay_of
from thecal.care.tasks.raising import Scene
from thecal.care.tasks.refill import pocket_threshold
from thecal.care.trial import (
    Required,
    first_doses,
    last_trial,
    required_in_trial,
    required_of_first_fill,
    undated_first_doses,
)
from thecal.care.trial.required import BACLOFEN, first_fills
from thecal.care.usual import usual

Noter = Callable[[Scene], Iterator[Note]]


def notes_of(scene: Scene) -> tuple[Note, ...]:
    """Every note, in a fixed order."""
    return tuple(note for noter in _NOTERS for note in noter(scene))


def _rule_source(code: str) -> Source:
    one = rule(code)
    return Source(one.code, one.source, one.provenance)


def _stricter(scene: Scene) -> Iterator[Note]:
    """Where the leaflet and a label ask for different ends, the later applies."""
    trial = last_trial(scene.facts)
    required = required_in_trial(trial, scene.settings) if trial else ()
    yield from _explained(required, scene)
    yield from _explained(required_of_first_fill(scene.facts, scene.settings), scene)


def _explained(required: tuple[Required, ...], scene: Scene) -> Iterator[Note]:
    if len({one.figure.key for one in required}) < 2:  # noqa: PLR2004
        return
    said = "; ".join(
        f"{one.figure} after {one.what} ends at {shown(one.ends, scene.zone)}" for one in required
    )
    last = max(required, key=lambda one: one.ends)
    text = f"{said}. The stricter applies: {last.figure} after {last.what}."
    yield Note("observation.stricter", text, tuple(one.figure.as_source() for one in required))


def _first_dose_unknown(scene: Scene) -> Iterator[Note]:
    trial = last_trial(scene.facts)
    given = {**(first_doses(trial.facts) if trial else {}), **first_fills(scene.facts)}
    for name in undated_first_doses(given):
        text = f"{name}: no published figure for the observation after a first dose"
        yield Note("observation.first-dose-unknown", text)


def _closely(scene: Scene) -> Iterator[Note]:
    """While the close watch after a screening dose lasts."""
    asked = screenings()[BACLOFEN]
    given = [one for one in scene.facts.all(BolusGiven) if one.drug == BACLOFEN]
    if given and scene.now < given[-1].at + asked.closely_for:
        until = shown(given[-1].at + asked.closely_for, scene.zone)
        text = f"watch closely until {until}; how often: no published figure"
        yield Note("screening.closely", text, (asked.as_source(),))


def _gaps(scene: Scene) -> Iterator[Note]:
    """Where the flow sheet has a longer gap than the schedule in force at its start."""
    stay = stay_of(scene)
    rows = [one.at for one in stay.facts.all(Observed)] if stay else []
    for name, given in (stay.doses if stay else {}).items():
        schedule = scene.settings.schedule(name)
        times = [given, *(at for at in rows if at >= given)]
        for last, following in pairwise(times):
            every = schedule.every(last - given) if schedule else None
            if schedule and every and following - last > every:
                span = f"{shown(last, scene.zone)} and {shown(following, scene.zone)}"
                text = f"no observation between {span}; after {name}: {schedule}"
                yield Note("observation.gap", text, (schedule.as_source(),))


def _waivers(scene: Scene) -> Iterator[Note]:
    """Every waiver ever given, whether it still counts or not."""
    for one in scene.whole.all(Waiver):
        said = f"{one.requirement} waived at {shown(one.at, scene.zone)} by {one.role} {one.who}"
        yield Note("waiver", f"{said}: {one.reason}")


def _own(scene: Scene) -> Iterator[Note]:
    for figure in scene.settings.own.values():
        text = f"{figure.key} is {figure}, the clinic's own figure"
        yield Note("clinic.own-figure", text, (figure.as_source(),))
    for schedule in scene.settings.own_schedules.values():
        text = f"{schedule.drug} is observed {schedule}: the clinic's own figure"
        yield Note("clinic.own-schedule", text, (schedule.as_source(),))
    for code, reason in scene.settings.off.items():
        yield Note("clinic.switched-off", f"this clinic does without {code}: {reason}")


def _unusual(scene: Scene) -> Iterator[Note]:
    placed, fill, expected = scene.facts.last(Implanted), scene.facts.last(Filled), usual()
    said = []
    if placed and placed.anaesthesia not in (None, expected.anaesthesia):
        said.append(f"{placed.anaesthesia} anaesthesia; usually {expected.anaesthesia}")
    if placed and placed.pocket not in (None, expected.pocket):
        said.append(f"pocket elsewhere; usually {expected.pocket}")
    names = [part.drug for part in fill.drugs] if fill else []
    said += [f"{one} is not among the usual drugs" for one in names if one not in expected.drugs]
    for one in said:
        yield Note("implant.unusual", one, (expected.as_source(),))


def _leak(scene: Scene) -> Iterator[Note]:
    """Volumes cannot show a leak: said wherever somebody might take comfort in them."""
    if scene.facts.last(EffectLost) or residual_findings(scene.facts):
        text = "a leak or a dislodged catheter leaves the residual normal"
        yield Note("residual.leak-unseen", text, (_rule_source("practice.effect-path"),))


def _pocket_unknown(scene: Scene) -> Iterator[Note]:
    pump = pump_model(scene.facts)
    if pump is not None and pocket_threshold(scene) is None:
        text = f"{pump.name}: no published threshold for a fill beside the reservoir"
        yield Note("refill.pocket-fill-unknown", text, (_rule_source("practice.pocket-fill"),))


def _against_gates(scene: Scene) -> Iterator[Note]:
    """Steps that were taken although their gate was not open, as an import may bring them."""
    for index, one in enumerate(scene.whole.events):
        code = gate_of(one)
        if code is None:
            continue
        before = History(
            patient=scene.facts.patient, zone=scene.zone, events=scene.whole.events[:index]
        )
        gate = judge_gate(code, before, one.at, scene.settings)
        if not gate.is_open:
            lacks = "; ".join(f"{lack.text}: {lack.reason}" for lack in gate.missing)
            text = f"{gate.title} at {shown(one.at, scene.zone)} while the gate was {gate.state}"
            sources = tuple(source for lack in gate.missing for source in lack.sources)
            yield Note("conduct.against-gate", f"{text}. {lacks}", sources)


_SCHEDULES = {
    Procedure.TRIAL: "trial.schedule",
    Procedure.IMPLANT: "implant.schedule",
    Procedure.REPLACEMENT: "replacement.schedule",
}


def gate_of(event: Event) -> str | None:
    """The gate that a step had to pass, None if it had to pass none."""
    if isinstance(event, Scheduled):
        return _SCHEDULES.get(event.procedure)
    if isinstance(event, Implanted):
        return "replacement.start" if event.replaces else "implant.start"
    if isinstance(event, TrialStarted):
        return "trial.start"
    return "fill" if isinstance(event, Filled) else None


_NOTERS: tuple[Noter, ...] = (
    _stricter,
    _first_dose_unknown,
    _closely,
    _gaps,
    _waivers,
    _own,
    _unusual,
    _leak,
    _pocket_unknown,
    _against_gates,
)

NOTE_CODES = {
    "observation.stricter": "two rules ask for different observations: both, and which applies",
    "observation.first-dose-unknown": "a first dose for which no observation is published",
    "screening.closely": "the close watch after a screening dose, while it lasts",
    "observation.gap": "a gap in the flow sheet that is longer than the schedule",
    "waiver": "a waiver, whether it still counts or not",
    "clinic.own-figure": "a figure that the clinic has set, with the published one",
    "clinic.own-schedule": "an observation schedule that the clinic has set",
    "clinic.switched-off": "a requirement that the clinic does without, and why",
    "implant.unusual": "what the leaflet does not call usual",
    "residual.leak-unseen": "what a normal residual does not exclude",
    "refill.pocket-fill-unknown": "a reservoir for which no threshold is published",
    "conduct.against-gate": "a step that was taken although its gate was not open",
}
"""Every code of a note, and what it says."""
