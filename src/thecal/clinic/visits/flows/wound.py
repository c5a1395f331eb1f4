"""The wound check within days of the operation, and the closures out."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from thecal.clinic.implants.models import ClosuresOut, Explant, Implant, WoundCheck
from thecal.clinic.pathway.words import Answer, Closure
from thecal.clinic.visits.engine import Calls, Flow
from thecal.clinic.visits.flows.occasions import not_now, now
from thecal.clinic.visits.scene import Scene
from thecal.clinic.visits.steps import Done, Step


def wound_made(scene: Scene) -> datetime | None:
    """When the last wound was made, by placing a pump or by taking one out."""
    made = [*scene.rows(Implant), *scene.rows(Explant)]
    return max((one.happened_at for one in made), default=None)


def _healthy_or_not(scene: Scene) -> Done:
    made = wound_made(scene)
    rows = scene.rows(WoundCheck, made) if made else []
    return Done(any(one.healthy != Answer.UNKNOWN for one in rows), tuple(rows))


def _out(scene: Scene) -> Done:
    made = wound_made(scene)
    if made is None:
        return Done(False)
    rows = scene.rows(ClosuresOut, made)
    placed = [one.closure for one in scene.rows(Implant, made)]
    closures = placed + [one.closure for one in scene.rows(Explant, made)]
    if Closure.ABSORBABLE in closures:
        return Done(True, tuple(rows), _("These stitches need no removing."))
    return Done(bool(rows), tuple(rows))


def _check_calls(scene: Scene) -> Calls:
    if wound_made(scene) is None:
        return not_now(_("There is no wound."))
    if scene.stage == "in-hospital":
        return not_now(_("The patient has not gone home yet."))
    if not _healthy_or_not(scene).so:
        return now(_("The wound was not checked yet."))
    return not_now(_("The wound was checked."))


def _closures_call(scene: Scene) -> Calls:
    if wound_made(scene) is None:
        return not_now(_("There is no wound."))
    if scene.stage == "in-hospital":
        return not_now(_("The patient has not gone home yet."))
    if not _out(scene).so:
        return now(_("Staples or stitches are in."))
    return not_now(_("Nothing is left to take out."))


CHECK = Flow(
    "wound",
    _("Wound check"),
    _("Within days of the operation a physician looks at the wound."),
    lambda scene: (  # noqa: ARG005
        Step(
            "check",
            _("Look at the wound"),
            _("Is it healthy? If not, say in the notes what is wrong. Not known counts as unseen."),
            ("implants.record-wound",),
            _healthy_or_not,
            panel="due-wound",
        ),
    ),
    _check_calls,
)
CLOSURES = Flow(
    "closures",
    _("Staples or stitches out"),
    _("About two weeks after the operation."),
    lambda scene: (  # noqa: ARG005
        Step(
            "out",
            _("Take staples or stitches out"),
            _("Write down when they came out."),
            ("implants.record-closures-out",),
            _out,
            panel="due-closures",
        ),
    ),
    _closures_call,
)
