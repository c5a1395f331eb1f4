"""Whether the names in a fact are known: pumps, drugs, instruments, steps, requirements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from thecal import devices, formulary
from thecal.care.facts import (
    BolusGiven,
    EffectStepDone,
    Event,
    Filled,
    Implanted,
    InfusionStarted,
    LabelRead,
    Measured,
    Observed,
    PortInjectionPlanned,
    SurveillanceAnswered,
    TakenOver,
    Waiver,
)
from thecal.care.gates import requirement_cards
from thecal.care.instruments import ScoreError, acts_at, instrument, score
from thecal.care.tasks import effect_steps, surveillance_questions

Problem = tuple[tuple[str | int, ...], str]
"""Where in the fact, by the keys of a facts file, and what is wrong there."""


def name_problems(event: Event) -> Iterator[Problem]:
    """Every name in a fact that nothing knows, and every score that is none."""
    if isinstance(event, Implanted | TakenOver):
        yield from _unknown(("pump",), event.pump, devices.pumps())
        yield from _unknown(("catheter",), event.catheter, devices.catheters())
    elif isinstance(event, Measured):
        yield from _scored(("score",), lambda: score(event))
    elif isinstance(event, Observed):
        level = event.poss
        if level is not None:
            yield from _scored(("poss",), lambda: acts_at(instrument("poss"), level))
    elif isinstance(event, EffectStepDone):
        yield from _unknown(("step",), event.step, [one.id for one in effect_steps()])
    elif isinstance(event, SurveillanceAnswered):
        for name in event.answers:
            yield from _unknown(("answers", name), name, surveillance_questions())
    elif isinstance(event, Waiver):
        yield from _waived(event)
    else:
        yield from _drugs(event)


def _unknown(
    place: tuple[str | int, ...], name: str | None, known: Iterable[str]
) -> Iterator[Problem]:
    listed = list(known)
    if name is not None and name not in listed:
        yield place, f"unknown name '{name}'; expected one of: {', '.join(listed)}"


def _scored(place: tuple[str | int, ...], read: Callable[[], object]) -> Iterator[Problem]:
    try:
        read()
    except ScoreError as error:
        yield place, str(error)


def _waived(event: Waiver) -> Iterator[Problem]:
    card = requirement_cards().get(event.requirement)
    if card is None:
        yield from _unknown(("requirement",), event.requirement, requirement_cards())
    elif not card.waivable_by:
        yield ("requirement",), f"'{card.code}' can be waived by nobody"
    elif event.role not in card.waivable_by:
        allowed = ", ".join(card.waivable_by)
        yield ("role",), f"'{card.code}' is not waived by a {event.role}; expected: {allowed}"


def _drugs(event: Event) -> Iterator[Problem]:
    known = formulary.drugs()
    if isinstance(event, BolusGiven):
        yield from _unknown(("drug",), event.drug, known)
    elif isinstance(event, InfusionStarted):
        for index, name in enumerate(event.drugs):
            yield from _unknown(("drugs", index), name, known)
    elif isinstance(event, Filled | PortInjectionPlanned):
        for index, part in enumerate(event.drugs):
            yield from _unknown(("drugs", index, "drug"), part.drug, known)
    elif isinstance(event, LabelRead):
        for key, parts in (("label", event.label), ("ordered", event.ordered)):
            for index, part in enumerate(parts):
                yield from _unknown((key, index, "drug"), part.drug, known)
