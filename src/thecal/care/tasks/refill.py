"""Tasks of the refill cycle: the date, the missed one, the residual, the watch."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction

from thecal.care.clock import end_of_day, local_day, start_of_day
from thecal.care.facts import (
    Answer,
    Aspirated,
    DifferenceInvestigated,
    Filled,
    RefillBegun,
    WatchEnded,
)
from thecal.care.gates.moment import pump_fact, pump_model
from thecal.care.gates.refill import residual_findings
from thecal.care.result import Task, Urgency
from thecal.care.settings import CareFigure, figures
from thecal.care.tasks.observing import withdrawal_of
from thecal.care.tasks.raising import Scene, raises, task
from thecal.formulary import drugs
from thecal.therapy.findings import Severity
from thecal.units import VOLUME, show

_REMINDERS = ("refill-reminder-first", "refill-reminder-second", "refill-reminder-third")


def last_fill(scene: Scene) -> Filled | None:
    """The fill that the present pump runs on."""
    held, fill = pump_fact(scene.facts), scene.facts.last(Filled)
    return fill if held and fill and fill.at >= held.at else None


def refill_due(scene: Scene, fill: Filled) -> tuple[datetime | None, datetime | None]:
    """When the refill is due and the last safe instant: the ends of those local days."""
    days = [day for day in (fill.refill_due, fill.latest_safe) if day]
    due = end_of_day(min(days), scene.zone) if days else None
    latest = end_of_day(fill.latest_safe, scene.zone) if fill.latest_safe else None
    return due, latest


@raises
def refill(scene: Scene) -> Iterator[Task]:
    """By the nominal or the latest safe day, whichever comes first."""
    fill = last_fill(scene)
    if fill is None:
        return
    due, latest = refill_due(scene, fill)
    limit = latest or due
    if limit is not None and scene.now > limit:
        yield _missed(fill, limit, latest is not None)
        return
    steps = tuple(scene.figure(key) for key in _REMINDERS)
    unknown = "" if latest else "; the latest safe day is not known"
    yield task(
        "refill",
        fill.at,
        f"the fill of {show(fill.volume_ml, VOLUME)}{unknown}",
        *steps,
        urgency=_urgency(scene, limit, steps[1]),
        due=due,
        latest=latest,
        undated="" if due else "neither the nominal nor the latest safe day is known",
        reminders=_reminders(scene, fill, limit, steps),
    )


def _missed(fill: Filled, limit: datetime, safe: bool) -> Task:
    names = (part.drug for part in fill.drugs)
    what = "the latest safe day" if safe else "the nominal day (the latest safe one is not known)"
    reason = f"{what} has passed. {withdrawal_of(names) or 'No withdrawal is published.'}"
    return task("refill.missed", fill.at, reason, due=limit, latest=limit)


def _urgency(scene: Scene, limit: datetime | None, soon: CareFigure) -> Urgency:
    near = limit is not None and limit - scene.now <= soon.delta
    return Urgency.SOON if near else Urgency.ROUTINE


def _reminders(
    scene: Scene, fill: Filled, limit: datetime | None, steps: tuple[CareFigure, ...]
) -> tuple[datetime, ...]:
    """The beginnings of the local days on which somebody is told, the last safe day the last."""
    if limit is None:
        return ()
    day = local_day(limit, scene.zone)
    told = [day - timedelta(days=step.days) for step in steps] + [day]
    instants = (start_of_day(one, scene.zone) for one in told)
    return tuple(at for at in instants if at > fill.at)


@raises
def unknown_fill(scene: Scene) -> Iterator[Task]:
    """A pump in place of which no fill is recorded."""
    held = pump_fact(scene.facts)
    if held is not None and last_fill(scene) is None:
        figure = scene.figure("urgent-within")
        end = held.at + figure.delta
        reason = "a pump is in place, and no fill of it is recorded"
        yield task("refill.unknown", held.at, reason, figure, due=end, latest=end)


@raises
def investigate(scene: Scene) -> Iterator[Task]:
    """What the last aspirate tells, until somebody has looked into it."""
    drawn = scene.facts.last(Aspirated)
    looked = scene.facts.last(DifferenceInvestigated)
    if drawn is None or (looked is not None and looked.at >= drawn.at):
        return
    findings = residual_findings(scene.facts) or ()
    grave = [one.message for one in findings if one.severity is not Severity.NOTE]
    if grave:
        yield task("refill.investigate", drawn.at, "; ".join(grave), due=drawn.at, latest=drawn.at)


@raises
def pocket_fill(scene: Scene) -> Iterator[Task]:
    """Every aspirate that is off by more than the threshold of the reservoir's size."""
    figure = pocket_threshold(scene)
    held = pump_fact(scene.facts)
    for one in scene.facts.all(Aspirated):
        if figure is None or one.expected_ml is None or held is None or one.at < held.at:
            continue
        off = abs(one.volume_ml - one.expected_ml)
        if off > figure.known:
            reason = f"{show(off, VOLUME)} off the expected volume, more than {figure}"
            yield task("refill.pocket-fill", one.at, reason, figure, due=one.at, latest=one.at,
                       urgency=_after_fill(scene, one))  # fmt: skip


def _after_fill(scene: Scene, drawn: Aspirated) -> Urgency:
    """At once if the fill in question was given at this very visit; else its harm is past."""
    begun = [one.at for one in scene.facts.all(RefillBegun) if one.at <= drawn.at]
    fills = [one.at for one in scene.facts.all(Filled) if one.at <= drawn.at]
    same = bool(begun and fills and fills[-1] >= begun[-1])
    return Urgency.EMERGENCY if same else Urgency.URGENT


def pocket_threshold(scene: Scene) -> CareFigure | None:
    """The threshold for the reservoir in place, None where none is published."""
    pump = pump_model(scene.facts)
    size = pump.reservoir.value if pump and pump.reservoir else Fraction(0)
    key = f"pocket-fill-{size}-ml"
    return scene.figure(key) if key in figures() else None


@raises
def watch(scene: Scene) -> Iterator[Task]:
    """After every fill, for the clinic's own time; what it found is acted on."""
    fill = last_fill(scene)
    if fill is None:
        return
    figure = scene.figure("watch-after-refill")
    ended = [one for one in scene.facts.all(WatchEnded) if one.at >= fill.at]
    if not ended:
        end = None if figure.value is None else fill.at + figure.delta
        undated = "" if end else "no published figure for how long"
        reason = "a fill beside the reservoir cannot be seen otherwise"
        yield task("refill.watch", fill.at, reason, figure, due=end, undated=undated)
    for one in ended:
        if one.overdose_signs is Answer.YES:
            reason = _overdose(fill)
            yield task("refill.overdose", one.at, reason, due=one.at, latest=one.at)


def _overdose(fill: Filled) -> str:
    known = [drugs()[part.drug] for part in fill.drugs if part.drug in drugs()]
    told = [f"{one.name}: {one.overdose.text}" for one in known if one.overdose]
    return " ".join(told) or "no overdose is described for these drugs"
