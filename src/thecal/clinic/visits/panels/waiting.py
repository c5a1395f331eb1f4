"""What the pathway waits for: open tasks with their times, one requirement with its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thecal.clinic.visits.panels.registry import Shows, panel
from thecal.clinic.visits.panels.timers import timers
from thecal.clinic.visits.scene import Scene


def _of_tasks(*codes: str) -> Shows:
    def shows(scene: Scene) -> Mapping[str, Any]:
        return {"timers": timers(scene, *codes)}

    return shows


def _of_requirement(code: str) -> Shows:
    def shows(scene: Scene) -> Mapping[str, Any]:
        return {"requirement": scene.requirement(code)}

    return shows


for _name, _codes in {
    "baseline": ("outcomes.baseline",),
    "due-wound": ("wound.check",),
    "due-closures": ("closures.remove",),
    "service": ("pump.replace",),
    "withdrawal": ("explant.withdrawal",),
}.items():
    panel(_name, "tasks")(_of_tasks(*_codes))
panel("requirement-blood", "requirement")(_of_requirement("anticoagulation.clear"))
