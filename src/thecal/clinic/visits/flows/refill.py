"""The refill: drawn out, compared, labelled apart, filled, programmed, watched."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from thecal.clinic.fills.history import last_fill
from thecal.clinic.fills.models import RefillVisit
from thecal.clinic.visits.engine import Calls, Flow
from thecal.clinic.visits.flows.filling import Filling, device, is_closed
from thecal.clinic.visits.flows.first_fill import is_first
from thecal.clinic.visits.flows.occasions import may, not_now, now
from thecal.clinic.visits.scene import Scene


def visit(scene: Scene) -> RefillVisit | None:
    """The refill that is under way; a first fill has a flow of its own."""
    last = scene.last(RefillVisit)
    if last is None or is_closed(scene, last) or is_first(scene, last):
        return None
    return last


def _calls(scene: Scene) -> Calls:
    if device(scene) is None:
        return not_now(_("No pump is entered."))
    if visit(scene) is not None:
        return now(_("A refill is under way."))
    given = scene.once("last fill", lambda: last_fill(scene.patient))
    if given is None:
        return may(_("No fill is recorded."))
    limit = given.latest_safe or given.refill_due
    if limit is None:
        return now(_("No date is known until which the fill lasts."))
    if limit <= scene.now.date():
        return now(_("The latest safe day is %(day)s.") % {"day": limit.isoformat()})
    return may(_("The fill lasts until %(day)s at the latest.") % {"day": limit.isoformat()})


FLOW = Flow(
    "refill",
    _("Refill"),
    _("Draw out, compare, label, fill, program, watch."),
    Filling(visit).steps,
    _calls,
)
