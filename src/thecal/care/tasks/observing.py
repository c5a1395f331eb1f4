"""Tasks at the bedside: the next row of the flow sheet, sedation, screening."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from thecal.care.facts import (
    BolusGiven,
    Discharged,
    Filled,
    History,
    Implanted,
    Observed,
    WatchEnded,
)
from thecal.care.instruments import acts_at, instrument
from thecal.care.result import Task
from thecal.care.settings import screenings
from thecal.care.tasks.raising import Scene, raises, task
from thecal.care.trial import first_doses, last_trial, next_screening_dose, screening_interval
from thecal.care.trial.required import BACLOFEN, first_fills
from thecal.formulary import drugs


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay in which the patient is observed: a trial that runs, or the days after placing.

    Attributes:
        doses: the first dose of each drug in it.
        facts: since it began.
    """

    doses: dict[str, datetime]
    facts: History


def stay_of(scene: Scene) -> Stay | None:
    """The stay under way, None if the patient is not in hospital."""
    placed, home = scene.facts.last(Implanted), scene.facts.last(Discharged)
    if placed is not None and (home is None or home.at < placed.at):
        return Stay(first_fills(scene.facts), scene.facts.since(placed.at))
    trial = last_trial(scene.facts)
    if trial is not None and trial.ended is None and placed is None:
        return Stay(first_doses(trial.facts), trial.facts)
    return None


@raises
def next_observation(scene: Scene) -> Iterator[Task]:
    """By the shortest interval in force among the drugs that have a schedule."""
    stay = stay_of(scene)
    if stay is None:
        return
    rows = [one.at for one in stay.facts.all(Observed)]
    following: list[tuple[datetime, str]] = []
    for name, given in stay.doses.items():
        schedule = scene.settings.schedule(name)
        last = max((at for at in rows if at >= given), default=given)
        every = schedule.every(last - given) if schedule else None
        if every is not None:
            following.append((last + every, name))
    if following:
        due, name = min(following)
        chosen = scene.settings.schedule(name)
        said = f"after {name}: {chosen}"
        yield task("observation.next", stay.doses[name], said, about=due.isoformat(), due=due,
                   latest=due)  # fmt: skip


@raises
def unknown_interval(scene: Scene) -> Iterator[Task]:
    """For every drug of the stay that has no published schedule."""
    stay = stay_of(scene)
    for name, given in (stay.doses if stay else {}).items():
        if scene.settings.schedule(name) is None and name not in screenings():
            reason = f"{name}: no published interval of observation"
            yield task(
                "observation.interval", given, reason, about=name, undated="no published figure"
            )


@raises
def sedation(scene: Scene) -> Iterator[Task]:
    """From the last row that recorded it."""
    rows = [one for one in scene.facts.all(Observed) if one.poss is not None]
    last = rows[-1] if rows else None
    if last is not None and last.poss is not None and acts_at(instrument("poss"), last.poss):
        reason = f"POSS {last.poss}"
        yield task("observation.sedation", last.at, reason, due=last.at, latest=last.at)


@raises
def changeover(scene: Scene) -> Iterator[Task]:
    """After a fill that differs from the one before, in drug or strength."""
    fills = scene.facts.all(Filled)
    if len(fills) < 2 or set(fills[-1].drugs) == set(fills[-2].drugs):  # noqa: PLR2004
        return
    figure, filled = scene.figure("changeover-observation"), fills[-1]
    end = None if figure.value is None else filled.at + figure.delta
    if end and any(one.at >= end for one in scene.facts.all(WatchEnded)):
        return
    names = ", ".join(part.drug for part in filled.drugs)
    undated = "" if end else "no published figure for how long; until this task is done"
    reason = f"the reservoir now holds {names}, in other strengths or drugs than before"
    yield task("observation.changeover", filled.at, reason, figure, due=end, undated=undated)


@raises
def screening_assessed(scene: Scene) -> Iterator[Task]:
    """As often as required within its time after the last screening dose."""
    dose = _last_screening(scene)
    if dose is None:
        return
    asked = screenings()[BACLOFEN]
    end = dose.at + asked.within
    seen = [one for one in scene.facts.all(Observed) if one.spasticity and dose.at <= one.at <= end]
    left = asked.times - len(seen)
    if left > 0:
        reason = f"{left} more within {asked.within.total_seconds() / 3600:g} h of the dose"
        yield task("screening.assess", dose.at, reason, due=end, latest=end)


def _last_screening(scene: Scene) -> BolusGiven | None:
    trial = last_trial(scene.facts)
    if trial is None or trial.ended is not None:
        return None
    given = [one for one in trial.facts.all(BolusGiven) if one.drug == BACLOFEN]
    return given[-1] if given else None


@raises
def next_step(scene: Scene) -> Iterator[Task]:
    """The next larger dose, once the label's interval is over, unless the last one worked."""
    dose, trial = _last_screening(scene), last_trial(scene.facts)
    gate = scene.gates["implant.schedule"]
    worked = all(one.code != "trial.success" for one in gate.missing)
    if dose is None or trial is None or worked:
        return
    following = next_screening_dose(trial.facts, scene.settings)
    if following is None:
        return
    least, limit = screening_interval()
    free = dose.at + least
    reason = f"at least {limit.low} after the last dose ({limit.source}); none has worked yet"
    title = f"Give the next screening dose, {float(following):g} µg"
    yield task("screening.next", dose.at, reason, title=title, earliest=free, due=free)


def withdrawal_of(names: Iterator[str]) -> str:
    """What the formulary says of withdrawal from these drugs, empty if nothing."""
    known = [drugs()[name] for name in names if name in drugs()]
    return " ".join(f"{one.name}: {one.withdrawal.text}" for one in known if one.withdrawal)
