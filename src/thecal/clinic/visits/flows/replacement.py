"""End of service: the pump is replaced."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from thecal.clinic.implants.models import Implant
from thecal.clinic.pathway.words import Procedure
from thecal.clinic.visits.engine import Calls, Flow
from thecal.clinic.visits.flows import preparing
from thecal.clinic.visits.flows.implant import enter_pump, scheduled
from thecal.clinic.visits.flows.occasions import has_pump, may, not_now, now, replacement
from thecal.clinic.visits.scene import Scene
from thecal.clinic.visits.steps import Step, by_entries


def _placed(scene: Scene) -> datetime | None:
    return replacement(scene).carried_out


STEPS = (
    Step(
        "schedule",
        _("Put the replacement into the calendar"),
        _("Before the pump's service ends: the earliest date known is the one to keep."),
        ("appointments.schedule-replacement",),
        scheduled(Procedure.REPLACEMENT, replacement),
        gate="replacement.schedule",
        panel="service",
    ),
    preparing.consent(Procedure.REPLACEMENT, replacement),
    preparing.blood(replacement),
    preparing.skin(replacement),
    preparing.antibiotic(Procedure.REPLACEMENT, replacement),
    Step(
        "operation",
        _("Record the operation"),
        _("The new pump with its serial number; the catheter too, if it was changed."),
        ("implants.record-replacement",),
        by_entries(Implant, since=_placed, replaces=True),
        gate="replacement.start",
    ),
    enter_pump(replacement),
)


def _calls(scene: Scene) -> Calls:
    if not has_pump(scene):
        return not_now(_("The patient has no pump."))
    if scene.stage == "end-of-service" or scene.stands("replacement.scheduled"):
        return now(_("The pump's service ends, or its replacement is in the calendar."))
    return may(_("If the pump must be replaced."))


FLOW = Flow(
    "replacement",
    _("End of service and replacement"),
    _("Plan in time, prepare, replace."),
    lambda scene: STEPS,  # noqa: ARG005
    _calls,
)
