"""Tasks after an operation: the stay, the wound, the closures, and a pump that came out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from thecal.care.clock import at_local, day_after, local_day, same_time_after, start_of_day
from thecal.care.clock import wall_time as clock_time
from thecal.care.facts import (
    Answer,
    Closure,
    ClosuresRemoved,
    Discharged,
    Explanted,
    Filled,
    History,
    Implanted,
    WoundChecked,
)
from thecal.care.gates.moment import pump_fact, pump_model
from thecal.care.result import Task
from thecal.care.tasks.observing import withdrawal_of
from thecal.care.tasks.raising import Scene, raises, task
from thecal.care.trial import required_of_first_fill


@raises
def discharge(scene: Scene) -> Iterator[Task]:
    """When the night is over and every first dose was observed for its time."""
    placed, home = scene.facts.last(Implanted), scene.facts.last(Discharged)
    if placed is None or (home is not None and home.at >= placed.at):
        return
    required = required_of_first_fill(scene.facts, scene.settings)
    figures = (scene.figure("overnight-until"), *(one.figure for one in required))
    due = max([morning_after(scene, placed.at), *(one.ends for one in required)])
    reason = "overnight, and every first dose observed for its time; the later decides"
    yield task("stay.discharge", placed.at, reason, *figures, earliest=due, due=due)


def morning_after(scene: Scene, at: datetime) -> datetime:
    """When an overnight stay that began at an instant is over."""
    day = local_day(at, scene.zone) + timedelta(days=1)
    return at_local(day, clock_time(scene.figure("overnight-until").delta), scene.zone)


def _operations(scene: Scene) -> Iterator[tuple[datetime, Closure | None, History]]:
    """Each wound that was made last: its instant, its closure, and the facts since."""
    for one in (scene.whole.last(Implanted), scene.whole.last(Explanted)):
        if one is not None:
            yield one.at, one.closure, scene.whole.since(one.at)


@raises
def wound(scene: Scene) -> Iterator[Task]:
    """Within so many local days of the operation's day, until somebody says how it looks."""
    figure = scene.figure("wound-check")
    for at, _, since in _operations(scene):
        seen = [one for one in since.all(WoundChecked) if one.healthy is not Answer.UNKNOWN]
        if not seen:
            yield task(
                "wound.check",
                at,
                f"within {figure} of the procedure",
                figure,
                earliest=morning_after(scene, at),
                due=same_time_after(at, figure.days, scene.zone),
                latest=day_after(at, figure.days, scene.zone),
            )


@raises
def wound_unhealthy(scene: Scene) -> Iterator[Task]:
    """Every wound check that was not healthy."""
    figure = scene.figure("urgent-within")
    for one in scene.whole.all(WoundChecked):
        if one.healthy is Answer.NO:
            end = one.at + figure.delta
            reason = "the wound was not healthy"
            yield task("infection.examine", one.at, reason, figure, about="wound", due=end,
                       latest=end)  # fmt: skip


@raises
def closures(scene: Scene) -> Iterator[Task]:
    """About so many days after; a closure that was not recorded is looked for too."""
    figure, about = scene.figure("closures-out"), scene.figure("closures-about")
    for at, closure, since in _operations(scene):
        if closure is Closure.ABSORBABLE or since.last(ClosuresRemoved):
            continue
        day = local_day(at, scene.zone) + timedelta(days=figure.days - about.days)
        known = str(closure) if closure else "how it was closed was not recorded"
        yield task(
            "closures.remove",
            at,
            f"{known}; about {figure} after the procedure",
            figure,
            about,
            earliest=start_of_day(day, scene.zone),
            due=same_time_after(at, figure.days, scene.zone),
            latest=day_after(at, figure.days + about.days, scene.zone),
        )


@raises
def withdrawal(scene: Scene) -> Iterator[Task]:
    """When a pump came out: of the drugs that its last fill held."""
    out = scene.whole.last(Explanted)
    fills = [one for one in scene.whole.all(Filled) if out and one.at <= out.at]
    if out is None or pump_fact(scene.facts):
        return
    names = [part.drug for part in fills[-1].drugs] if fills else []
    reason = withdrawal_of(iter(names)) or (
        f"{', '.join(names)}: no published withdrawal" if names else "what it held is not known"
    )
    yield task("explant.withdrawal", out.at, reason, due=out.at)


@raises
def model(scene: Scene) -> Iterator[Task]:
    """What hangs on the model stays unknown until it is recorded."""
    held = pump_fact(scene.facts)
    if held is not None and pump_model(scene.facts) is None:
        end = held.at + scene.figure("soon-within").delta
        reason = "its accuracy, service life and behaviour in a scanner depend on it"
        yield task("pump.model", held.at, reason, scene.figure("soon-within"), due=end)
