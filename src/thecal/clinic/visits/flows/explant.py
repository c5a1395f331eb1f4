"""The pump comes out and is not replaced."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from thecal.clinic.implants.models import Explant
from thecal.clinic.selection.models import CareEnd
from thecal.clinic.tasks.models import TaskDone
from thecal.clinic.visits.engine import Calls, Flow
from thecal.clinic.visits.flows.occasions import has_pump, may, not_now, now
from thecal.clinic.visits.scene import Scene
from thecal.clinic.visits.steps import Done, Step, by_entries

_WITHDRAWAL = "explant.withdrawal"


def taken_out(scene: Scene) -> datetime | None:
    """When the last pump was taken out, unless the patient has another by now."""
    row = scene.last(Explant)
    return row.happened_at if row and not has_pump(scene) else None


def _watched(scene: Scene) -> Done:
    since = taken_out(scene)
    if since is None:
        return Done(False)
    rows = [one for one in scene.rows(TaskDone, since) if one.key.startswith(_WITHDRAWAL)]
    return Done(not scene.tasks(_WITHDRAWAL), tuple(rows))


def _task(scene: Scene) -> Mapping[str, Any]:
    found = scene.tasks(_WITHDRAWAL)
    return {"key": found[0].key} if found else {}


STEPS = (
    Step(
        "explant",
        _("Record that the pump was taken out"),
        _(
            "Taper the drug before, where there is time: stopped at once, baclofen and clonidine"
            " endanger life."
        ),
        ("implants.record-explant",),
        by_entries(Explant, since=taken_out),
        gate="replacement.schedule",
        only=frozenset({"pump.present"}),
        panel="service",
    ),
    Step(
        "withdrawal",
        _("Watch for withdrawal of the drug that stopped"),
        _("Say what was seen and done; that closes the task."),
        ("tasks.close-task",),
        _watched,
        begins=_task,
        panel="withdrawal",
    ),
    Step(
        "end",
        _("End care here"),
        _("If the patient is not treated any further. The record stays."),
        ("selection.end-care",),
        by_entries(CareEnd, since=taken_out),
        optional=True,
    ),
)


def _calls(scene: Scene) -> Calls:
    if scene.tasks(_WITHDRAWAL):
        return now(_("The pump is out: watch for withdrawal."))
    if has_pump(scene):
        return may(_("If the pump must come out."))
    return not_now(_("The patient has no pump."))


FLOW = Flow(
    "explant",
    _("Removal of the pump"),
    _("Out, and not replaced: what to watch for."),
    lambda scene: STEPS,  # noqa: ARG005
    _calls,
)
