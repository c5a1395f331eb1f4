"""What can be done after the operation: watch, search for a lost effect, scan, show benefit."""

from __future__ import annotations

from typing import Any

from thecal import care
from thecal.clinic.followup import models, orders
from thecal.clinic.pathway.gates import CareGate
from thecal.clinic.pathway.recording import records
from thecal.clinic.pathway.words import StepResult
from thecal.clinic.people.roles import CLINICAL, Role

_TREATS = {Role.PHYSICIAN, Role.NURSE}
_INJECTING = frozenset(one.id for one in care.effect_steps() if one.needs_aspiration)


def _injects(history: care.History, order: Any) -> bool:  # noqa: ARG001
    """Whether a step was done that injects; one that could not be done has injected nothing."""
    return order.step in _INJECTING and order.result != StepResult.FAILED


watch = records(
    "followup.record-surveillance",
    "Ask about infection, granuloma and paralysis",
    models.Surveillance,
    orders.SurveillanceOrder,
    _TREATS,
)
lose_effect = records(
    "followup.record-effect-lost",
    "Record that the effect is lost",
    models.EffectLoss,
    orders.EffectLossOrder,
    _TREATS,
)
search = records(
    "followup.record-effect-step",
    "Record a step of the search for a lost effect",
    models.EffectStep,
    orders.EffectStepOrder,
    _TREATS,
    gates=[CareGate("effect.inject", applies=_injects)],
)
conclude = records(
    "followup.record-effect-end",
    "Conclude the search for a lost effect",
    models.EffectEnd,
    orders.EffectEndOrder,
    {Role.PHYSICIAN},
)
plan_scan = records(
    "followup.record-scan-plan", "Plan an MRI", models.ScanPlan, orders.ScanPlanOrder, _TREATS
)
scan = records(
    "followup.record-scan",
    "Record that the MRI is over",
    models.Scan,
    orders.ScanOrder,
    _TREATS,
    gates=[CareGate("mri.scan")],
)
close_scan = records(
    "followup.record-scan-closed",
    "Close the MRI: the pump is as it was before",
    models.ScanClosed,
    orders.ScanOrder,
    _TREATS,
    gates=[CareGate("mri.close")],
)
harm = records(
    "followup.record-adverse-event",
    "Record an adverse event",
    models.AdverseEvent,
    orders.AdverseEventOrder,
    CLINICAL,
)
measure = records(
    "followup.record-score", "Record a score", models.Measurement, orders.MeasurementOrder, CLINICAL
)
oral = records(
    "followup.record-oral-medicines",
    "Record the medicines taken by mouth",
    models.OralMedicines,
    orders.OralMedicinesOrder,
    CLINICAL - {Role.NEUROPSYCHOLOGIST},
)
side_effects = records(
    "followup.record-side-effects",
    "Record the four side effects",
    models.SideEffects,
    orders.SideEffectsOrder,
    _TREATS,
)
activity = records(
    "followup.record-activity", "Record activity", models.Activity, orders.ActivityOrder, _TREATS
)
plan_port = records(
    "followup.record-port-plan",
    "Plan an injection into the catheter access port",
    models.PortPlan,
    orders.PortPlanOrder,
    {Role.PHYSICIAN},
)
inject_port = records(
    "followup.record-port-injection",
    "Record the injection into the catheter access port",
    models.PortInjection,
    orders.PortInjectionOrder,
    {Role.PHYSICIAN},
    gates=[CareGate("port.inject")],
)
