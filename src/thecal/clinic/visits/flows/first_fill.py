"""The first fill of a pump that was placed, and its first program."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from thecal.clinic.fills.models import RefillVisit
from thecal.clinic.visits.engine import Calls, Flow
from thecal.clinic.visits.flows.filling import Filling, is_closed
from thecal.clinic.visits.flows.occasions import not_now, now, operation
from thecal.clinic.visits.scene import Scene


def visit(scene: Scene) -> RefillVisit | None:
    """The first visit since the pump was placed that fills it, None before it has begun.

    One that was begun and left without a fill, and begun again, counts by its last beginning.
    """
    placed = operation(scene)
    rows = scene.rows(RefillVisit, placed) if placed else []
    first: RefillVisit | None = None
    for one in reversed(rows):
        if first is None or not is_closed(scene, first):
            first = one
    return first


def is_first(scene: Scene, one: RefillVisit) -> bool:
    """Whether a visit is the first fill of the pump placed last."""
    first = visit(scene)
    return first is not None and first.pk == one.pk


def _calls(scene: Scene) -> Calls:
    if operation(scene) is None:
        return not_now(_("No pump was placed here."))
    first = visit(scene)
    if first is None:
        return now(_("The pump that was placed has not been filled."))
    if not is_closed(scene, first):
        return now(_("The first fill is under way."))
    return not_now(_("The first fill was given and closed."))


FLOW = Flow(
    "first-fill",
    _("First fill and programming"),
    _("Prescribe, fill, pair once, program and watch."),
    Filling(visit).steps,
    _calls,
)
