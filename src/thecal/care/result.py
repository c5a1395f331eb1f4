"""What the pathway gives: a stage, gates with their reasons, tasks with their windows, notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from thecal.care.facts import Answer, Waiver
from thecal.units import Provenance


class Stage(StrEnum):
    """Where the patient stands."""

    SELECTION = "selection"
    """Referred; something that must come before a trial is missing."""
    READY_FOR_TRIAL = "ready-for-trial"
    TRIAL_SCHEDULED = "trial-scheduled"
    IN_TRIAL = "in-trial"
    DECISION = "decision"
    """The trial is over; a permanent pump is not scheduled."""
    IMPLANT_SCHEDULED = "implant-scheduled"
    IN_HOSPITAL = "in-hospital"
    """A pump was placed; the patient has not gone home."""
    HEALING = "healing"
    """At home; the wound is not checked, or closures are still in."""
    FOLLOW_UP = "follow-up"
    LOST_EFFECT = "lost-effect"
    """The troubleshooting path runs."""
    END_OF_SERVICE = "end-of-service"
    """The replacement indicator is up, or the pump's service life ends within its notice."""
    EXPLANTED = "explanted"
    NOT_A_CANDIDATE = "not-a-candidate"
    """By an indication answered no, by psychology, or by the trial."""
    ENDED = "ended"


class GateState(StrEnum):
    """Whether a step may be taken. Only ``open`` lets it."""

    OPEN = "open"
    CLOSED = "closed"
    """At least one requirement is not met."""
    UNKNOWN = "unknown"
    """None is known to fail, but of one or more it is not known."""


class Urgency(StrEnum):
    """How soon a task must be begun."""

    EMERGENCY = "emergency"
    """At once."""
    URGENT = "urgent"
    SOON = "soon"
    ROUTINE = "routine"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule or a figure comes from.

    Attributes:
        rule: the rule's code, such as ``leaflet.1``.
        text: where it is published.
        provenance: how it is known.
        figure: the figure applied, with its unit; empty if the rule has none.
        own: whether that is the clinic's own figure.
        default: the published figure beside it, with its source; empty unless ``own``.
    """

    rule: str
    text: str
    provenance: Provenance
    figure: str = ""
    own: bool = False
    default: str = ""

    def __str__(self) -> str:
        """For a person: the figure, whose it is, where it is from."""
        head = f"{self.figure}, " if self.figure else ""
        if self.own:
            return f"{self.rule}: {head}the clinic's own figure; published: {self.default}"
        return f"{self.rule}: {head}{self.text} ({self.provenance})"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement of a gate, answered.

    Attributes:
        code: such as ``psychology.cleared``.
        text: what must be so.
        answer: whether it is.
        reason: why that is the answer, in one sentence.
        opens: what would meet it.
        waiver: who took it upon themselves, None if nobody; shown ever after.
        switched_off: the clinic's reason to do without it; empty if it is in force.
    """

    code: str
    text: str
    answer: Answer
    reason: str
    opens: str
    sources: tuple[Source, ...]
    waiver: Waiver | None = None
    switched_off: str = ""

    @property
    def stands(self) -> bool:
        """Whether it lets the gate open. Unknown does not."""
        return self.answer is Answer.YES or self.waiver is not None or bool(self.switched_off)


@dataclass(frozen=True, slots=True)
class Gate:
    """One step that may or may not be taken.

    Attributes:
        code: such as ``trial.schedule``.
        title: the step.
        requirements: all of them, met or not.
    """

    code: str
    title: str
    requirements: tuple[Requirement, ...]

    @property
    def missing(self) -> tuple[Requirement, ...]:
        """The requirements that keep it from being open: the reasons."""
        return tuple(one for one in self.requirements if not one.stands)

    @property
    def waived(self) -> tuple[Requirement, ...]:
        """The requirements that only a waiver passes."""
        return tuple(
            one for one in self.requirements if one.waiver and one.answer is not Answer.YES
        )

    @property
    def state(self) -> GateState:
        """Open if all stand; closed if one is known not to be met; else unknown."""
        if not self.missing:
            return GateState.OPEN
        if any(one.answer is Answer.NO for one in self.missing):
            return GateState.CLOSED
        return GateState.UNKNOWN

    @property
    def is_open(self) -> bool:
        """Whether the step may be taken; an unknown gate is not open."""
        return self.state is GateState.OPEN


@dataclass(frozen=True, slots=True)
class Task:
    """Something that a person has to do.

    Attributes:
        code: such as ``wound.check``; the kind of task.
        key: of this very task, the same at every evaluation: the code, and the fact's instant.
        title: what to do.
        reason: why, in one sentence.
        raised: the instant of the fact that raised it.
        earliest: not before; None if at any time.
        due: when; None only if ``undated`` says why.
        latest: the last instant at which it is in time; None if no limit is known.
        undated: why it has no due date; empty if it has one.
        reminders: instants at which somebody is told, the last the most insistent.
    """

    code: str
    key: str
    title: str
    reason: str
    urgency: Urgency
    raised: datetime
    sources: tuple[Source, ...]
    earliest: datetime | None = None
    due: datetime | None = None
    latest: datetime | None = None
    undated: str = ""
    reminders: tuple[datetime, ...] = ()

    def __post_init__(self) -> None:
        if (self.due is None) == (not self.undated):
            raise ValueError(f"{self.code} needs a due date, or else a reason for having none")

    def is_overdue(self, now: datetime) -> bool:
        """Whether its last instant (or, without one, its due date) has passed."""
        limit = self.latest or self.due
        return limit is not None and now > limit


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know that nobody has to do: a conflict of two rules, a waiver, a blank.

    Attributes:
        code: such as ``observation.stricter``.
    """

    code: str
    text: str
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Pathway:
    """Everything that the facts say at one instant.

    Attributes:
        at: the instant.
        gates: every gate, in the pathway's order.
        tasks: those that are open, the most pressing first.
        notes: what else there is to know.
    """

    at: datetime
    stage: Stage
    gates: tuple[Gate, ...]
    tasks: tuple[Task, ...]
    notes: tuple[Note, ...]

    def gate(self, code: str) -> Gate:
        """The gate of a code.

        Raises:
            KeyError: no such gate; the message lists those there are.
        """
        for one in self.gates:
            if one.code == code:
                return one
        known = ", ".join(one.code for one in self.gates)
        raise KeyError(f"unknown gate '{code}'; expected one of: {known}")

    def task(self, code: str) -> tuple[Task, ...]:
        """The open tasks of a code."""
        return tuple(one for one in self.tasks if one.code == code)
