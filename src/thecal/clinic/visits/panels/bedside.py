"""At the bedside: the flow sheet with its timers, the trial's verdict, the night after."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from thecal.care.trial import judge_trial, last_trial, required_in_trial, required_of_first_fill
from thecal.clinic.pathway.facts import Fact
from thecal.clinic.trials.models import Bolus, FlowRow, Function, Infusion, TrialStart, TrialStop
from thecal.clinic.visits.flows.occasions import course_began, operation
from thecal.clinic.visits.panels.registry import panel
from thecal.clinic.visits.panels.timers import periods, timers
from thecal.clinic.visits.scene import Scene

_DUE = ("observation.sedation", "observation.next", "observation.interval")
_SCREENING = ("screening.assess", "screening.next", "trial.measure")


def _sheet(scene: Scene, since: datetime | None, *kinds: type[Fact]) -> list[dict[str, Any]]:
    """The rows of the sheet and what was given between them, in order of time."""
    if since is None:
        return []
    found = [row for kind in kinds for row in scene.rows(kind, since)]
    found.sort(key=lambda one: (one.happened_at, one.recorded_at))
    return [{"row": one, "is_signs": isinstance(one, FlowRow)} for one in found]


def _notes(scene: Scene, *beside: str) -> list[str]:
    """Those about observing; ``beside`` are codes of what is of another stay."""
    notes = scene.pathway.notes if scene.pathway else ()
    told = (one for one in notes if one.code.startswith("observation."))
    return [one.text for one in told if one.code not in beside]


@panel("sheet")
def sheet(scene: Scene) -> Mapping[str, Any]:
    """The trial's."""
    began = course_began(scene)
    start = scene.last(TrialStart, began) if began else None
    trial = last_trial(scene.facts) if scene.facts else None
    required = required_in_trial(trial, scene.settings) if trial else ()
    since = start.happened_at if start else None
    return {
        "timers": timers(scene, *_DUE, *_SCREENING),
        "periods": periods(required, scene.now),
        "notes": _notes(scene),
        "sheet": _sheet(scene, since, FlowRow, Bolus, Infusion, Function, TrialStop),
    }


@panel("stay", "sheet")
def stay(scene: Scene) -> Mapping[str, Any]:
    """The night's."""
    required = required_of_first_fill(scene.facts, scene.settings) if scene.facts else ()
    return {
        "timers": timers(scene, *_DUE, "stay.discharge"),
        "periods": periods(required, scene.now),
        "notes": _notes(scene, "observation.stricter"),
        "sheet": _sheet(scene, operation(scene), FlowRow),
    }


@panel("verdict")
def verdict(scene: Scene) -> Mapping[str, Any]:
    """What the trial has shown so far, by the figures in force."""
    if scene.facts is None:
        return {"verdict": None}
    judged = judge_trial(scene.facts, scene.settings)
    return {
        "verdict": judged,
        "sources": [one.as_source() for one in judged.figures],
        "function": scene.last(Function, course_began(scene)),
    }
