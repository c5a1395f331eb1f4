"""Where a flow stands: every step, what is done, what is next, and what keeps the rest closed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from thecal import care
from thecal.clinic.pathway.gates import NOBODY_KNOWS
from thecal.clinic.people.roles import Role
from thecal.clinic.record.actions import table
from thecal.clinic.record.gates import Closed
from thecal.clinic.visits.scene import Scene
from thecal.clinic.visits.steps import Done, Step, Words


class Call(StrEnum):
    """Whether a flow is for now."""

    NOW = "now"
    """The record calls for it."""
    MAY = "may"
    """It can be begun at any time."""
    NOT = "not"
    """Not at this stage."""


@dataclass(frozen=True, slots=True)
class Calls:
    """Whether a flow is for now, and why."""

    call: Call
    why: Words


@dataclass(frozen=True, slots=True)
class Flow:
    """A visit as a list of steps.

    Attributes:
        key: its name in addresses.
        title: for people.
        help: what it is for, in plain words.
        steps: for a patient; most flows have the same for all.
        calls: whether it is for now.
    """

    key: str
    title: Words
    help: Words
    steps: Callable[[Scene], Sequence[Step]]
    calls: Callable[[Scene], Calls]


@dataclass(frozen=True, slots=True)
class StepNow:
    """A step as the record has it now.

    Attributes:
        after: the steps that come first and are not done.
        closed: what keeps the pathway's gate closed.
        met: the gate's requirements that stand.
    """

    step: Step
    done: Done
    after: tuple[Step, ...] = ()
    closed: tuple[Closed, ...] = ()
    met: tuple[care.Requirement, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it can be done now."""
        return not self.after and not self.closed

    @property
    def can_be_passed(self) -> bool:
        """Whether a person may go through all that is closed by a signed reason."""
        return not self.after and all(one.override_roles for one in self.closed)

    @property
    def roles(self) -> list[Role]:
        """Who may do its own action."""
        held = table()[self.step.actions[0]].roles if self.step.actions else frozenset()
        return [role for role in Role if role in held]


@dataclass(frozen=True, slots=True)
class Standing:
    """A flow as the record has it now.

    Attributes:
        current: the first step that is not done and that others wait for; None if all are.
    """

    flow: Flow
    calls: Calls
    steps: tuple[StepNow, ...]
    current: StepNow | None

    @property
    def is_over(self) -> bool:
        """Whether all that must be done is."""
        return self.current is None

    @property
    def is_begun(self) -> bool:
        """Whether a step that others wait for is done."""
        return any(one.done.so and not one.step.optional for one in self.steps)

    @property
    def is_under_way(self) -> bool:
        """Whether it was begun and goes on."""
        return self.is_begun and not self.is_over

    @property
    def count(self) -> tuple[int, int]:
        """How many of the steps that others wait for are done, and how many there are."""
        needed = [one for one in self.steps if not one.step.optional]
        return sum(one.done.so for one in needed), len(needed)

    def find(self, key: str) -> StepNow | None:
        """The step of a name, None if the flow has none."""
        return next((one for one in self.steps if one.step.key == key), None)


def stand(flow: Flow, scene: Scene) -> Standing:
    """Where a patient stands in a flow."""
    found: list[StepNow] = []
    waiting: list[Step] = []
    current: StepNow | None = None
    for step in flow.steps(scene):
        if not step.asked(scene):
            continue
        done = step.done(scene)
        now = StepNow(step, done, tuple(waiting), *_gate(step, scene, done))
        found.append(now)
        if not done.so and not step.optional:
            current = current or now
            waiting.append(step)
    return Standing(flow, flow.calls(scene), tuple(found), current)


def _gate(
    step: Step, scene: Scene, done: Done
) -> tuple[tuple[Closed, ...], tuple[care.Requirement, ...]]:
    """What keeps a step closed, and what of its gate stands; of a step done nothing is asked."""
    if done.so:
        return (), ()
    beside = tuple(step.closes(scene))
    if not step.gate:
        return beside, ()
    if scene.history is None:
        return (NOBODY_KNOWS, *beside), ()
    gate = care.judge_gate(step.gate, scene.history, scene.now, scene.settings)
    asked = [one for one in gate.requirements if not step.only or one.code in step.only]
    missing = tuple(closed(one) for one in asked if not one.stands)
    return (*missing, *beside), tuple(one for one in asked if one.stands)


def closed(one: care.Requirement) -> Closed:
    """A requirement that does not stand, as what keeps a step closed."""
    card = care.requirement_cards()[one.code]
    return Closed(
        one.code,
        (f"{one.text}: {one.reason}",),
        "; ".join(map(str, one.sources)),
        one.opens,
        frozenset(Role(role.value) for role in card.waivable_by),
    )


_flows: dict[str, Flow] = {}


def enter(flow: Flow) -> Flow:
    """Add a flow.

    Raises:
        ValueError: its name is taken.
    """
    if flow.key in _flows:
        raise ValueError(f"two flows are called {flow.key}")
    _flows[flow.key] = flow
    return flow


def flows() -> tuple[Flow, ...]:
    """Every flow, in the order of care."""
    return tuple(_flows.values())


def flow(key: str) -> Flow:
    """The flow of a name.

    Raises:
        KeyError: there is none.
    """
    return _flows[key]
