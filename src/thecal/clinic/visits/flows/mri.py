"""An MRI, by what the patient's pump does in the field: before it, and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from thecal.clinic.fills.models import Fill
from thecal.clinic.followup.models import Scan, ScanClosed, ScanPlan
from thecal.clinic.pumps.models import Status
from thecal.clinic.visits.engine import Calls, Flow
from thecal.clinic.visits.flows.filling import PROGRAMMER, on_link
from thecal.clinic.visits.flows.occasions import has_pump, may, not_now, now, pump
from thecal.clinic.visits.scene import Scene
from thecal.clinic.visits.steps import Done, Link, Step, by_entries
from thecal.devices import MriBehaviour

_REFILL = Link(_("Open the refill"), ("visits.refill",))


def planned(scene: Scene) -> datetime | None:
    """When the scan at hand was planned; None if none is, or the last one is closed."""
    plan = scene.last(ScanPlan)
    if plan is None or scene.last(ScanClosed, plan.happened_at):
        return None
    return plan.happened_at


def scanned(scene: Scene) -> datetime | None:
    """When the scan at hand was over, None before."""
    since = planned(scene)
    row = scene.last(Scan, since) if since else None
    return row.happened_at if row else None


def _read_before(scene: Scene) -> Done:
    rows = scene.rows(Status, planned(scene), scanned(scene)) if planned(scene) else []
    return Done(bool(rows) or scanned(scene) is not None, tuple(rows))


def _read_after(scene: Scene) -> Done:
    since = scanned(scene)
    rows = scene.rows(Status, since) if since else []
    return Done(since is not None and scene.stands("mri.readings"), tuple(rows))


def _stands(code: str) -> Callable[[Scene], Done]:
    def done(scene: Scene) -> Done:
        over = scanned(scene) is not None
        return Done(planned(scene) is not None and (over or scene.stands(code)))

    return done


def _filled_again(scene: Scene) -> Done:
    since = scanned(scene)
    rows = scene.rows(Fill, since) if since else []
    return Done(bool(rows), tuple(rows))


def _is_emptied(scene: Scene) -> bool:
    held = pump(scene)
    return held is not None and held.mri is MriBehaviour.MUST_BE_EMPTY


def _reads(scene: Scene) -> tuple[str, ...]:
    return ("pumps.interrogate",) if on_link(scene) else ()


def _before(scene: Scene) -> Sequence[Step]:
    emptied = Step(
        "empty",
        _("Empty the pump and set it to zero"),
        _(
            "This pump's valve opens in the field: what is in the reservoir would be given at once."
            " Draw it empty and program zero, then read the pump again."
        ),
        _reads(scene),
        _stands("mri.emptied"),
        panel="mri",
        links=(PROGRAMMER,),
    )
    return (
        Step(
            "plan",
            _("Plan the scan"),
            _("When, and in which field, if that is known."),
            ("followup.record-scan-plan",),
            by_entries(ScanPlan, since=planned),
            panel="mri",
        ),
        Step(
            "read",
            _("Interrogate the pump before the scan"),
            _("Its program is kept, to be compared with afterwards."),
            _reads(scene),
            _read_before,
            panel="mri",
        ),
        *((emptied,) if _is_emptied(scene) else ()),
    )


def _after(scene: Scene) -> Sequence[Step]:
    refill = Step(
        "fill",
        _("Open the valve by hand, fill and program"),
        _("As a refill visit of its own."),
        done=_filled_again,
        links=(_REFILL,),
    )
    return (
        Step(
            "after",
            _("Interrogate after the scan, and once more"),
            _(
                "A stall and the recovery from it at times show at the second interrogation only;"
                " the pump may stand still for hours."
            ),
            _reads(scene),
            _read_after,
            panel="mri",
        ),
        Step(
            "close",
            _("Close: the pump is as it was before"),
            _("The program is the one from before, and the pump delivers again."),
            ("followup.record-scan-closed",),
            by_entries(ScanClosed, since=planned),
            gate="mri.close",
            panel="mri",
        ),
        *((refill,) if _is_emptied(scene) else ()),
    )


def _steps(scene: Scene) -> Sequence[Step]:
    return (
        *_before(scene),
        Step(
            "scan",
            _("The scan is over"),
            _("Enter when it ended. The pump may stand still now, and starts again by itself."),
            ("followup.record-scan",),
            by_entries(Scan, since=planned),
            gate="mri.scan",
            panel="mri",
        ),
        *_after(scene),
    )


def _calls(scene: Scene) -> Calls:
    if not has_pump(scene):
        return not_now(_("The patient has no pump."))
    if planned(scene):
        return now(_("A scan is planned, or over and not closed."))
    return may(_("If the patient needs an MRI."))


FLOW = Flow(
    "mri",
    _("MRI"),
    _("Before and after the scan, by what this pump does in the field."),
    _steps,
    _calls,
)
