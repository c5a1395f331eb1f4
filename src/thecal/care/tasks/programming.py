"""Tasks of a pump that asks for something: alarms, and programs of which nobody knows enough."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from thecal.care.facts import Came, Interrogated, ProgramSent
from thecal.care.gates.moment import pump_fact
from thecal.care.result import Task, Urgency
from thecal.care.tasks.raising import Scene, raises, task
from thecal.pump.controller.alarms import ALARMS, AlarmName
from thecal.pump.language import Priority


@raises
def alarms(scene: Scene) -> Iterator[Task]:
    """Every alarm that sounded when alarms were last read, since it was first read."""
    held = pump_fact(scene.facts)
    readings = [
        one
        for one in scene.facts.all(Interrogated)
        if held is not None and one.at >= held.at and (one.alarms or one.silent is not None)
    ]
    for name in readings[-1].alarms if readings else ():
        yield _alarm(scene, name, _since(readings, name))


def _since(readings: list[Interrogated], name: str) -> datetime:
    """The first of the readings without a gap in which it sounded."""
    since = readings[-1].at
    for one in reversed(readings):
        if name not in one.alarms:
            break
        since = one.at
    return since


def _alarm(scene: Scene, name: str, since: datetime) -> Task:
    known = ALARMS[AlarmName(name)] if name in set(AlarmName) else None
    reason = f"alarm {name}: {known.condition}" if known else f"alarm {name}"
    if known is not None and known.priority is Priority.CRITICAL:
        return task("pump.alarm", since, reason, about=name, urgency=Urgency.EMERGENCY,
                    due=since, latest=since)  # fmt: skip
    figure = scene.figure("urgent-within")
    end = since + figure.delta
    return task("pump.alarm", since, reason, figure, about=name, due=end, latest=end)


@raises
def unknown(scene: Scene) -> Iterator[Task]:
    """Each sending of which nobody knows what came."""
    told: dict[str, list[ProgramSent]] = {}
    for one in scene.facts.all(ProgramSent):
        told.setdefault(one.session, []).append(one)
    for session, said in told.items():
        if all(one.came is Came.UNKNOWN for one in said):
            begun = said[0].at
            reason = f"program {said[0].digest[:12]} was sent, and nothing was read back since"
            yield task("program.unknown", begun, reason, about=session, due=begun, latest=begun)


@raises
def mismatch(scene: Scene) -> Iterator[Task]:
    """The last thing known to have come of a sending, if the pump then held another program."""
    known = [one for one in scene.facts.all(ProgramSent) if one.came is not Came.UNKNOWN]
    acted = [one for one in known if one.came is not Came.NOT_DONE]
    if acted and acted[-1].came is Came.MISMATCH:
        last = acted[-1]
        reason = f"it does not hold program {last.digest[:12]}"
        yield task("program.mismatch", last.at, reason, due=last.at, latest=last.at)
