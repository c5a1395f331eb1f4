"""The pathway itself as ``PlanDefinition``, made from care's data: gates, requirements, rules."""

from __future__ import annotations

from thecal import __version__
from thecal.care.gates.cards import GateCard, RequirementCard, gate_cards, requirement_cards
from thecal.care.rules import Rule, rule, rules
from thecal.fhir.elements import Json, own_concept, present, resource
from thecal.fhir.names import names

DEFINITION_URL = f"{names().base}/PlanDefinition/pathway"


def plan_definition() -> Json:
    """Every gate as an action, every requirement of it as an action within."""
    return resource(
        "PlanDefinition",
        "pathway",
        url=DEFINITION_URL,
        version=__version__,
        name="IntrathecalPumpPathway",
        title="Intrathecal pump: from referral to refill",
        type={
            "coding": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/plan-definition-type",
                    "code": "clinical-protocol",
                }
            ]
        },
        status="active",
        description="Gates of care, what each requires, and what would open it. All requirements "
        "of a gate hold before its step is taken.",
        relatedArtifact=[_artifact(one) for one in rules().values()],
        action=[_gate(one) for one in gate_cards().values()],
    )


def _artifact(one: Rule) -> Json:
    return {
        "type": "justification",
        "label": one.code,
        "display": one.text,
        "citation": f"{one.source} ({one.provenance})",
    }


def _gate(card: GateCard) -> Json:
    included = {"actionId": card.includes, "relationship": "after"} if card.includes else None
    return present(
        id=card.code,
        title=card.title,
        code=[own_concept("care", card.code)],
        relatedAction=[included] if included else None,
        groupingBehavior="logical-group",
        selectionBehavior="all",
        action=[_requirement(card, requirement_cards()[code]) for code in card.requires],
    )


def _requirement(gate: GateCard, card: RequirementCard) -> Json:
    """A requirement; one that several gates share has an id in each."""
    return present(
        id=f"{gate.code}.{card.code}",
        title=card.text,
        description=f"Met by: {card.opens}",
        textEquivalent=_waivable(card),
        code=[own_concept("care", card.code)],
        documentation=[_artifact(rule(code)) for code in card.rules],
        requiredBehavior="could" if card.waivable_by or card.clinic_may_switch_off else "must",
    )


def _waivable(card: RequirementCard) -> str:
    if not card.waivable_by:
        return "Nobody may waive it."
    off = " A clinic's settings may do without it." if card.clinic_may_switch_off else ""
    return f"May be waived, signed, by: {', '.join(card.waivable_by)}.{off}"
