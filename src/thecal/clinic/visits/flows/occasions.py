"""When an occasion began and whether it was carried out: what counts for this visit alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from thecal.care.gates.moment import pump_fact, pump_model
from thecal.clinic.appointments.models import Appointment
from thecal.clinic.implants.models import Discharge, Implant
from thecal.clinic.pathway.facts import Fact
from thecal.clinic.pathway.words import Procedure
from thecal.clinic.trials.models import TrialStart
from thecal.clinic.visits.engine import Call, Calls
from thecal.clinic.visits.scene import Scene
from thecal.clinic.visits.steps import Words
from thecal.devices import Pump


@dataclass(frozen=True, slots=True)
class Occasion:
    """One operation, planned or carried out.

    Attributes:
        since: what happened before does not count for it; None before care began.
        carried_out: its instant, None if it is still to be.
    """

    since: datetime | None
    carried_out: datetime | None


def course_began(scene: Scene) -> datetime | None:
    """When the course of care under way began; None if it has not."""
    return scene.facts.events[0].at if scene.facts and scene.facts.events else None


def _occasion(scene: Scene, procedure: Procedure, kind: type[Fact], **columns: Any) -> Occasion:
    began = course_began(scene)
    done = [one.happened_at for one in scene.rows(kind, began, **columns)]
    planned = scene.last(Appointment, began, procedure=procedure)
    is_planned_again = bool(done and planned and planned.happened_at > done[0])
    carried_out = done[0] if done and not is_planned_again else None
    return Occasion(_operation_before(scene, carried_out, began), carried_out)


def _operation_before(
    scene: Scene, carried_out: datetime | None, began: datetime | None
) -> datetime | None:
    """The last trial or operation before this one: what was prepared for that counts no more."""
    rows = [*scene.rows(TrialStart, began), *scene.rows(Implant, began)]
    before = [one.happened_at for one in rows if one.happened_at < (carried_out or scene.now)]
    return max(before, default=began)


def trial(scene: Scene) -> Occasion:
    """The trial that runs, was last, or is planned after that."""
    return _occasion(scene, Procedure.TRIAL, TrialStart)


def implant(scene: Scene) -> Occasion:
    """The first pump's placing."""
    return _occasion(scene, Procedure.IMPLANT, Implant, replaces=False)


def replacement(scene: Scene) -> Occasion:
    """The replacement at hand; one that has healed is over, and the next is an occasion anew."""
    last = _occasion(scene, Procedure.REPLACEMENT, Implant, replaces=True)
    if last.carried_out and scene.stage not in {"in-hospital", "healing"}:
        return Occasion(last.carried_out, None)
    return last


def operation(scene: Scene) -> datetime | None:
    """When a pump was placed last here, None if none was."""
    placed = scene.last(Implant, course_began(scene))
    return placed.happened_at if placed else None


def stay(scene: Scene) -> datetime | None:
    """When the stay in hospital began that is not over; None if the patient is at home."""
    placed = operation(scene)
    home = scene.last(Discharge, placed) if placed else None
    return None if home else placed


def has_pump(scene: Scene) -> bool:
    """Whether the patient has a pump, placed here or elsewhere."""
    return scene.facts is not None and pump_fact(scene.facts) is not None


def pump(scene: Scene) -> Pump | None:
    """The catalogue's entry of the patient's pump, None if its model is not known."""
    return pump_model(scene.facts) if scene.facts else None


def now(why: Words) -> Calls:
    """The record calls for it."""
    return Calls(Call.NOW, why)


def may(why: Words) -> Calls:
    """It can be begun."""
    return Calls(Call.MAY, why)


def not_now(why: Words) -> Calls:
    """Not at this stage."""
    return Calls(Call.NOT, why)
