"""The pathway as a stepper: six steps, each with its gates, and where the patient stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from thecal import care
from thecal.care.facts import TakenOver, TrialStarted


class Where(StrEnum):
    """How a step stands to the patient."""

    BEHIND = "behind"
    HERE = "here"
    AHEAD = "ahead"
    ELSEWHERE = "elsewhere"
    """The patient came with a pump: nothing of it is recorded here."""
    OFF = "off"
    """Care has ended, or this is no way for the patient."""


_STEPS = (
    ("selection", _("Selection"), ("trial.schedule",)),
    ("trial", _("Trial"), ("trial.start", "screening.bolus", "trial.end")),
    ("decision", _("Decision"), ("implant.schedule",)),
    ("operation", _("Operation and stay"), ("implant.start", "implant.discharge")),
    ("healing", _("Healing of the wound"), ()),
    (
        "follow-up",
        _("Life with the pump"),
        (
            "fill",
            "refill.close",
            "program.send",
            "port.inject",
            "effect.inject",
            "mri.scan",
            "mri.close",
            "replacement.schedule",
            "replacement.start",
        ),
    ),
)
_PLACE = {
    care.Stage.SELECTION: 0,
    care.Stage.READY_FOR_TRIAL: 0,
    care.Stage.TRIAL_SCHEDULED: 1,
    care.Stage.IN_TRIAL: 1,
    care.Stage.DECISION: 2,
    care.Stage.IMPLANT_SCHEDULED: 3,
    care.Stage.IN_HOSPITAL: 3,
    care.Stage.HEALING: 4,
    care.Stage.FOLLOW_UP: 5,
    care.Stage.LOST_EFFECT: 5,
    care.Stage.END_OF_SERVICE: 5,
}
STAGES = {
    care.Stage.SELECTION: _("Being selected: something that must come before a trial is missing"),
    care.Stage.READY_FOR_TRIAL: _("Ready for a trial"),
    care.Stage.TRIAL_SCHEDULED: _("The trial is scheduled"),
    care.Stage.IN_TRIAL: _("In the trial"),
    care.Stage.DECISION: _("The trial is over: a decision is due"),
    care.Stage.IMPLANT_SCHEDULED: _("The operation is scheduled"),
    care.Stage.IN_HOSPITAL: _("In hospital after the operation"),
    care.Stage.HEALING: _("At home: the wound heals"),
    care.Stage.FOLLOW_UP: _("Followed up"),
    care.Stage.LOST_EFFECT: _("The effect was lost: the cause is searched for"),
    care.Stage.END_OF_SERVICE: _("The pump comes to the end of its life"),
    care.Stage.EXPLANTED: _("The pump was taken out"),
    care.Stage.NOT_A_CANDIDATE: _("No candidate for a pump"),
    care.Stage.ENDED: _("Care has ended"),
}
"""Each stage in words."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the stepper."""

    key: str
    title: str
    where: Where
    gates: tuple[care.Gate, ...]

    @property
    def closed(self) -> int:
        """How many of its gates are not open."""
        return sum(not gate.is_open for gate in self.gates)


def steps(pathway: care.Pathway, history: care.History) -> tuple[Step, ...]:
    """The steps, in their order."""
    here = _PLACE.get(pathway.stage)
    came_with_pump = bool(history.all(TakenOver)) and not history.all(TrialStarted)
    gates = {one.code: one for one in pathway.gates}
    return tuple(
        Step(
            key,
            str(title),
            _where(place, here, came_with_pump),
            tuple(gates[code] for code in codes if code in gates and not _is_over(gates[code])),
        )
        for place, (key, title, codes) in enumerate(_STEPS)
    )


def _is_over(gate: care.Gate) -> bool:
    """Whether it led to the pump that is in place: nothing opens it again, and nothing waits."""
    return gate.code == "implant.start" and any(
        one.code == "pump.none" and not one.stands for one in gate.requirements
    )


def _where(place: int, here: int | None, came_with_pump: bool) -> Where:
    if here is None:
        return Where.OFF
    if place == here:
        return Where.HERE
    if place > here:
        return Where.AHEAD
    return Where.ELSEWHERE if came_with_pump else Where.BEHIND


def place_of(stage: care.Stage) -> str:
    """The key of the step where a stage stands; empty off the pathway."""
    here = _PLACE.get(stage)
    return "" if here is None else _STEPS[here][0]
