"""At a fill: believed beside drawn out, label beside prescription, capacity, watch, dates."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.utils import timezone

from thecal import devices
from thecal.clinic.fills.models import Aspirate, Fill, Label, RefillVisit, mixture, ordered_by
from thecal.clinic.fills.sections import residual as findings
from thecal.clinic.prescriptions.checking import plan_of
from thecal.clinic.prescriptions.services import (
    current,
    needs_second,
    open_findings,
    seconds_of,
)
from thecal.clinic.pumps.models import Status
from thecal.clinic.visits.flows.filling import changed_drugs, requirement
from thecal.clinic.visits.panels.registry import panel
from thecal.clinic.visits.scene import Scene
from thecal.formulary import drugs
from thecal.therapy.refill.residual import ResidualCheck
from thecal.therapy.thresholds import thresholds
from thecal.units import CONCENTRATION, VOLUME, parse, show

_PERCENT = 100


def _visit(scene: Scene) -> RefillVisit | None:
    return scene.last(RefillVisit)


def _row(scene: Scene, kind: type[Any]) -> Any:
    visit = _visit(scene)
    return scene.last(kind, visit_id=visit.pk) if visit else None


@panel("residual")
def residual(scene: Scene) -> Mapping[str, Any]:
    """What the pump believes is left, what came out, and how far they may differ."""
    visit, drawn = _visit(scene), _row(scene, Aspirate)
    if visit is None:
        return {"visit": None}
    told = scene.last(Status, visit.recorded_at)
    pump = devices.pumps()[visit.device.model]
    left = told.remaining_ml if told else None
    return {
        "visit": visit,
        "told": told,
        "believed": None if left is None else show(left, VOLUME),
        "drawn": drawn,
        "difference": _difference(drawn),
        "tolerance": _tolerance(drawn, pump),
        "reservoir": pump.reservoir,
        "findings": findings(scene.patient),
    }


def _check(drawn: Aspirate | None) -> ResidualCheck | None:
    if drawn is None or not drawn.expected or not drawn.delivered:
        return None
    texts = (drawn.delivered, drawn.expected, drawn.volume)
    return ResidualCheck(*(parse(one, VOLUME) for one in texts))


def _difference(drawn: Aspirate | None) -> str:
    check = _check(drawn)
    return "" if check is None else f"{float(check.difference_ml):+g} mL"


def _tolerance(drawn: Aspirate | None, pump: devices.Pump) -> list[str]:
    """By the pump's accuracy, and by the fixed difference of practice; each with its source."""
    fixed = thresholds().residual_difference
    said = [f"±{fixed} ({fixed.source})"]
    check = _check(drawn)
    less, more = pump.accuracy_below_percent, pump.accuracy_above_percent
    if check is None or less is None or more is None:
        return said
    low, high = (_share(check, one.value) for one in (more, less))
    return [f"−{low} / +{high} ({more.source})", *said]


def _share(check: ResidualCheck, percent: Fraction) -> str:
    return f"{float(check.delivered_ml * percent / _PERCENT):.2g} mL"


@panel("label")
def label(scene: Scene) -> Mapping[str, Any]:
    """Whether what was typed agrees; what is prescribed is not shown where the label is typed."""
    visit, read = _visit(scene), _row(scene, Label)
    if visit is None or read is None:
        return {"label": None, "drugs": sorted(drugs())}
    agrees = requirement(scene, visit, "refill.label").stands
    return {"label": read, "agrees": agrees, "drugs": sorted(drugs())}


@panel("rinse")
def rinse(scene: Scene) -> Mapping[str, Any]:
    """Why it is rinsed."""
    visit = _visit(scene)
    if visit is None:
        return {}
    asked = requirement(scene, visit, "refill.rinsed")
    return {"requirement": asked, "changed": changed_drugs(scene, visit)}


@panel("fill")
def fill(scene: Scene) -> Mapping[str, Any]:
    """Label beside prescription, and what the reservoir takes."""
    visit, read = _visit(scene), _row(scene, Label)
    if visit is None:
        return {"visit": None}
    plan = plan_of(visit.prescription, timezone.localdate(scene.now))
    return {
        "visit": visit,
        "compared": _compared(visit, read),
        "wanted": show(plan.case.prescription.fill.volume_ml, VOLUME),
        "reservoir": devices.pumps()[visit.device.model].reservoir,
        "label": read,
    }


def _compared(visit: RefillVisit, read: Label | None) -> list[dict[str, Any]]:
    """A row for each drug of either: prescribed, on the label, whether they are the same."""
    ordered = {one.drug: one for one in mixture(ordered_by(visit.prescription))}
    typed = {one.drug: one for one in mixture(read.drugs)} if read else {}
    rows = []
    for name in dict.fromkeys((*ordered, *typed)):
        both = [kind.get(name) for kind in (ordered, typed)]
        texts = [show(one.concentration_ug_per_ml, CONCENTRATION, 9) if one else "" for one in both]
        same = both[0] == both[1]
        rows.append({"drug": name, "ordered": texts[0], "typed": texts[1], "same": same})
    return rows


@panel("watch")
def watch(scene: Scene) -> Mapping[str, Any]:
    """Since when, and how long; nobody published how long it must be."""
    figure = scene.settings.figure("watch-after-refill")
    given = _row(scene, Fill)
    ends = given.happened_at + figure.delta if given and figure.value is not None else None
    return {"fill": given, "figure": figure, "source": figure.as_source(), "ends": ends}


@panel("dates")
def dates(scene: Scene) -> Mapping[str, Any]:
    """When the patient must come back."""
    return {"fill": _row(scene, Fill)}


@panel("prescription")
def prescription(scene: Scene) -> Mapping[str, Any]:
    """The one that stands, and what still keeps it from being sent."""
    entry = current(scene.patient)
    if entry is None:
        return {"entry": None}
    day = timezone.localdate(scene.now)
    return {
        "entry": entry,
        "open": open_findings(entry, day),
        "second": sorted(needs_second(entry)),
        "seconded": seconds_of(entry, needs_second(entry)).first(),
        "wanted": show(plan_of(entry, day).case.prescription.fill.volume_ml, VOLUME),
        "drugs": ordered_by(entry),
    }
