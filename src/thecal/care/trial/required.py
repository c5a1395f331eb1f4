"""How long a patient must be observed: every rule that applies, and the strictest of them.

The leaflet counts from admission and a label from the dose. They do not agree, so each gives an
end of its own, and the latest end decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from thecal.care.facts import BolusGiven, Filled, History, Implanted
from thecal.care.settings import CareFigure, Settings, figures
from thecal.care.trial.period import Trial, first_doses

BACLOFEN = "baclofen"


@dataclass(frozen=True, slots=True)
class Required:
    """One rule's observation.

    Attributes:
        what: what it counts from, for a person.
        since: that instant.
        ends: the first instant at which it is satisfied.
    """

    what: str
    since: datetime
    ends: datetime
    figure: CareFigure


def _of(what: str, since: datetime, figure: CareFigure) -> Required:
    return Required(what, since, since + figure.delta, figure)


def required_in_trial(trial: Trial, settings: Settings) -> tuple[Required, ...]:
    """Every observation that a trial asks for: the leaflet's, and the labels'."""
    leaflet = _of("admission", trial.started.at, settings.figure("trial-observation"))
    return (
        leaflet,
        *_first_doses(first_doses(trial.facts), settings),
        *_screening(trial.facts, settings),
    )


def required_of_first_fill(facts: History, settings: Settings) -> tuple[Required, ...]:
    """What the labels ask after the first dose of each drug through the pump placed last."""
    return tuple(_first_doses(first_fills(facts), settings))


def first_fills(facts: History) -> dict[str, datetime]:
    """Drugs whose first fill of all came after the last operation, with that instant."""
    placed = facts.last(Implanted)
    first: dict[str, datetime] = {}
    for one in facts.all(Filled):
        for part in one.drugs:
            first.setdefault(part.drug, one.at)
    return {name: at for name, at in first.items() if placed and at >= placed.at}


def _first_doses(given: dict[str, datetime], settings: Settings) -> Iterator[Required]:
    for name, at in given.items():
        if _key(name) in figures():
            yield _of(f"first dose of {name}", at, settings.figure(_key(name)))


def _screening(facts: History, settings: Settings) -> Iterator[Required]:
    figure = settings.figure("screening-observation")
    for one in facts.all(BolusGiven):
        if one.drug == BACLOFEN:
            dose = float(Fraction(one.dose_ug))
            yield _of(f"screening dose of {dose:g} µg", one.at, figure)


def _key(drug: str) -> str:
    return f"first-dose-observation-{drug}"


def undated_first_doses(given: dict[str, datetime]) -> tuple[str, ...]:
    """Drugs given for which nobody published an observation after a first dose."""
    return tuple(name for name in given if name != BACLOFEN and _key(name) not in figures())


def strictest(required: tuple[Required, ...]) -> Required | None:
    """The one that ends last, None if there is none."""
    return max(required, key=lambda one: one.ends, default=None)
