"""Requirements of an injection into the catheter access port: a procedure of its own."""

from __future__ import annotations

from fractions import Fraction

from thecal import formulary
from thecal.care.facts import EffectStepDone, Filled, Ingredient, PortInjectionPlanned, StepResult
from thecal.care.gates.judging import Reply, View, requirement

ASPIRATION = "side-port-aspiration"


@requirement("port.planned", PortInjectionPlanned)
def port_planned(view: View) -> Reply:
    """The last plan."""
    plan = view.facts.last(PortInjectionPlanned)
    return Reply.of(plan is not None, "planned" if plan else "nothing is planned")


@requirement("port.aspirated", PortInjectionPlanned, EffectStepDone)
def port_aspirated(view: View) -> Reply:
    """Since the plan, and with a normal result: anything else means that nothing is injected."""
    plan = view.facts.last(PortInjectionPlanned)
    tried = [
        one
        for one in view.facts.all(EffectStepDone)
        if one.step == ASPIRATION and plan is not None and one.at >= plan.at
    ]
    if not tried:
        return Reply.of(False, "no aspiration is recorded since the injection was planned")
    result = tried[-1].result
    if result is StepResult.NORMAL:
        return Reply.of(True, "fluid came freely")
    return Reply.of(False, f"aspiration {result}: inject nothing")


@requirement("port.not-reservoir", PortInjectionPlanned, Filled)
def port_not_reservoir(view: View) -> Reply:
    """Weaker than any strength made for a pump, and than what the reservoir holds."""
    plan = view.facts.last(PortInjectionPlanned)
    if plan is None:
        return Reply.of(False, "nothing is planned")
    fill = view.facts.last(Filled)
    for part in plan.drugs:
        limit = _reservoir_strength(part.drug, fill)
        if limit is None:
            return Reply.of(None, f"{part.drug}: no published strength for a reservoir")
        if part.concentration_ug_per_ml >= limit:
            return Reply.of(False, f"{part.drug} is of reservoir strength")
    return Reply.of(True, "weaker than a reservoir" if plan.drugs else "no drug in it")


def _reservoir_strength(name: str, fill: Filled | None) -> Fraction | None:
    """The weakest strength, in µg/mL, that counts as a reservoir's; None if unknown."""
    known = [
        product.concentration.value for product in formulary.drug(name).products if product.for_pump
    ]
    held: tuple[Ingredient, ...] = fill.drugs if fill else ()
    known += [part.concentration_ug_per_ml for part in held if part.drug == name]
    return min(known, default=None)
