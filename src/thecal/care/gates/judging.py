"""Judge a gate: each requirement is a small function that sees only the facts it reads.

So a fact that a requirement does not read cannot change its answer, whatever it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from thecal.care.facts import (
    Answer,
    Event,
    Explanted,
    History,
    Implanted,
    Patient,
    RefillBegun,
    TrialStarted,
    Waiver,
)
from thecal.care.gates.cards import (
    RequirementCard,
    gate_cards,
    requirement_cards,
    requirements_of,
)
from thecal.care.result import Gate, Requirement, Source
from thecal.care.rules import rule
from thecal.care.settings import PUBLISHED, CareFigure, Settings


@dataclass(frozen=True, slots=True)
class View:
    """What a requirement may look at.

    Attributes:
        facts: of the course under way, until ``now``, of the classes that it reads only.
        now: the instant of judgement.
    """

    facts: History
    now: datetime
    settings: Settings

    @property
    def patient(self) -> Patient:
        """What of the patient is no event."""
        return self.facts.patient

    @property
    def zone(self) -> ZoneInfo:
        """The clinic's time zone."""
        return self.facts.zone

    def figure(self, key: str) -> CareFigure:
        """A figure in force."""
        return self.settings.figure(key)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a requirement's function answers.

    Attributes:
        sources: of the figures that it applied.
    """

    answer: Answer
    reason: str
    sources: tuple[Source, ...] = ()

    @classmethod
    def of(cls, known: bool | None, reason: str, *figures: CareFigure) -> Reply:
        """Yes, no, or unknown (None), with the figures applied."""
        return cls(Answer.of(known), reason, tuple(one.as_source() for one in figures))


_BEGINS: dict[str, tuple[type[Event], ...]] = {
    "": (),
    "trial": (TrialStarted,),
    "operation": (TrialStarted, Implanted),
    "stay": (Implanted,),
    "refill": (RefillBegun,),
}
"""What begins the occasion of a waiver."""

Check = Callable[[View], Reply]
_CHECKS: dict[str, tuple[Check, tuple[type[Event], ...]]] = {}


def requirement(code: str, *reads: type[Event]) -> Callable[[Check], Check]:
    """Enter the function of a requirement.

    Args:
        code: as in ``gates.toml``.
        reads: the classes of facts that it looks at; it is given no others.
    """

    def enter(check: Check) -> Check:
        if code in _CHECKS:
            raise ValueError(f"requirement {code} is entered twice")
        _CHECKS[code] = (check, reads)
        return check

    return enter


def entered() -> frozenset[str]:
    """The codes of all requirements that have a function."""
    return frozenset(_CHECKS)


def reads_of(gate: str) -> frozenset[type[Event]]:
    """Every class of facts that can change a gate's answer."""
    read = {kind for card in requirements_of(gate) for kind in _CHECKS[card.code][1]}
    begins = {kind for card in requirements_of(gate) for kind in _BEGINS[card.occasion]}
    return frozenset({*read, *begins, Waiver, Explanted})


def course(history: History, now: datetime) -> History:
    """The facts of the course under way: until ``now``, and after the last explantation."""
    events = history.until(now).events
    ends = [index for index, one in enumerate(events) if isinstance(one, Explanted)]
    kept = events[ends[-1] + 1 :] if ends else events
    return History(patient=history.patient, zone=history.zone, events=kept)


def judge_gate(code: str, history: History, now: datetime, settings: Settings = PUBLISHED) -> Gate:
    """One gate at an instant.

    Args:
        code: such as ``trial.schedule``.
        history: every fact that stands; those after ``now`` do not count.
        now: aware.
        settings: the figures in force.

    Raises:
        KeyError: no such gate.
    """
    current = course(history, now)
    answered = tuple(answer(card, current, now, settings) for card in requirements_of(code))
    return Gate(code, gate_cards()[code].title, answered)


def judge_gates(history: History, now: datetime, settings: Settings) -> dict[str, Gate]:
    """Every gate by code, each requirement answered once; arguments as :func:`judge_gate`."""
    current = course(history, now)
    answers = {
        code: answer(card, current, now, settings) for code, card in requirement_cards().items()
    }
    return {
        code: Gate(code, card.title, tuple(answers[one.code] for one in requirements_of(code)))
        for code, card in gate_cards().items()
    }


def answer(
    card: RequirementCard, current: History, now: datetime, settings: Settings
) -> Requirement:
    """One requirement, on the facts of the course under way."""
    check, reads = _CHECKS[card.code]
    reply = check(View(current.only(reads), now, settings))
    rules = tuple(Source(one.code, one.source, one.provenance) for one in map(rule, card.rules))
    return Requirement(
        card.code,
        card.text,
        reply.answer,
        reply.reason,
        card.opens,
        (*rules, *reply.sources),
        _waiver(card, current),
        settings.off.get(card.code, "") if card.clinic_may_switch_off else "",
    )


def _waiver(card: RequirementCard, current: History) -> Waiver | None:
    """The latest waiver of this occasion by a role that may; any other counts for nothing."""
    begun = [one.at for one in current.events if isinstance(one, _BEGINS[card.occasion])]
    valid = [
        one
        for one in current.all(Waiver)
        if one.requirement == card.code
        and one.role in card.waivable_by
        and (not begun or one.at >= begun[-1])
    ]
    return valid[-1] if valid else None
