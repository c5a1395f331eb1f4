"""Where a patient stands, as ``CarePlan``: each gate with what keeps it closed, each open task."""

from __future__ import annotations

from thecal.care.result import Gate, GateState, Pathway
from thecal.fhir.bundles import target
from thecal.fhir.elements import Json, concept, instant, own_concept, present, reference, resource
from thecal.fhir.pathway.definition import DEFINITION_URL
from thecal.fhir.pathway.sources import write_sources
from thecal.fhir.pathway.tasks import task

_STATES = {
    GateState.OPEN: "not-started",
    GateState.CLOSED: "on-hold",
    GateState.UNKNOWN: "unknown",
}


def pathway_resources(pathway: Pathway, stem: str, patient: str) -> tuple[Json, ...]:
    """The plan of care and its tasks.

    Args:
        pathway: what the facts say at one instant.
        stem: what the resources' ids begin with.
        patient: ``Patient/id``.
    """
    tasks = [task(one, f"{stem}-task-{n}", patient) for n, one in enumerate(pathway.tasks)]
    return (care_plan(pathway, f"{stem}-care", patient, [target(one) for one in tasks]), *tasks)


def care_plan(pathway: Pathway, identity: str, patient: str, tasks: list[str]) -> Json:
    """The plan of care; ``tasks`` are its Tasks, each ``Task/id``."""
    return resource(
        "CarePlan",
        identity,
        instantiatesCanonical=[DEFINITION_URL],
        status="active",
        intent="plan",
        title=f"Intrathecal pump: {pathway.stage}",
        category=[own_concept("care", f"stage.{pathway.stage}", pathway.stage)],
        subject=reference(patient),
        created=instant(pathway.at),
        activity=[
            *({"detail": _gate(one)} for one in pathway.gates),
            *({"reference": reference(one)} for one in tasks),
        ],
        note=[{"text": f"{one.code}: {one.text}"} for one in pathway.notes],
    )


def _gate(gate: Gate) -> Json:
    reasons = "; ".join(f"{one.text}: {one.reason} Met by: {one.opens}" for one in gate.missing)
    waived = "; ".join(
        f"waived: {one.text}, {one.waiver.role} {one.waiver.who}: {one.waiver.reason}"
        for one in gate.waived
        if one.waiver
    )
    said = ". ".join(text for text in (reasons, waived) if text)
    sources = dict.fromkeys(source for one in gate.missing for source in one.sources)
    return present(
        extension=write_sources(sources),
        code=own_concept("care", gate.code, gate.title),
        status=_STATES[gate.state],
        statusReason=concept(said) if said else None,
        doNotPerform=None if gate.is_open else True,
    )
