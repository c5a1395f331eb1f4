"""The night after the operation, until the patient goes home."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from thecal.clinic.implants.models import Antibiotic, Discharge
from thecal.clinic.trials.models import FlowRow
from thecal.clinic.visits.engine import Calls, Flow
from thecal.clinic.visits.flows.occasions import not_now, now, operation
from thecal.clinic.visits.scene import Scene
from thecal.clinic.visits.steps import Done, Step, by_entries


def _watched(scene: Scene) -> Done:
    """Until the stay's own requirements stand: the night, and every first dose."""
    placed = operation(scene)
    rows = tuple(scene.rows(FlowRow, placed)) if placed else ()
    home = bool(placed and scene.last(Discharge, placed))
    return Done(home or scene.stands("stay.overnight", "stay.first-dose"), rows)


STEPS = (
    Step(
        "antibiotic",
        _("Stop the antibiotic"),
        _("Write down the last dose, so that it does not go on by itself."),
        ("implants.record-antibiotic",),
        by_entries(Antibiotic, since=operation, is_last=True),
        fixed={"before_incision": "no", "is_last": "yes"},
        optional=True,
    ),
    Step(
        "observe",
        _("Observe through the night"),
        _(
            "The patient stays overnight, and each drug's first dose through the pump is observed"
            " for its label's time; the later end decides. Write a row each time that one is due."
        ),
        ("trials.record-observation",),
        _watched,
        panel="stay",
    ),
    Step(
        "home",
        _("Send home"),
        _("Say which adverse reactions there were; leave the line empty if there were none."),
        ("implants.discharge",),
        by_entries(Discharge, since=operation),
        gate="implant.discharge",
    ),
)


def _calls(scene: Scene) -> Calls:
    if scene.stage == "in-hospital":
        return now(_("A pump was placed, and the patient has not gone home."))
    return not_now(_("The patient is not in hospital after an operation."))


FLOW = Flow(
    "overnight",
    _("The night after the operation"),
    _("Observe, then send home."),
    lambda scene: STEPS,  # noqa: ARG005
    _calls,
)
