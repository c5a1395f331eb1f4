"""The operation: what must stand before it, and what was placed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from thecal.clinic.appointments.models import Appointment
from thecal.clinic.implants.models import Implant
from thecal.clinic.pathway.words import Procedure
from thecal.clinic.pumps.models import Device
from thecal.clinic.visits.engine import Calls, Flow
from thecal.clinic.visits.flows import preparing
from thecal.clinic.visits.flows.occasions import implant, not_now, now
from thecal.clinic.visits.scene import Scene
from thecal.clinic.visits.steps import Done, Step, by_entries


def scheduled(procedure: Procedure, look: preparing.Look) -> Callable[[Scene], Done]:
    """Whether an operation is in the calendar, or was before it was carried out."""

    def done(scene: Scene) -> Done:
        when = look(scene)
        rows = scene.rows(Appointment, when.since, when.carried_out, procedure=procedure)
        code = f"{procedure.value}.scheduled"
        return Done(bool(rows) and scene.stands(code, before=when.carried_out), tuple(rows))

    return done


def _placed(scene: Scene) -> datetime | None:
    return implant(scene).carried_out


def entered(look: preparing.Look) -> Callable[[Scene], Done]:
    """Whether the pump that was placed is entered, with where it is reached."""

    def done(scene: Scene) -> Done:
        placed = look(scene).carried_out
        row = scene.last(Implant, placed) if placed else None
        if row is None:
            return Done(False)
        rows = scene.rows(Device, serial=row.pump_serial)
        return Done(bool(rows), tuple(rows))

    return done


def as_placed(scene: Scene) -> Mapping[str, Any]:
    """The pump as the operation's entry has it."""
    row = scene.last(Implant)
    return {"model": row.pump, "serial": row.pump_serial} if row else {}


def enter_pump(look: preparing.Look) -> Step:
    """The step that says where the pump that was placed is reached."""
    return Step(
        "pump",
        _("Enter the pump, and where it is reached"),
        _(
            "Model and serial number are those of the operation. Leave the address empty for a pump"
            " behind its vendor's programmer: then you transcribe what that shows."
        ),
        ("pumps.enter",),
        entered(look),
        begins=as_placed,
    )


STEPS = (
    Step(
        "schedule",
        _("Put the operation into the calendar"),
        _("Open once the trial has succeeded and the patient was observed for its time."),
        ("appointments.schedule-implant",),
        scheduled(Procedure.IMPLANT, implant),
        gate="implant.schedule",
        panel="verdict",
    ),
    preparing.consent(Procedure.IMPLANT, implant),
    preparing.blood(implant),
    preparing.skin(implant),
    preparing.antibiotic(Procedure.IMPLANT, implant),
    Step(
        "operation",
        _("Record the operation"),
        _(
            "Pump and catheter with their serial numbers, the catheter's length after trimming, its"
            " tip, the pocket, the anaesthesia and what closes the wound. The instant is that of"
            " the incision."
        ),
        ("implants.record-implant",),
        by_entries(Implant, since=_placed, replaces=False),
        gate="implant.start",
    ),
    enter_pump(implant),
)


def _calls(scene: Scene) -> Calls:
    if scene.stage == "implant-scheduled":
        return now(_("The operation is in the calendar."))
    if scene.stage == "decision":
        return now(_("The trial is over."))
    if scene.stage == "in-hospital" and not entered(implant)(scene).so and _placed(scene):
        return now(_("The pump that was placed is not entered."))
    return not_now(_("No permanent pump is to be placed now."))


FLOW = Flow(
    "implant",
    _("Permanent pump: the operation"),
    _("What must stand before it, and what was placed."),
    lambda scene: STEPS,  # noqa: ARG005
    _calls,
)
