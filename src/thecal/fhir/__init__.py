"""Plain values of the rooms above as FHIR R4 resources, and back. It knows no database.

A resource is a plain ``dict``; :func:`dumps` and :func:`loads` hold it against the models. Every
function that reads raises :class:`FhirError`, which has the path of what is wrong.
"""

from thecal.fhir.bundles import Resources, bundle, target
from thecal.fhir.elements import Json
from thecal.fhir.errors import CannotExportError, FhirError
from thecal.fhir.facts import fact_resources, history_resources, read_history
from thecal.fhir.findings import detected_issue, read_finding
from thecal.fhir.harm import HarmRecord, adverse_event, read_harm
from thecal.fhir.orders import medication, order, read_order, reprogramming
from thecal.fhir.pathway import pathway_resources, plan_definition, read_task
from thecal.fhir.people import Person, patient, read_care, read_person
from thecal.fhir.plan import ReadPlan, plan_bundle, plan_resources, read_plan
from thecal.fhir.server import bulk_manifest, capability, outcome, outcome_of
from thecal.fhir.wire import FHIR_VERSION, check, dumps, loads, ndjson, read_ndjson

__all__ = [
    "FHIR_VERSION",
    "CannotExportError",
    "FhirError",
    "HarmRecord",
    "Json",
    "Person",
    "ReadPlan",
    "Resources",
    "adverse_event",
    "bulk_manifest",
    "bundle",
    "capability",
    "check",
    "detected_issue",
    "dumps",
    "fact_resources",
    "history_resources",
    "loads",
    "medication",
    "ndjson",
    "order",
    "outcome",
    "outcome_of",
    "pathway_resources",
    "patient",
    "plan_bundle",
    "plan_definition",
    "plan_resources",
    "read_care",
    "read_finding",
    "read_harm",
    "read_history",
    "read_ndjson",
    "read_order",
    "read_person",
    "read_plan",
    "read_task",
    "reprogramming",
    "target",
]
